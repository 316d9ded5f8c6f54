import Git
package import Sessions
import Storage

/// The sessions of a remote, from the names of its references alone, the newest first; those that it has in archives
/// from what was fetched of these.
package struct ListRemoteSessions {
  package var remote: String

  package init(remote: String) { self.remote = remote }

  package struct Report: Encodable, Sendable {
    package let remote: String
    package let sessions: [Row]
    /// How many archives of the remote are not here as they are there, so that sessions may be missing.
    package let unreadArchives: Int

    package struct Row: Encodable, Sendable {
      package let id: SessionID
      /// As the name tells it.
      package let started: Timestamp
      /// How many work trees have written there.
      package let writers: Int
      /// Nil if the session is not known here, or deleted.
      package let label: String?
      package let objective: String?
      /// True if the session was deleted, here or by what was fetched.
      package let isDeleted: Bool
      /// True if all that the remote has of it is here.
      package let isUpToDate: Bool
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let remote = try Remote(self.remote, toPush: false, in: workspace)
    let repository = workspace.repository
    let listing = try RemoteListing(of: remote.name, in: repository)
    let fetched = try RemoteSessions(of: remote.name, in: repository).archives
    // An archive only grows, so what it listed it still lists.
    let archives = fetched.filter { listing.archives[$0.writer] != nil }
    let tips = try listing.tips + archives.tips(in: repository)
    let all = try workspace.summaries()
    let known = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    let local = try repository.sessionTips()
    return Report(
      remote: remote.name,
      sessions: try Dictionary(grouping: tips, by: \.reference.session).sorted { $0.key > $1.key }.map {
        id, tips in
        let own = local[id] ?? []
        return Report.Row(
          id: id, started: id.time, writers: Set(tips.map(\.reference.writer)).count,
          label: known[id].map { Workspace.distinctLabel($0, among: all) }, objective: known[id]?.objective,
          isDeleted: try known[id] == nil && Self.isDeleted(own, repository),
          isUpToDate: try Self.isHere(tips, own, repository))
      },
      unreadArchives: listing.archives.count { writer, commit in
        !fetched.contains { $0.writer == writer && $0.commit == commit }
      })
  }

  private static func isDeleted(_ local: [Tip], _ repository: Repository) throws -> Bool {
    guard let session = local.first?.reference.session else { return false }
    return try SessionHistory(session, tips: local, from: repository).state.isDeleted
  }

  private static func isHere(_ tips: [Tip], _ local: [Tip], _ repository: Repository) throws -> Bool {
    if tips.allSatisfy(local.contains) { return true }
    guard let session = local.first?.reference.session else { return false }
    let history = try SessionHistory(session, tips: local, from: repository)
    return tips.allSatisfy { local.contains($0) || history.isBehind($0) }
  }
}
