import ArgumentParser
import Operations

struct Undo: Verb {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Reverse the last restore, undo, branch, pause, complete and the like of this work tree.",
    discussion: "An undo can itself be undone.")

  @Option(
    name: .customShort("n", allowingJoined: true),
    help: ArgumentHelp("Reverse the last so many, the latest first.", valueName: "number"))
  var count = 1
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if count < 1 { throw ValidationError("-n takes a number from 1 on.") }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try UndoLast(count: count).run(in: workspace)
    try console.show(report) {
      report.undone.flatMap { step -> [String] in
        let files =
          step.written.map { "wrote   \(Text.safe($0))" } + step.removed.map { "removed \(Text.safe($0))" }
        let session = step.safetySession.map { " of \($0)" } ?? ""
        let before =
          step.safety.map { "; what was there before is \(console.style.name($0.name))\(session)" } ?? ""
        return files + ["Undone: \(step.title)\(before)"]
      }
    }
    return .success
  }
}
