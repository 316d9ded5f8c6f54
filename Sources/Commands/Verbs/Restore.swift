import ArgumentParser
import Operations

struct Restore: Verb {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Make the work tree equal to a checkpoint.",
    discussion: """
      What is there now is saved in a safety checkpoint first; 'git session undo' goes back to it. HEAD stays, and so \
      does the index unless --index is given. Ignored files, submodules and nested repositories are never removed.
      """)

  @Argument(help: "A checkpoint: c4, @~1, SESSION-012:c4.", completion: .words(.checkpoints)) var checkpoint:
    String
  @Argument(help: "Only these paths.", completion: .file()) var paths: [String] = []
  @Flag(help: "Restore what was staged, too.") var index = false
  @Flag(name: [.customShort("n"), .long], help: "Only print what would be written, removed and kept.")
  var dryRun = false
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let restore = RestoreCheckpoint(
      checkpoint: checkpoint, pathspecs: paths, includesIndex: index, isDryRun: dryRun)
    let report = try restore.run(in: workspace)
    try console.show(report) { lines(report, console) }
    return .success
  }

  private func lines(_ report: RestoreCheckpoint.Report, _ console: Console) -> [String] {
    let style = console.style
    func list(_ verb: String, _ paths: [String], _ paint: (String) -> String) -> [String] {
      paths.map { "\(paint(verb)) \(Text.safe($0))" }
    }
    let isDryRun = report.isDryRun
    let details =
      list(isDryRun ? "would write " : "wrote  ", report.written, style.good)
      + list(isDryRun ? "would remove" : "removed", report.removed, style.bad)
      + report.kept.map {
        "\(style.faint(isDryRun ? "would keep  " : "kept   ")) \(Text.safe($0.path)) (\($0.reason))"
      }
      + list("held on this machine only:", report.held, style.name)
    // Of another session it is called as it was typed, since here its name means another one.
    let name = checkpoint.contains(":") ? Text.line(checkpoint) : report.checkpoint.name
    let what = "\(name)\(report.restoresIndex ? " with what was staged" : "")"
    guard let safety = report.safety else {
      let isEqual = report.written.isEmpty && report.removed.isEmpty && !report.restoresIndex
      let all = report.kept.isEmpty ? "all" : "all but what is kept"
      if isEqual { return details + ["Nothing to restore: \(all) is as in \(what)."] }
      return details + (report.restoresIndex ? ["would restore what was staged"] : [])
    }
    return details + [
      "Restored \(style.name(what)); what was there before is \(style.name(safety.name)) ('git session undo' goes back)."
    ]
  }
}
