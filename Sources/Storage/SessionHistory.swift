package import Git
package import Sessions

/// All that the chains of one session hold.
package struct SessionHistory: Sendable {
  package let id: SessionID
  package let tips: [Tip]
  /// Sorted by clock and writer; every commit stands after those that it descends from. Without those of
  /// replaced writers.
  package let commits: [ChainCommit]
  package let state: SessionState
  package let foreign: [ForeignCommit]
  /// False if an object could not be read: the session may hold more than this.
  package let isComplete: Bool
  /// The largest clock of all that was read.
  package let clock: Int64
  /// Also the commits of replaced writers: others may stand on them.
  private let valid: [ObjectID: ChainCommit]

  /// A writer's clock may not run away: a commit that jumps further is foreign.
  private static let largestClockStep: Int64 = 1_000_000

  /// Reads the session from its tips, and from `others` that no reference names yet. What is foreign is set aside
  /// together with all that stands on it.
  package init(
    _ id: SessionID, tips: [Tip], and others: [ObjectID] = [], from repository: Repository
  ) throws {
    var reader = Reader(session: id, repository: repository)
    for commit in tips.map(\.commit) + others { try reader.read(commit) }
    self.init(id, tips: tips, reader)
  }

  /// This session with one more commit, to which `tip` moves. Throws if that commit does not count.
  func adding(_ tip: Tip, from repository: Repository) throws -> (
    commit: ChainCommit, history: SessionHistory
  ) {
    var reader = Reader(session: id, repository: repository, valid: valid, foreign: Set(foreign))
    reader.isComplete = isComplete
    try reader.read(tip.commit)
    let history = SessionHistory(id, tips: tips.filter { $0.reference != tip.reference } + [tip], reader)
    guard let commit = history[tip.commit] else {
      let reason = history.foreign.first { $0.id == tip.commit }?.reason ?? "its writer was replaced"
      throw GitError(.invalid, "the new commit \(tip.commit) would not count: \(reason)")
    }
    return (commit, history)
  }

  private init(_ id: SessionID, tips: [Tip], _ reader: Reader) {
    self.id = id
    self.tips = tips
    valid = reader.valid
    isComplete = reader.isComplete
    foreign = reader.foreign.sorted { $0.id < $1.id }
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
    commits = sorted.filter { !state.replaced.contains($0.writer) }
  }

  /// Nil for what is foreign or was written by a writer that was replaced.
  package subscript(_ id: ObjectID) -> ChainCommit? {
    valid[id].flatMap { state.replaced.contains($0.writer) ? nil : $0 }
  }

  /// Oldest first.
  package var checkpoints: [ChainCommit] { commits.filter { $0.checkpoint != nil } }

  /// The commits that no other commit of the session descends from.
  package var heads: [ChainCommit] {
    let parents = Set(commits.flatMap(\.chainParents))
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

  /// The largest number given so far.
  package var lastNumber: Int { commits.compactMap(\.checkpoint?.number).max() ?? 0 }

  /// `c4`, or `c4~abcd` if two writers gave the number 4.
  package func name(of commit: ChainCommit) -> String {
    guard let number = commit.checkpoint?.number else { return commit.id.short }
    let isShared = commits.contains { $0.checkpoint?.number == number && $0.id != commit.id }
    return isShared ? "c\(number)~\(commit.writer.suffix)" : "c\(number)"
  }

  /// Walks the commits from the tips down, without recursion, since a chain has no bound.
  private struct Reader {
    let session: SessionID
    let repository: Repository
    var valid: [ObjectID: ChainCommit] = [:]
    var foreign: Set<ForeignCommit> = []
    var isComplete = true
    private var rejected: Set<ObjectID> = []

    init(
      session: SessionID, repository: Repository, valid: [ObjectID: ChainCommit] = [:],
      foreign: Set<ForeignCommit> = []
    ) {
      self.session = session
      self.repository = repository
      self.valid = valid
      self.foreign = foreign
      rejected = Set(foreign.map(\.id))
    }

    mutating func read(_ tip: ObjectID) throws {
      var decoded: [ObjectID: ChainCommit] = [:]
      var stack = [tip]
      while let id = stack.last {
        guard valid[id] == nil, !rejected.contains(id) else {
          stack.removeLast()
          continue
        }
        do {
          let commit = try decoded[id] ?? decode(id)
          decoded[id] = commit
          let unread = commit.chainParents.filter { valid[$0] == nil && !rejected.contains($0) }
          if !unread.isEmpty {
            stack += unread
            continue
          }
          try judge(commit)
        } catch let error as ForeignCommit {
          rejected.insert(id)
          foreign.insert(error)
        }
        stack.removeLast()
      }
    }

    /// A damaged object is no reason to lose sight of all the others.
    private mutating func decode(_ id: ObjectID) throws -> ChainCommit {
      do {
        return try ChainCommit(reading: id, of: session, from: repository)
      } catch let error as GitError {
        switch error.kind {
        case .invalid: break
        case .missing, .other: isComplete = false
        default: throw error
        }
        throw ForeignCommit(id: id, reason: error.description)
      }
    }

    private mutating func judge(_ commit: ChainCommit) throws(ForeignCommit) {
      func foreign(_ reason: String) -> ForeignCommit { ForeignCommit(id: commit.id, reason: reason) }
      let parents = commit.chainParents.compactMap { valid[$0] }
      guard parents.count == commit.chainParents.count else { throw foreign("it stands on a foreign commit") }
      // The root record may have any clock that the largest step allows, counted from nothing.
      let reached = parents.map(\.clock).max() ?? -1
      guard commit.clock > reached else { throw foreign("its clock does not exceed that of its parents") }
      guard commit.clock - SessionHistory.largestClockStep <= reached else {
        throw foreign("its clock jumps too far")
      }
      if commit.checkpoint == nil, let previous = commit.previous.flatMap({ valid[$0] }) {
        guard commit.tree == previous.tree else { throw foreign("it is a record with a tree of its own") }
      }
      valid[commit.id] = commit
    }
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
