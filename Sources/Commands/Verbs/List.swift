import ArgumentParser
import Operations
import Sessions

struct List: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the sessions of this repository.",
    discussion: """
      --remote asks a remote for the names of its sessions and fetches nothing. Of sessions that ended, a remote has a \
      list, which is shown as it was when it was last fetched.
      """)

  static let isReading = true

  @Option(help: "Only sessions that hold these words: in objectives, notes, decisions, messages, commits.")
  var search: String?
  @Option(help: "Only sessions in this state.")
  var state: Lifecycle?
  @Option(help: "List the sessions of this remote, from their names alone.", completion: .words(.remotes))
  var remote: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if remote != nil && (search != nil || state != nil) {
      throw ValidationError("--remote knows no more than names; it goes without --search and --state.")
    }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    if let remote { return try list(remote, workspace, console) }
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

  private func list(_ remote: String, _ workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ListRemoteSessions(remote: remote).run(in: workspace)
    try console.show(report) {
      let rows = Text.table(
        report.sessions.map { session in
          let presence = session.label == nil ? "not here" : session.isUpToDate ? "here" : "here in part"
          let state = session.isDeleted ? "deleted" : presence
          return [
            session.id.description, session.started.minute, Text.plural(session.writers, "writer"), state,
            [session.label, session.objective].compactMap { $0.map { Text.line($0) } }.joined(
              separator: "  "),
          ]
        })
      let count = report.unreadArchives
      guard count > 0 else { return rows }
      let archives = Text.plural(count, "archive")
      return rows + [
        "\(archives) of ended sessions there may list more; 'git session fetch' reads \(count == 1 ? "it" : "them")."
      ]
    }
    return .success
  }
}

extension Lifecycle: ExpressibleByArgument {}
