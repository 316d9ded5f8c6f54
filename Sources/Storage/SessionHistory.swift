package import Git
package import Sessions

/// All that the chains of one session hold.
package struct SessionHistory: Sendable {
  package let id: SessionID
  package let tips: [Tip]
  /// Sorted by clock and writer; every commit stands after those that it descends from. Without those of
  /// replaced writers, and without checkpoints that repeat one which is here.
  package let commits: [ChainCommit]
  package let state: SessionState
  package let foreign: [ForeignCommit]
  /// False if an object could not be read: the session may hold more than this.
  package let isComplete: Bool
  /// The largest clock of all that was read.
  package let clock: Int64
  /// Also the commits of replaced writers: others may stand on them.
  private let valid: [ObjectID: ChainCommit]
  /// The checkpoints that are not shown since what they repeat is here, with that.
  private let originals: [ObjectID: ObjectID]
  /// The numbers that more than one checkpoint has.
  private let sharedNumbers: Set<Int>

  /// Reads the session from its tips, and from `others` that no reference names yet. What is foreign is set aside
  /// together with all that stands on it.
  package init(
    _ id: SessionID, tips: [Tip], and others: [ObjectID] = [], from repository: Repository
  ) throws {
    var reader = ChainReader(session: id, repository: repository)
    for commit in tips.map(\.commit) + others { try reader.read(commit) }
    self.init(id, tips: tips, reader)
  }

  /// This session with one more commit, to which `tip` moves. Throws if that commit does not count.
  func adding(_ tip: Tip, from repository: Repository) throws -> (
    commit: ChainCommit, history: SessionHistory
  ) {
    var reader = ChainReader(session: id, repository: repository)
    reader.valid = valid
    reader.foreign = Dictionary(foreign.map { ($0.id, $0.reason) }) { $1 }
    reader.isComplete = isComplete
    try reader.read(tip.commit)
    let history = SessionHistory(id, tips: tips.filter { $0.reference != tip.reference } + [tip], reader)
    guard let commit = history[tip.commit] else {
      let reason = reader.foreign[tip.commit] ?? "its writer was replaced"
      throw GitError(.invalid, "the new commit \(tip.commit) would not count: \(reason)")
    }
    return (commit, history)
  }

  private init(_ id: SessionID, tips: [Tip], _ reader: ChainReader) {
    self.id = id
    self.tips = tips
    valid = reader.valid
    isComplete = reader.isComplete
    foreign = reader.foreign.map { ForeignCommit(id: $0.key, reason: $0.value) }.sorted { $0.id < $1.id }
    let sorted = reader.valid.values.sorted {
      ($0.clock, $0.writer, $0.id) < ($1.clock, $1.writer, $1.id)
    }
    let state = SessionState(
      id: id,
      folding: sorted.flatMap { commit in
        commit.events.enumerated().map {
          StampedEvent(clock: commit.clock, position: $0.offset, event: $0.element)
        }
      })
    self.state = state
    clock = sorted.last?.clock ?? 0
    let shown = sorted.filter { !state.replaced.contains($0.writer) }
    let ids = Set(shown.map(\.id))
    let originals = Dictionary(
      uniqueKeysWithValues: shown.compactMap { commit in
        commit.checkpoint?.squashed.flatMap { ObjectID($0) }.flatMap {
          $0 != commit.id && ids.contains($0) ? (commit.id, $0) : nil
        }
      })
    self.originals = originals
    commits = shown.filter { originals[$0.id] == nil }
    var numbers: Set<Int> = []
    sharedNumbers = Set(commits.compactMap(\.checkpoint?.number).filter { !numbers.insert($0).inserted })
  }

  /// Nil for what is foreign or was written by a writer that was replaced.
  package subscript(_ id: ObjectID) -> ChainCommit? {
    valid[id].flatMap { state.replaced.contains($0.writer) ? nil : $0 }
  }

  /// Oldest first.
  package var checkpoints: [ChainCommit] { commits.filter { $0.checkpoint != nil } }

  /// The commits that no other commit of the session descends from.
  package var heads: [ChainCommit] {
    // What stands on a repetition stands on what it repeats.
    let all = commits + originals.keys.compactMap { valid[$0] }
    let parents = Set(all.flatMap(\.chainParents).map { originals[$0] ?? $0 })
    return commits.filter { !parents.contains($0.id) }
  }

  /// The last commit of a writer that counts; it may lie below the tip, if that is foreign.
  package func last(of writer: WriterID) -> ChainCommit? { commits.last { $0.writer == writer } }

  /// The nearest checkpoint at or before a commit.
  package func checkpoint(at commit: ChainCommit) -> ChainCommit? {
    var current: ChainCommit? = commit
    while let candidate = current, candidate.checkpoint == nil {
      current = candidate.previous.flatMap { self[$0] }
    }
    return current
  }

  /// The checkpoint that `checkpoint` was compared with: the nearest one before it on its chain.
  package func predecessor(of checkpoint: ChainCommit) -> ChainCommit? {
    checkpoint.previous.flatMap { self[$0] }.flatMap { self.checkpoint(at: $0) }
  }

  /// The nearest commits among `ids` that a commit descends from, one for each way down.
  package func nearest(to commit: ChainCommit, among ids: Set<ObjectID>) -> [ObjectID] {
    var found: [ObjectID] = []
    for parent in commit.chainParents {
      var current = self[parent]
      while let candidate = current, !ids.contains(candidate.id) {
        current = candidate.previous.flatMap { self[$0] }
      }
      if let id = current?.id, !found.contains(id) { found.append(id) }
    }
    return found
  }

  /// True if `commit` is `other` or stands on it.
  package func descends(_ commit: ObjectID, from other: ObjectID) -> Bool {
    var seen: Set<ObjectID> = [commit]
    var stack = [commit]
    while let id = stack.popLast() {
      if id == other { return true }
      stack += (valid[id]?.chainParents ?? []).filter { seen.insert($0).inserted }
    }
    return false
  }

  /// The largest number given so far.
  package var lastNumber: Int { commits.compactMap(\.checkpoint?.number).max() ?? 0 }

  /// `c4`, or `c4~abcd` if two writers gave the number 4.
  package func name(of commit: ChainCommit) -> String {
    guard let number = commit.checkpoint?.number else { return commit.id.short }
    return sharedNumbers.contains(number) ? "c\(number)~\(commit.writer.suffix)" : "c\(number)"
  }
}

extension Repository {
  /// Nil if the session has no chain here or is deleted.
  package func history(of session: SessionID) throws -> SessionHistory? {
    let tips = try tips(of: session)
    guard !tips.isEmpty else { return nil }
    let history = try SessionHistory(session, tips: tips, from: self)
    return history.state.isDeleted ? nil : history
  }
}
