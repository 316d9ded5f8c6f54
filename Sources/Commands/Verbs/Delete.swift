import ArgumentParser
import Operations

struct Delete: Verb {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a session, here and with the next push everywhere.",
    discussion: """
      It is no longer listed, and no fetch brings it back; that cannot be undone. Files stay as they are, and so do the \
      commits of the session, below refs/sessions. To keep the session in the lists, complete or abandon it instead.
      """)

  @Argument(help: "A session.", completion: .words(.sessions)) var session: String
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try DeleteSession(session: session, isConfirmed: yes).run(in: workspace) {
      console.confirm(Text.line($0) + ".")
    }
    try console.show(report) {
      let name = console.style.name(report.session.label)
      return [
        "Deleted \(name): \(Text.line(report.session.objective))",
        "Its \(Text.plural(report.checkpoints, "checkpoint")) can still be reached from:",
      ] + report.references.map { "  \($0)" }
    }
    return .success
  }
}
