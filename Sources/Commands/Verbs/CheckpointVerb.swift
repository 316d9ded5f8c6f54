import ArgumentParser
import Operations
import Sessions

struct CheckpointVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Save the work tree now.",
    discussion: """
      Saved are all files that git tracks and all that it does not ignore, and what is staged. Left out, and named, \
      are untracked files that are large or may hold secrets. If nothing has changed, nothing is written.
      """)

  @Option(name: .shortAndLong, help: "What this state is.") var message: String?
  @Option(help: "Why it is taken.")
  var trigger: Trigger = .manual
  @Option(
    help: ArgumentHelp(
      """
      Look only at the files that are named in this file, or in standard input for '-': one path a line, or each \
      ended by a zero byte. All else counts as it was at the last checkpoint.
      """, valueName: "file"),
    completion: .file())
  var pathsFrom: String?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    try Self.save(message, trigger, pathsFrom, in: workspace, console)
  }

  static func save(
    _ message: String?, _ trigger: Trigger, _ pathsFrom: String?, in workspace: Workspace, _ console: Console
  ) throws -> ExitStatus {
    let paths = try pathsFrom.map { try ReadPaths(from: $0).run(in: workspace) }
    let report = try TakeCheckpoint(message: message, trigger: trigger, paths: paths).run(in: workspace)
    try console.show(report) {
      report.isNew
        ? SavedText.lines(report.checkpoint, console)
        : ["Nothing new since \(console.style.name(report.checkpoint.name))"]
    }
    if let message, !report.isNew, message != report.checkpoint.message {
      console.remark("hint: The message is not kept; 'git session note' keeps words alone.")
    }
    return .success
  }
}

extension Trigger: ExpressibleByArgument {}
