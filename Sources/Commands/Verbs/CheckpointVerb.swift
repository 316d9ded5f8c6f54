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
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try TakeCheckpoint(message: message, trigger: trigger).run(in: workspace)
    try console.show(report) {
      report.isNew
        ? SavedText.lines(report.checkpoint, console)
        : ["Nothing new since \(console.style.name(report.checkpoint.name))"]
    }
    return .success
  }
}

extension Trigger: ExpressibleByArgument {}
