import Git
import Sessions
import Storage

/// Keeps git quick where many sessions have ended: all but the last of them share one reference.
///
/// What anybody sees of a session does not change by it.
struct ArchiveSessions {
  /// How many sessions are archived at most; a command that does so by the way must not take long.
  var limit = 500

  /// So many ended sessions keep references of their own; git reads the commit of each.
  static let kept = 2
  /// So many more there must be, or nothing is done: each time takes some work.
  static let surplus = 4
  /// So many ended sessions there must be before there is any archive.
  static let first = 30

  /// Archives what is due. Gives the number of sessions.
  func run(in workspace: Workspace) throws -> Int {
    let due = try Self.due(in: workspace).prefix(limit)
    guard !due.isEmpty, var writer = try workspace.archiveWriter() else { return 0 }
    let histories = try due.compactMap { try Self.archivable($0, workspace) }
    guard !histories.isEmpty else { return 0 }
    defer { workspace.settleRemoteTips() }
    try writer.archive(histories, batch: try ObjectBatch(workspace.repository))
    return histories.count
  }

  /// The sessions that have ended and of which the index says so, the oldest first, without the last ones.
  ///
  /// The index may be wrong; before anything is written ``archivable(_:_:)`` looks at the chains.
  static func due(in workspace: Workspace) throws -> [SessionID] {
    let tips = try workspace.repository.unarchivedTips()
    let least = try workspace.repository.archives().isEmpty ? first : kept + surplus
    guard tips.count >= least else { return [] }
    let state = try workspace.state()
    let summaries = try SessionIndex.summaries(of: workspace.repository)
    let known = Dictionary(summaries.map { ($0.id, $0) }) { first, _ in first }
    // A session that is not listed is deleted, if it is one at all.
    let ended = tips.keys.filter { id in
      (known[id]?.lifecycle.isEnded ?? true) && id != state?.current && id != state?.previous
    }
    guard ended.count >= least else { return [] }
    func time(_ id: SessionID) -> Timestamp { known[id]?.updated ?? id.time }
    return ended.sorted { (time($0), $0) < (time($1), $1) }.dropLast(kept)
  }

  /// Nil if anything of the session is not as it should be, or it goes on.
  private static func archivable(_ id: SessionID, _ workspace: Workspace) throws -> SessionHistory? {
    let history = try SessionHistory(
      id, tips: try workspace.repository.tips(of: id), from: workspace.repository)
    guard history.isSound, history.state.lifecycle.isEnded || history.state.isDeleted else { return nil }
    let isForward = history.tips.allSatisfy { tip in
      history.chains.contains(tip)
        || history.tip(of: tip.reference).map {
          history.descends($0.commit, from: tip.commit)
        } ?? false
    }
    return isForward ? history : nil
  }
}

extension Workspace {
  /// The writer whose archive this work tree writes: its own, which it gets with that if it has none yet. Nil where there
  /// is no work tree.
  func ownWriter() throws -> WriterID? {
    try repository.workTree == nil ? nil : updateState { $0.writer }
  }

  /// Nil if this work tree can have no archive.
  func archiveWriter() throws -> ArchiveWriter? {
    try ownWriter().map { try ArchiveWriter(repository, signature: signature, writer: $0) }
  }

  /// Archives what is due by the way. That it could not be done changes nothing.
  func archiveEndedSessions() {
    do {
      _ = try ArchiveSessions().run(in: self)
    } catch {
      warn("ended sessions were not archived: \(SessionError(wrapping: error).sentence)")
    }
  }

  /// Lets what is known of remotes about archived sessions follow them into one file. That it could not be done changes
  /// nothing.
  func settleRemoteTips() {
    do {
      try RemoteTips(repository).settle()
    } catch {
      warn(
        "references of archived sessions were left: \(SessionError(wrapping: error).sentence)")
    }
  }
}
