package import Git
package import Sessions

/// All that the chains of one session hold. Belongs to one thread, as the repository does that it was read from.
package struct SessionHistory: Sendable {
  package let id: SessionID
  package let tips: [Tip]
  /// Sorted by clock and writer; every commit stands after those that it descends from. Without those of
  /// replaced writers, and without checkpoints that repeat one which is here.
  package let commits: [ChainCommit]
  package let foreign: [ForeignCommit]
  /// False if an object could not be read: the session may hold more than this.
  package let isComplete: Bool
  let fold: SessionFold
  /// The same as ``commits``, with all that is not shown: others may stand on it.
  let allCommits: [ChainCommit]
  let valid: [ObjectID: ChainCommit]
  /// The checkpoints that are not shown since what they repeat is here, with that.
  private let originals: [ObjectID: ObjectID]
  /// The commits that took in what is not in their writer's work tree any more.
  private let takenBack: Set<ObjectID>
  /// The numbers that more than one checkpoint has.
  private let sharedNumbers: Set<Int>

  package var state: SessionState { fold.state }
  /// The largest clock of all that was read.
  package var clock: Int64 { allCommits.last?.clock ?? 0 }
  /// Whether every commit could be read and counts.
  package var isSound: Bool { isComplete && foreign.isEmpty }
  var documentSize: Int { allCommits.reduce(0) { $0 + $1.document.bytes.count } }

  /// Reads the session from its tips, and from `others` that no reference names yet. What is foreign is set aside
  /// together with all that stands on it. Throws `.tooLarge` if the documents that only `others` reach have more bytes
  /// than `limit`.
  package init(
    _ id: SessionID, tips: [Tip], and others: [ObjectID] = [], limit: Int = .max,
    from repository: Repository
  ) throws {
    var reader = ChainReader(session: id, source: repository)
    for tip in tips { try reader.read(tip.commit) }
    reader.rest = limit
    for commit in others { try reader.read(commit) }
    self.init(id, tips: tips, reader)
  }

  /// This session with one more commit, to which `tip` moves. Throws if that commit does not count.
  func adding(_ tip: Tip, from source: any ObjectReader) throws -> (
    commit: ChainCommit, history: SessionHistory
  ) {
    var reader = ChainReader(self, source: source)
    try reader.read(tip.commit)
    let history = with(tips.filter { $0.reference != tip.reference } + [tip], reader)
    guard let commit = history[tip.commit] else {
      let reason = reader.foreign[tip.commit] ?? "its writer was replaced"
      throw GitError(.invalid, "the new commit \(tip.commit) would not count: \(reason)")
    }
    return (commit, history)
  }

  /// This session at other tips, reading only what came since. Nil if these may no longer reach all that is known.
  func continued(to tips: [Tip], from repository: Repository) throws -> SessionHistory? {
    guard isSound else { return nil }
    if tips == self.tips { return self }
    var reader = ChainReader(self, source: repository)
    for tip in tips { try reader.read(tip.commit) }
    let reached = Set(tips.map(\.commit)).union(reader.added.flatMap(\.chainParents))
    guard self.tips.allSatisfy({ reached.contains($0.commit) }) else { return nil }
    return with(tips, reader)
  }

  /// The fold goes on where what was added stands behind all that is known; otherwise it begins anew.
  private func with(_ tips: [Tip], _ reader: ChainReader) -> SessionHistory {
    let added = reader.added.sorted(by: ChainCommit.precedes)
    guard reader.foreign.count == foreign.count, reader.isComplete == isComplete,
      added.allSatisfy({ $0.clock > clock }), let fold = fold.continued(with: Self.events(of: added))
    else { return SessionHistory(id, tips: tips, reader) }
    return SessionHistory(
      id, tips: tips, allCommits + added, valid: reader.valid, fold: fold, foreign: foreign,
      isComplete: isComplete)
  }

  private init(_ id: SessionID, tips: [Tip], _ reader: ChainReader) {
    let sorted = reader.valid.values.sorted(by: ChainCommit.precedes)
    self.init(
      id, tips: tips, sorted, valid: reader.valid,
      fold: SessionFold(id: id, folding: Self.events(of: sorted)),
      foreign: reader.foreign.map { ForeignCommit(id: $0.key, reason: $0.value) }.sorted { $0.id < $1.id },
      isComplete: reader.isComplete)
  }

  /// A history in which every commit counts.
  init(_ id: SessionID, tips: [Tip], sound commits: [ChainCommit], fold: SessionFold) {
    let valid = Dictionary(commits.map { ($0.id, $0) }) { first, _ in first }
    self.init(id, tips: tips, commits, valid: valid, fold: fold, foreign: [], isComplete: true)
  }

  private init(
    _ id: SessionID, tips: [Tip], _ sorted: [ChainCommit], valid: [ObjectID: ChainCommit], fold: SessionFold,
    foreign: [ForeignCommit], isComplete: Bool
  ) {
    self.id = id
    self.tips = tips
    self.valid = valid
    self.fold = fold
    self.foreign = foreign
    self.isComplete = isComplete
    allCommits = sorted
    takenBack = sorted.mergesTakenBack(knowing: valid)
    let replaced = fold.state.replaced
    let originals = Dictionary(
      uniqueKeysWithValues: sorted.compactMap { commit in
        guard let original = commit.squashed, original != commit.id, !replaced.contains(commit.writer),
          let known = valid[original], !replaced.contains(known.writer)
        else { return nil as (ObjectID, ObjectID)? }
        return (commit.id, original)
      })
    self.originals = originals
    let isWhole = replaced.isEmpty && originals.isEmpty
    let commits =
      isWhole ? sorted : sorted.filter { !replaced.contains($0.writer) && originals[$0.id] == nil }
    self.commits = commits
    var numbers: Set<Int> = []
    sharedNumbers = Set(commits.compactMap(\.number).filter { !numbers.insert($0).inserted })
  }

  private static func events(of commits: [ChainCommit]) -> [StampedEvent] {
    commits.flatMap { commit in
      commit.events.enumerated().map {
        StampedEvent(clock: commit.clock, position: $0.offset, event: $0.element)
      }
    }
  }

  /// Nil for what is foreign or was written by a writer that was replaced.
  package subscript(_ id: ObjectID) -> ChainCommit? {
    valid[id].flatMap { state.replaced.contains($0.writer) ? nil : $0 }
  }

  /// Where a chain stands: what its own reference names, or else the last that an archive holds of it.
  package func tip(of reference: SessionReference) -> Tip? {
    let found = tips.filter { $0.reference == reference }
    return found.first { $0.archive == nil }
      ?? found.max { (valid[$0.commit]?.clock ?? -1) < (valid[$1.commit]?.clock ?? -1) }
  }

  /// Where each chain stands.
  package var chains: [Tip] {
    Set(tips.map(\.reference)).sorted { $0.name < $1.name }.compactMap(tip(of:))
  }

  /// Oldest first.
  package var checkpoints: [ChainCommit] { commits.filter(\.isCheckpoint) }

  /// The commits of the session that one stands on, without those that it took in and gave up again.
  private func standing(_ commit: ChainCommit) -> [ObjectID] {
    takenBack.contains(commit.id) ? [commit.previous].compactMap(\.self) : commit.chainParents
  }

  /// The commits that no other commit of the session stands on.
  package var heads: [ChainCommit] {
    // What stands on a repetition stands on what it repeats.
    let all = commits + originals.keys.compactMap { valid[$0] }
    let parents = Set(all.flatMap(standing).map { originals[$0] ?? $0 })
    return commits.filter { !parents.contains($0.id) }
  }

  /// The last commit of a writer that counts; it may lie below the tip, if that is foreign.
  package func last(of writer: WriterID) -> ChainCommit? { commits.last { $0.writer == writer } }

  /// The nearest checkpoint at or before a commit.
  package func checkpoint(at commit: ChainCommit) -> ChainCommit? {
    var current: ChainCommit? = commit
    while let candidate = current, !candidate.isCheckpoint {
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

  /// True if `commit` is `other` or comes after it on any way.
  package func descends(_ commit: ObjectID, from other: ObjectID) -> Bool {
    var seen: Set<ObjectID> = [commit]
    var stack = [commit]
    while let id = stack.popLast() {
      if id == other { return true }
      stack += (valid[id]?.chainParents ?? []).filter { seen.insert($0).inserted }
    }
    return false
  }

  /// The commits that one stands on, and itself, without what was taken in and given up again. What stands on a
  /// repetition stands on what it repeats as well.
  package func past(of commit: ObjectID) -> Set<ObjectID> {
    var past: Set = [commit]
    past.reserveCapacity(valid.count)
    var stack = [commit]
    while let id = stack.popLast() {
      for before in valid[id].map(standing) ?? [] where past.insert(before).inserted { stack.append(before) }
      if let original = originals[id], past.insert(original).inserted { stack.append(original) }
    }
    return past
  }

  /// The largest number given so far.
  package var lastNumber: Int { commits.compactMap(\.number).max() ?? 0 }

  /// `c4`, or `c4~abcd` if two writers gave the number 4.
  package func name(of commit: ChainCommit) -> String {
    guard let number = commit.number else { return commit.id.short }
    return sharedNumbers.contains(number) ? "c\(number)~\(commit.writer.suffix)" : "c\(number)"
  }
}

extension ChainCommit {
  /// The order of a history.
  fileprivate static func precedes(_ left: ChainCommit, _ right: ChainCommit) -> Bool {
    (left.clock, left.writer, left.id) < (right.clock, right.writer, right.id)
  }
}

extension Repository {
  /// Nil if the session has no chain here or is deleted; `known` is what is known of it already.
  package func history(
    of session: SessionID, knowing known: SessionHistory? = nil
  ) throws -> SessionHistory? {
    let tips = try tips(of: session)
    guard !tips.isEmpty else { return nil }
    let history = try history(of: session, at: tips, knowing: known)
    return history.state.isDeleted ? nil : history
  }
}
