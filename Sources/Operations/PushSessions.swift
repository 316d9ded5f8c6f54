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
    let offers = try self.offers(to: remote, workspace)
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
    let outcomes = try workspace.repository.push(
      sending.map { Reference(name: $0.reference.name, target: $0.commit) }, to: remote.name)
    try RemoteTips(workspace.repository).note(
      sending.filter { Offer.isThere(outcomes[$0.reference.name]) }, of: remote.name)
    let own = try workspace.state()?.writer
    let rows = offers.map { $0.row(outcomes, own: own) }
    if !squashes {
      try workspace.noteSent(Set(rows.filter { $0.result != .rejected }.map(\.id)), to: remote.name)
    }
    return Report(remote: remote.name, sessions: rows)
  }

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
  private func offers(to remote: Remote, _ workspace: Workspace) throws -> [Offer] {
    let repository = workspace.repository
    let known = Dictionary(grouping: try RemoteTips(repository).all(of: remote.name), by: \.reference.session)
    if !sessions.isEmpty {
      let ids = try Set(sessions.map { try workspace.session(named: $0).id })
      return try ids.sorted(by: >).map { id in
        try offer(id, tips: try repository.tips(of: id), known: known[id] ?? [], to: remote, workspace)
      }
    }
    let all = try repository.sessionTips().filter { only?.contains($0.key) ?? true }
    return try all.sorted { $0.key > $1.key }.compactMap { id, tips in
      let known = known[id] ?? []
      guard !tips.allSatisfy(known.contains) else { return nil }
      let offer = try offer(id, tips: tips, known: known, to: remote, workspace)
      return offer.isNothing ? nil : offer
    }
  }

  private func offer(
    _ session: SessionID, tips: [Tip], known: [Tip], to remote: Remote, _ workspace: Workspace
  ) throws -> Offer {
    guard squashes else { return try Offer(session, tips: tips, known: known, workspace.repository) }
    return try Offer(squashing: session, tips: tips, known: known, to: remote, workspace)
  }
}

/// What there is to send of one session.
private struct Offer {
  let history: SessionHistory
  /// The session as the remote will see it.
  let sent: SessionHistory
  /// Chains that count and that the remote is not known to have.
  let tips: [Tip]
  /// Why chains stay here, if any do.
  let reason: String?

  static func isThere(_ outcome: Repository.PushOutcome?) -> Bool { outcome == .sent || outcome == .upToDate }

  private static let nothingKnown = "it is deleted, and the remote does not know it"

  /// True if nobody who has not named the session wants to hear of it.
  var isNothing: Bool { tips.isEmpty && (reason == nil || reason == Self.nothingKnown) }

  /// The latest state of a session without those before it, as a chain of its own.
  init(
    squashing session: SessionID, tips: [Tip], known: [Tip], to remote: Remote, _ workspace: Workspace
  ) throws {
    let repository = workspace.repository
    history = try SessionHistory(session, tips: tips, from: repository)
    let heads = history.heads.compactMap(history.checkpoint(at:))
    let own = try workspace.currentIfAny().flatMap { $0.history.id == session ? $0.checkpoint : nil }
    let isOne = Set(heads.map(\.tree)).count <= 1
    guard !history.state.isDeleted || !known.isEmpty, let latest = own ?? (isOne ? heads.last : nil) else {
      let reason = "work trees went different ways; resume one of them first"
      (self.tips, sent) = ([], history)
      self.reason = history.state.isDeleted ? Self.nothingKnown : reason
      return
    }
    // By what the clone is called here, so that no other one writes to the same chain.
    let name = [workspace.world.machine, repository.commonDirectory, remote.name].joined(separator: "\n")
    let chain = try SquashedChain(
      of: history, known: known, name: name, in: repository, by: workspace.chainWriter)
    let tip = try chain.write(latest, batch: try ObjectBatch(repository))
    sent = try SessionHistory(session, tips: [tip], from: repository)
    self.tips = known.contains(tip) ? [] : [tip]
    reason = nil
  }

  init(_ session: SessionID, tips: [Tip], known: [Tip], _ repository: Repository) throws {
    history = try SessionHistory(session, tips: tips, from: repository)
    // Nobody else needs to learn of a session that is no more.
    guard !history.state.isDeleted || !known.isEmpty else {
      (self.tips, reason, sent) = ([], Self.nothingKnown, history)
      return
    }
    sent = history
    let changed = history.chains.filter { !known.contains($0) }
    let history = history
    // What anybody may have put below our references is not ours to publish.
    self.tips = changed.filter { history[$0.commit]?.writer == $0.reference.writer }
    reason = self.tips.count == changed.count ? nil : "a chain that does not count stays here"
  }

  /// `own` is the writer of this work tree, whose chain nobody else should have moved.
  func row(_ outcomes: [String: Repository.PushOutcome], own: WriterID?) -> PushSessions.Report.Row {
    var result: PushSessions.Report.Row.Result = tips.isEmpty && reason != nil ? .skipped : .upToDate
    var reason = reason
    for tip in tips {
      switch outcomes[tip.reference.name] {
      case .sent where result != .rejected: result = history.state.isDeleted ? .deleted : .sent
      case .notForward where tip.reference.writer == own:
        (result, reason) = (.rejected, "the remote has another chain of this work tree")
      case .notForward where result == .upToDate: result = .behind
      case .rejected(let words): (result, reason) = (.rejected, words)
      case nil: (result, reason) = (.rejected, "git says nothing of it")
      case .sent, .upToDate, .notForward: break
      }
    }
    let state = history.state
    return .init(
      id: history.id, label: state.label, objective: state.objective, result: result, reason: reason)
  }
}
