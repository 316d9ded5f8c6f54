import Git
import Sessions
import Storage

/// What there is to send of one session.
struct Offer {
  let history: SessionHistory
  /// The session as the remote will see it.
  let sent: SessionHistory
  /// Chains that count and that the remote is not known to have.
  let tips: [Tip]
  /// Chains that count and are archived here, and that the remote is known to have, but in no archive.
  var moving: [Tip] = []
  /// Why chains stay here, if any do.
  let reason: String?

  /// Whether a chain is where it belongs on the remote.
  static func isPlaced(_ tip: Tip, _ known: [Tip], _ listed: [Tip]) -> Bool {
    tip.archive == nil ? known.contains(tip) : listed.contains(tip)
  }

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

  /// `listed` are those of `known` that archives of the remote list.
  init(_ session: SessionID, tips: [Tip], known: [Tip], listed: [Tip], _ repository: Repository) throws {
    history = try SessionHistory(session, tips: tips, from: repository)
    // Nobody else needs to learn of a session that is no more.
    guard !history.state.isDeleted || !known.isEmpty else {
      (self.tips, reason, sent) = ([], Self.nothingKnown, history)
      return
    }
    sent = history
    let history = history
    // What anybody may have put below our references is not ours to publish.
    let chains = history.chains.filter { history[$0.commit]?.writer == $0.reference.writer }
    // What an archive there lists otherwise must not be taken back.
    func goesOn(_ tip: Tip) -> Bool {
      listed.allSatisfy { $0.reference != tip.reference || history.descends(tip.commit, from: $0.commit) }
    }
    let changed = history.chains.filter { !known.contains($0) }
    self.tips = chains.filter { !known.contains($0) }.map {
      goesOn($0) ? $0 : Tip(reference: $0.reference, commit: $0.commit)
    }
    moving = chains.filter { $0.archive != nil && known.contains($0) && !listed.contains($0) && goesOn($0) }
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
