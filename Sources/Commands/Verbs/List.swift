import ArgumentParser
import Operations
import Sessions

struct List: Verb {
  static let configuration = CommandConfiguration(abstract: "List the sessions of this repository.")

  static let isReading = true

  @Option(help: "Only sessions that hold these words: in objectives, notes, decisions, messages, commits.")
  var search: String?
  @Option(help: "Only sessions in this state.")
  var state: Lifecycle?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ListSessions(search: search, lifecycle: state).run(in: workspace)
    try console.show(report) {
      let rows = report.sessions.map { session in
        [
          (session.isCurrent ? "* " : "  ") + console.style.name(session.label), session.lifecycle.rawValue,
          String(session.started.description.prefix(10)), Text.plural(session.checkpoints, "checkpoint"),
          Text.line(session.objective),
        ]
      }
      return console.fitted(Text.table(rows))
    }
    return .success
  }
}

extension Lifecycle: ExpressibleByArgument {}
