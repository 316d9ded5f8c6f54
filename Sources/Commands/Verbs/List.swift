import ArgumentParser
import Operations
import Sessions

struct List: Verb {
  static let configuration = CommandConfiguration(abstract: "List the sessions of this repository.")

  @Option(help: "Only sessions that hold these words: in objectives, notes, decisions, messages, commits.")
  var search: String?
  @Option(help: "Only sessions in this state.")
  var state: Lifecycle?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ListSessions(search: search, lifecycle: state).run(in: workspace)
    try console.show(report) {
      Text.table(
        report.sessions.map { session in
          [
            (session.isCurrent ? "* " : "  ") + session.label, session.lifecycle.rawValue,
            String(session.started.description.prefix(10)), Text.plural(session.checkpoints, "checkpoint"),
            Text.line(session.objective),
          ]
        })
    }
    return .success
  }
}

extension Lifecycle: ExpressibleByArgument {}
