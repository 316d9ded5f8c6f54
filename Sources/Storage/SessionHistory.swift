package import Git
package import Sessions

/// All that the chains of one session hold.
package struct SessionHistory: Sendable {
  package let id: SessionID
  package let tips: [Tip]
  /// Sorted by clock and writer; every commit stands after those that it descends from.
  package let commits: [ChainCommit]
  package let state: SessionState
  package let foreign: [ForeignCommit]
  private let byID: [ObjectID: ChainCommit]

  /// A writer's clock may not run away: a commit that jumps further is foreign.
  private static let largestClockStep: Int64 = 1_000_000

  /// Reads the session from its tips, and from `others` that no reference names yet. What is foreign is set aside
  /// together with all that stands on it.
  package init(
    _ id: SessionID, tips: [Tip], and others: [ObjectID] = [], from repository: Repository
  ) throws {
    var reader = Reader(session: id, repository: repository)
    for commit in tips.map(\.commit) + others { try reader.read(commit) }
    self.id = id
    self.tips = tips
    byID = reader.valid
    commits = reader.valid.values.sorted { ($0.clock, $0.writer, $0.id) < ($1.clock, $1.writer, $1.id) }
    foreign = reader.foreign.sorted { $0.id < $1.id }
    state = SessionState(
      id: id,
      folding: commits.flatMap { commit in
        commit.events.enumerated().map {
          StampedEvent(clock: commit.clock, position: $0.offset, event: $0.element)
        }
      })
  }

  package subscript(_ id: ObjectID) -> ChainCommit? { byID[id] }

  package var clock: Int64 { commits.last?.clock ?? 0 }

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
      current = candidate.previous.flatMap { byID[$0] }
    }
    return current
  }

  /// The checkpoint that `checkpoint` was compared with: the nearest one before it on its chain.
  package func predecessor(of checkpoint: ChainCommit) -> ChainCommit? {
    checkpoint.previous.flatMap { byID[$0] }.flatMap { self.checkpoint(at: $0) }
  }

  /// The nearest commits among `ids` that a commit descends from, one for each way down.
  package func nearest(to commit: ChainCommit, among ids: Set<ObjectID>) -> [ObjectID] {
    var found: [ObjectID] = []
    for parent in commit.chainParents {
      var current = byID[parent]
      while let candidate = current, !ids.contains(candidate.id) {
        current = candidate.previous.flatMap { byID[$0] }
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
    private var rejected: Set<ObjectID> = []

    init(session: SessionID, repository: Repository) {
      self.session = session
      self.repository = repository
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
          let commit = try decoded[id] ?? ChainCommit(reading: id, of: session, from: repository)
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
        } catch let error as GitError where error.kind == .missing || error.kind == .invalid {
          rejected.insert(id)
          foreign.insert(ForeignCommit(id: id, reason: error.description))
        }
        stack.removeLast()
      }
    }

    private mutating func judge(_ commit: ChainCommit) throws(ForeignCommit) {
      func foreign(_ reason: String) -> ForeignCommit { ForeignCommit(id: commit.id, reason: reason) }
      let parents = commit.chainParents.compactMap { valid[$0] }
      guard parents.count == commit.chainParents.count else { throw foreign("it stands on a foreign commit") }
      // The root record may have any clock that the largest step allows, counted from nothing.
      let reached = parents.map(\.clock).max() ?? -1
      guard commit.clock > reached else { throw foreign("its clock does not exceed that of its parents") }
      guard commit.clock - reached <= SessionHistory.largestClockStep else {
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
