import Git
package import Sessions
import Storage

/// The sessions of a remote, from the names of its references alone, the newest first.
package struct ListRemoteSessions {
  package var remote: String

  package init(remote: String) { self.remote = remote }

  package struct Report: Encodable, Sendable {
    package let remote: String
    package let sessions: [Row]

    package struct Row: Encodable, Sendable {
      package let id: SessionID
      /// As the name tells it.
      package let started: Timestamp
      /// How many work trees have written there.
      package let writers: Int
      /// Nil if the session is not known here, or deleted.
      package let label: String?
      package let objective: String?
      /// True if all that the remote has of it is here.
      package let isUpToDate: Bool
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let remote = try Remote(self.remote, toPush: false, in: workspace)
    let tips = try workspace.repository.sessionTips(of: remote.name)
    let all = try workspace.summaries()
    let known = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    let local = Set(try workspace.repository.sessionTips().values.joined())
    return Report(
      remote: remote.name,
      sessions: Dictionary(grouping: tips, by: \.reference.session).sorted { $0.key > $1.key }.map {
        id, tips in
        Report.Row(
          id: id, started: id.time, writers: tips.count,
          label: known[id].map { Workspace.distinctLabel($0, among: all) }, objective: known[id]?.objective,
          isUpToDate: tips.allSatisfy(local.contains))
      })
  }
}
