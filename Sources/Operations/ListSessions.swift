package import Sessions
import Storage

/// All sessions of the repository, the newest first.
package struct ListSessions {
  /// Words that the session must hold.
  package var search: String?
  package var lifecycle: Lifecycle?

  package init(search: String?, lifecycle: Lifecycle?) {
    self.search = search
    self.lifecycle = lifecycle
  }

  package struct Report: Encodable, Sendable {
    package let sessions: [Row]

    package struct Row: Encodable, Sendable {
      package let id: SessionID
      /// As it may be typed: `SESSION-012`, or `SESSION-012~k3f2` if there are two.
      package let label: String
      package let name: String
      package let objective: String
      package let lifecycle: Lifecycle
      package let started: Timestamp
      package let updated: Timestamp
      package let checkpoints: Int
      package let openItems: Int
      package let heads: Int
      package let isCurrent: Bool
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let all = try workspace.summaries()
    let found = try search.map { try workspace.summaries(matching: $0) } ?? all
    let current = try workspace.state()?.current
    return Report(
      sessions: found.filter { lifecycle == nil || $0.lifecycle == lifecycle }.map { session in
        Report.Row(
          id: session.id, label: Workspace.distinctLabel(session, among: all), name: session.name,
          objective: session.objective, lifecycle: session.lifecycle, started: session.started,
          updated: session.updated, checkpoints: session.checkpoints, openItems: session.openItems,
          heads: session.heads, isCurrent: session.id == current)
      })
  }
}
