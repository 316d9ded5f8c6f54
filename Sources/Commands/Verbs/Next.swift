import ArgumentParser
import Operations
import Sessions

struct Next: Verb {
  static let configuration = CommandConfiguration(
    commandName: "next", abstract: "Say what comes next; without a text, show it.")

  @Argument(help: "The next step; '-' reads it from standard input.") var text: String?
  @Flag(help: "Show it, as without a text.") var list = false
  @Flag(help: "There is no next step any more.") var clear = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if (clear || list) && text != nil { throw ValidationError("--clear and --list take no text.") }
    if clear && list { throw ValidationError("--clear and --list exclude each other.") }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let text = try clear ? "" : self.text.map { try Input.text($0, workspace.world) }
    if let text, !clear, PlainText.line(text).isEmpty {
      throw SessionError(.usage, "the text is empty", hints: ["--clear takes away the one that is set."])
    }
    let report = try SetNextStep(text: text).run(in: workspace)
    try console.show(report) {
      if report.isSpooled { return [Text.spooled] }
      return report.nextStep.map { [text == nil ? Text.safe($0) : "Next step: \(Text.line($0))"] } ?? [
        "No next step is set."
      ]
    }
    return text == nil && report.nextStep == nil ? .no : .success
  }
}
