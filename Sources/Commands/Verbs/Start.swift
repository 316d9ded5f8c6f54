import ArgumentParser
import Operations
import Sessions

struct Start: Verb {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Begin a session in this work tree.",
    discussion: "The first checkpoint is taken at once.")

  @Argument(help: "What you want to achieve.") var objective: String
  @Option(help: "A short name; without it one is made from the objective.") var name: String?
  @Option(help: "Tokens planned for the session: 200k, 1.5M.") var budget: String?
  @Flag(name: .customLong("switch"), help: "Leave the session that is active here as it is.") var switches =
    false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let budget, Tokens.parse(budget) == nil {
      throw ValidationError("'\(budget)' is no number of tokens; write 200000, 200k or 1.5M.")
    }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let start = StartSession(
      objective: objective, name: name, budget: budget.flatMap(Tokens.parse), switches: switches)
    let report = try start.run(in: workspace)
    try console.show(report) {
      var lines = report.left.map { [LeftText.line($0)] } ?? []
      lines.append("Started \(console.style.name(report.session.label)) \(report.session.name)")
      lines.append("  \(Text.line(report.session.objective))")
      if let checkpoint = report.checkpoint { lines += SavedText.lines(checkpoint, console) }
      return lines
    }
    return .success
  }
}

/// How every verb says that the work tree has another session now.
enum LeftText {
  static func line(_ left: LeftSession) -> String {
    let label = left.session.label
    let saved = left.checkpoint.map { " (saved as \($0.name))" } ?? ""
    return "Left \(label)\(saved); 'git session continue \(label)' goes back to it."
  }
}

/// How every verb says that a checkpoint was saved.
enum SavedText {
  static func lines(_ checkpoint: CheckpointReport, _ console: Console) -> [String] {
    let name = console.style.name(checkpoint.name)
    var lines = ["Saved \(name) (\(Text.changes(checkpoint.changes)))"]
    lines += checkpoint.leftOut.map { "Left out: \(Text.leftOut($0))" }
    return lines
  }
}
