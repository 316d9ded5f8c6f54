import ArgumentParser
import Operations

struct Next: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Say what comes next; without a text, show it.")

  @Argument(help: "The next step; '-' reads it from standard input.") var text: String?
  @Flag(help: "There is no next step any more.") var clear = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if clear && text != nil { throw ValidationError("--clear takes no text.") }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let text = try clear ? "" : self.text.map { try Input.text($0, workspace.world) }
    let report = try SetNextStep(text: text).run(in: workspace)
    try console.show(report) {
      report.nextStep.map { [text == nil ? Text.safe($0) : "Next step: \(Text.line($0))"] } ?? [
        "No next step is set."
      ]
    }
    return text == nil && report.nextStep == nil ? .no : .success
  }
}
