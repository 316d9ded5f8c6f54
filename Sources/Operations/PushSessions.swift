import Git
package import Sessions
import Storage

/// Sends sessions to a remote: the chains of this clone's work trees and those that it has adopted, forward only.
package struct PushSessions {
  /// Nil for the remote that git would choose.
  package var remote: String?
  /// As the user names them; none means all that have changed.
  package var sessions: [String]
  /// Where none is named, only these; nil for no such bound.
  private var only: Set<SessionID>?
  /// The user has agreed beforehand to what a first push would publish.
  package var isConfirmed: Bool
  /// Send the latest state alone, not those before it.
  package var squashes = false

  package init(remote: String?, sessions: [String], isConfirmed: Bool) {
    self.remote = remote
    self.sessions = sessions
    self.isConfirmed = isConfirmed
  }

  /// All that have changed of these sessions, without asking.
  init(remote: String, only: Set<SessionID>) {
    self.init(remote: remote, sessions: [], isConfirmed: false)
    self.only = only
  }

  /// Takes the first of `names` for the remote if there is one of that name.
  package init(names: [String], isConfirmed: Bool, in workspace: Workspace) {
    let hasRemote = names.first.map(Remote.names(in: workspace.userConfiguration).contains) ?? false
    self.init(
      remote: hasRemote ? names.first : nil, sessions: Array(names.dropFirst(hasRemote ? 1 : 0)),
      isConfirmed: isConfirmed)
  }

  package struct Report: Encodable, Sendable {
    package let remote: String
    /// A result for each session that was named or that has something to send, the newest first.
    package let sessions: [Row]
    /// False if the remote refused anything.
    package var isComplete: Bool { sessions.allSatisfy { $0.result != .rejected } }

    package struct Row: Encodable, Sendable {
      package enum Result: String, Encodable, Sendable {
        case sent, deleted
        case upToDate = "up-to-date"
        /// The remote has more of it than this clone.
        case behind
        case rejected
        /// Nothing of it counts or belongs on a remote.
        case skipped
      }
      package let id: SessionID
      package let label: String
      package let objective: String
      package let result: Result
      package let reason: String?
    }
  }

  /// `confirm` asks the user; it gives nil where there is nobody to ask.
  package func run(in workspace: Workspace, confirm: (Publication) throws -> Bool?) throws -> Report {
    let remote = try Remote(self.remote, toPush: true, in: workspace)
    let policy = try workspace.pushPolicy
    guard policy != .never else { throw SessionError(.no, "nothing was sent: session.push is 'never'") }
    let there = try RemoteSessions(of: remote.name, in: workspace.repository)
    let offers = try self.offers(to: remote, there, workspace)
    let sending = offers.flatMap(\.tips)
    if policy == .ask, !sending.isEmpty, try !remote.hasConsent(squashed: squashes, in: workspace) {
      let publication = try workspace.world.during("Counting what would be sent") {
        try Publication(of: sending, in: offers.map(\.sent), to: remote.name, workspace.repository)
      }
      guard try isConfirmed || agreed(publication, confirm) else {
        throw SessionError(.no, "nothing was sent")
      }
      try remote.rememberConsent(squashed: squashes, in: workspace)
    }
    let mayArchive =
      try archives && (policy != .ask || isConfirmed || remote.hasConsent(squashed: false, in: workspace))
    let push = ArchivePush(to: remote.name, knowing: there, in: workspace)
    let outcomes = try push.run(
      sending, moving: mayArchive ? offers.flatMap(\.moving) : [], archives: mayArchive)
    if mayArchive { push.removeSuperfluous() }
    let own = try workspace.state()?.writer
    let rows = offers.filter { !$0.isNothing || !sessions.isEmpty }.map { $0.row(outcomes, own: own) }
    if !squashes {
      try workspace.noteSent(Set(rows.filter { $0.result != .rejected }.map(\.id)), to: remote.name)
    }
    return Report(remote: remote.name, sessions: rows)
  }

  /// Whether what is archived here is to be archived there: not where sessions are named, nor where another chain is
  /// sent in their place.
  private var archives: Bool { sessions.isEmpty && !squashes }

  private func agreed(_ publication: Publication, _ confirm: (Publication) throws -> Bool?) throws -> Bool {
    if let answer = try confirm(publication) { return answer }
    throw SessionError(
      .no, "nothing was sent: \(publication.sentence)",
      hints: [
        "Agree with --yes, once for this remote, or for all with: git config session.push manual",
        "'git config session.push never' forbids it.",
      ])
  }

  /// What there is to send of the sessions that were named, or of all. A deleted one is among them: that travels.
  private func offers(to remote: Remote, _ there: RemoteSessions, _ workspace: Workspace) throws -> [Offer] {
    let ids =
      try sessions.isEmpty
      ? candidates(there, workspace.repository)
      : Set(sessions.map { try workspace.session(named: $0).id })
    let listed = try there.archived(ids)
    let local = try workspace.repository.tips(of: ids)
    return try ids.sorted(by: >).compactMap { id in
      let (tips, listed) = (local[id] ?? [], listed[id] ?? [])
      let known = (there.references[id] ?? []) + listed
      if sessions.isEmpty, tips.allSatisfy(archives ? { Offer.isPlaced($0, known, listed) } : known.contains)
      {
        return nil
      }
      return squashes
        ? try Offer(squashing: id, tips: tips, known: known, to: remote, workspace)
        : try Offer(id, tips: tips, known: known, listed: listed, workspace.repository)
    }
  }

  /// The sessions of which the remote may lack something, or have it in another place than this clone.
  private func candidates(_ there: RemoteSessions, _ repository: Repository) throws -> Set<SessionID> {
    let own = Set(try repository.unarchivedTips().keys)
    let archived = try repository.archives().tips(notIn: there.archives, in: repository)
    let all = own.union(archived.map(\.reference.session))
    return only.map(all.intersection) ?? all
  }
}
