import Git
package import Sessions
import Storage

/// Fetches the sessions of a remote and takes up what continues the chains that are here.
///
/// What cannot be adopted stays below `refs/sessions-remote` and `refs/sessions-remote-archive`, where nothing takes it
/// for a session.
package struct FetchSessions {
  /// Nil for the remote that git would choose.
  package var remote: String?

  package init(remote: String?) { self.remote = remote }

  package struct Report: Encodable, Sendable {
    package let remote: String
    /// The sessions that changed here, the newest first.
    package let sessions: [Row]
    package let refused: [Refusal]
    /// What git says of references that it could not write.
    package let complaint: String?

    package struct Row: Encodable, Sendable {
      package enum Change: String, Encodable, Sendable { case new, updated, deleted }
      package let id: SessionID
      package let label: String
      package let objective: String
      package let change: Change
      /// How many checkpoints came.
      package let checkpoints: Int
      /// More than one if work trees went different ways.
      package let heads: Int
    }

    /// A chain of the remote that is not one, or does not fit the one here.
    package struct Refusal: Encodable, Sendable {
      package let session: SessionID
      package let writer: WriterID
      package let reason: String
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let remote = try Remote(self.remote, toPush: false, in: workspace)
    let complaint = try transfer(from: remote, workspace)
    var adoption = Adoption(of: remote.name, in: workspace)
    try workspace.world.during("Taking up sessions") {
      try adoption.run()
      try adoption.updateView()
    }
    workspace.settleRemoteTips()
    if !adoption.rows.isEmpty { workspace.archiveEndedSessions() }
    return Report(
      remote: remote.name, sessions: adoption.rows.sorted { $0.id > $1.id }, refused: adoption.refused,
      complaint: complaint)
  }

  /// Brings what the remote has and this clone is not known to have. Where there are archives the remote is asked
  /// first, since git would make a reference for each that it has.
  private func transfer(from remote: Remote, _ workspace: Workspace) throws -> String? {
    let repository = workspace.repository
    guard try !repository.archives().isEmpty || !repository.archives(of: remote.name).isEmpty else {
      return try transferAll(from: remote, workspace)
    }
    var attempt = 1
    while true {
      do {
        return try transferMissing(from: remote, workspace)
      } catch let error as GitError where error.kind == .moved && attempt < Self.attempts {
        attempt += 1
      }
    }
  }

  /// Between asking and fetching somebody may delete a reference of the remote.
  private static let attempts = 3
  /// git compares each name with each reference of the remote.
  private static let limit = 1000

  private func transferAll(from remote: Remote, _ workspace: Workspace) throws -> String? {
    let complaint = try workspace.repository.fetch(
      folders: [
        (SessionReference.prefix, SessionReference.remotePrefix(remote.name)),
        (SessionArchive.prefix, SessionArchive.arrivalPrefix(remote.name)),
      ], without: remote.othersBelow(in: workspace).map { SessionReference.prefix + $0 + "/" },
      from: remote.name)
    try workspace.acceptArchives(of: remote.name)
    return complaint
  }

  private func transferMissing(from remote: Remote, _ workspace: Workspace) throws -> String? {
    let repository = workspace.repository
    let tips = RemoteTips(repository)
    let known = try tips.all(of: remote.name)
    let there = try RemoteListing(of: remote.name, in: repository)
    let missing = try tips.missing(of: there.tips, at: remote.name, known: known)
    let archives = try there.missingArchives(of: remote.name, in: repository)
    if missing.isEmpty && archives.isEmpty { return nil }
    if missing.count > Self.limit { return try transferAll(from: remote, workspace) }
    let complaint = try repository.fetch(
      archives + missing.map { ($0.name, $0.name(of: remote.name)) }, from: remote.name)
    try workspace.acceptArchives(of: remote.name)
    return complaint
  }
}

extension Workspace {
  /// Looks at the archives of a remote that have just been fetched. What are none are named and no more thought of.
  func acceptArchives(of remote: String) throws {
    for flaw in try repository.acceptArchives(of: remote) {
      warn("of '\(PlainText.line(remote))': \(flaw.reason); it is ignored")
    }
  }
}
