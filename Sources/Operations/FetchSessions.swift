import Git
package import Sessions
import Storage

/// Fetches the sessions of a remote and takes up what continues the chains that are here.
///
/// What cannot be adopted stays below `refs/sessions-remote`, where nothing reads it.
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
    let complaint = try transfer(from: remote, workspace.repository)
    var adoption = Adoption(workspace)
    let arrived = Dictionary(
      grouping: try RemoteTips(workspace.repository).referenced(of: remote.name), by: \.reference.session)
    try workspace.world.during("Taking up sessions") {
      for (session, tips) in arrived.sorted(by: { $0.key > $1.key }) { try adoption.adopt(tips, of: session) }
      try adoption.updateView()
    }
    workspace.settleRemoteTips()
    return Report(
      remote: remote.name, sessions: adoption.rows, refused: adoption.refused, complaint: complaint)
  }

  /// Brings what the remote has and this clone is not known to have. Where sessions are archived the remote is asked
  /// first, since git would make a reference for each that it has.
  private func transfer(from remote: Remote, _ repository: Repository) throws -> String? {
    guard try !repository.archives().isEmpty else { return try transferAll(from: remote, repository) }
    var attempt = 1
    while true {
      do {
        return try transferMissing(from: remote, repository)
      } catch let error as GitError where error.kind == .moved && attempt < Self.attempts {
        attempt += 1
      }
    }
  }

  /// Between asking and fetching somebody may delete a reference of the remote.
  private static let attempts = 3
  /// git compares each name with each reference of the remote.
  private static let limit = 1000

  private func transferAll(from remote: Remote, _ repository: Repository) throws -> String? {
    try repository.fetch(
      SessionReference.prefix, from: remote.name, into: SessionReference.remotePrefix(remote.name))
  }

  private func transferMissing(from remote: Remote, _ repository: Repository) throws -> String? {
    let tips = RemoteTips(repository)
    let known = try tips.all(of: remote.name)
    let there = try repository.sessionTips(of: remote.name)
    let missing = try tips.missing(of: there, at: remote.name, known: known)
    if missing.isEmpty { return nil }
    if missing.count > Self.limit { return try transferAll(from: remote, repository) }
    return try repository.fetch(
      missing.map { ($0.name, $0.name(of: remote.name)) }, from: remote.name)
  }
}

/// Moves chains forward to what was fetched.
private struct Adoption {
  private let workspace: Workspace
  private(set) var rows: [FetchSessions.Report.Row] = []
  private(set) var refused: [FetchSessions.Report.Refusal] = []
  private var changed: [SessionHistory] = []

  init(_ workspace: Workspace) { self.workspace = workspace }

  private var repository: Repository { workspace.repository }

  mutating func adopt(_ arrived: [Tip], of session: SessionID) throws {
    let local = try repository.tips(of: session)
    guard !arrived.allSatisfy(local.contains) else { return }
    let history = try SessionHistory(
      session, tips: local, and: arrived.map(\.commit), from: repository)
    var hasMoved = false
    for tip in arrived {
      switch history.arrival(of: tip) {
      case .known, .behind: break
      case .new, .forward: hasMoved = try move(to: tip, from: local) || hasMoved
      case .refused(let reason): refuse(tip, reason)
      }
    }
    if hasMoved { try note(session, local) }
  }

  private mutating func move(to tip: Tip, from local: [Tip]) throws -> Bool {
    let old = local.first { $0.reference == tip.reference && $0.archive == nil }?.commit
    do {
      try repository.move(tip.reference.name, from: old, to: tip.commit, log: "session: fetch")
      return true
    } catch {
      guard error.kind == .moved || error.kind == .locked else { throw error }
      refuse(tip, "another process is at work on the chain here; fetch again")
      return false
    }
  }

  private mutating func refuse(_ tip: Tip, _ reason: String) {
    refused.append(
      .init(session: tip.reference.session, writer: tip.reference.writer, reason: reason))
  }

  private mutating func note(_ session: SessionID, _ before: [Tip]) throws {
    let old = try SessionHistory(session, tips: before, from: repository)
    let new = try SessionHistory(session, tips: try repository.tips(of: session), from: repository)
    changed.append(new)
    if new.state.isDeleted {
      try workspace.leave(session)
      // It is no news to those who never knew the session.
      if before.isEmpty || old.state.isDeleted { return }
    }
    let known = Set(old.checkpoints.map(\.id))
    rows.append(
      .init(
        id: session, label: new.state.label, objective: new.state.objective,
        change: new.state.isDeleted ? .deleted : before.isEmpty ? .new : .updated,
        checkpoints: new.checkpoints.count { !known.contains($0.id) }, heads: new.heads.count))
  }

  /// Brings the notes up to date. That they could not be does not undo the fetch: they are rebuilt later.
  func updateView() throws {
    guard !changed.isEmpty else { return }
    let batch = try ObjectBatch(repository)
    do {
      // What one session says of rewritten commits may concern the notes of others.
      if changed.contains(where: { $0.state.isDeleted || !$0.state.rewrites.isEmpty }) {
        return try workspace.rebuildNotes(batch: batch)
      }
      var content = NotesContent()
      for history in changed { content.add(history) }
      try workspace.showInNotes(content.notes, batch: batch)
    } catch let error as GitError {
      workspace.world.errors.write("warning: the notes were not updated: \(error)\n")
    }
  }
}
