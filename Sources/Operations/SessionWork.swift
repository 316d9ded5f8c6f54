import Files
import Git
import Sessions
import Storage

/// What of the changes between checkpoints is the session's work: neither what lay in a work tree before the session
/// came to it, nor what came with commits of others.
struct SessionWork: Sendable {
  let history: SessionHistory
  /// Where the work stands; what other work trees have done beside it is not part of it.
  let tip: ChainCommit?
  let batch: ObjectBatch

  /// So many checkpoints are compared, the newest: an agent waits for a handoff, and a file counts no more for what was
  /// done to it in more than ten.
  private static let checkpointsLimit = 50
  /// Bytes that the comparison of two of them may take.
  private static let sizeLimit = 32 << 20
  /// Commits between the bases of two checkpoints.
  private static let commitsLimit = 100

  /// From one checkpoint of the session to the next one that the work stands on.
  private struct Step {
    let old: ChainCommit
    let new: ChainCommit

    /// Nil where more than the two trees says what was changed.
    var trees: ComparedTrees? {
      new.merged.isEmpty && old.base == new.base ? ComparedTrees(old: old.tree, new: new.tree) : nil
    }
  }

  /// In how many of the checkpoints that the work stands on the session has changed each path.
  func timesTouched(_ differences: DifferencesOfHandoffs) throws(GitError) -> [String: Int] {
    let past = tip.map { history.past(of: $0.id) } ?? []
    let checkpoints = history.checkpoints.filter { past.contains($0.id) }
    let steps = checkpoints.suffix(Self.checkpointsLimit).compactMap { commit in
      predecessor(of: commit).map { Step(old: $0, new: commit) }
    }
    var paths: [[RepositoryPath]] = []
    var unknown: [Step] = []
    for step in steps {
      if let trees = step.trees, let known = differences.known.paths[trees] {
        differences.note(known, of: trees)
        paths.append(known)
      } else {
        unknown.append(step)
      }
    }
    for (step, found) in zip(unknown, try Workers.map(unknown, changedPaths)) {
      if let trees = step.trees { differences.note(found, of: trees) }
      paths.append(found)
    }
    let times = paths.joined().reduce(into: [RepositoryPath: Int]()) { $0[$1, default: 0] += 1 }
    return Dictionary(times.map { ($0.key.description, $0.value) }, uniquingKeysWith: +)
  }

  /// The paths that commits have changed; merges bring the work of others and count for none.
  func paths(of commits: [Commit]) throws(GitError) -> Set<RepositoryPath> {
    let paths = try Workers.map(commits.filter { $0.parents.count < 2 }) {
      (commit) throws(GitError) -> [RepositoryPath] in
      do throws(GitError) {
        let parent = try commit.parents.first.map { (id) throws(GitError) in try self.batch.commit(id).tree }
        return try self.batch.changedPaths(from: parent ?? .emptyTree, to: commit.tree)
      } catch {
        // A shallow clone ends somewhere.
        guard error.kind == .missing else { throw error }
        return []
      }
    }
    return Set(paths.joined())
  }

  /// The checkpoint after which the session has worked on what `commit` holds.
  private func predecessor(of commit: ChainCommit) -> ChainCommit? {
    guard !isOfBefore(commit) else { return nil }
    var found = history.predecessor(of: commit)
    while let candidate = found, isOfBefore(candidate) { found = history.predecessor(of: candidate) }
    return found
  }

  /// Whether a checkpoint keeps what lay in a work tree before the session came to it: the first of its writer does.
  private func isOfBefore(_ commit: ChainCommit) -> Bool {
    // Only then what it says need be read.
    commit.previous.flatMap { history[$0] }?.writer != commit.writer
      && commit.checkpoint?.trigger == .safety
  }

  @Sendable private func changedPaths(in step: Step) throws(GitError) -> [RepositoryPath] {
    do throws(GitError) {
      return try changedPaths(from: step.old, to: step.new)
    } catch {
      // One that differs in some hundred thousand files tells nothing of any.
      guard error.kind == .tooLarge else { throw error }
      return []
    }
  }

  private func changedPaths(
    from old: ChainCommit, to new: ChainCommit
  ) throws(GitError) -> [RepositoryPath] {
    var changes = try batch.entryDifferences(from: old.tree, to: new.tree, limit: Self.sizeLimit)
    // What was taken in from another work tree counts there.
    for tip in new.merged.compactMap({ history[$0] }) where !changes.isEmpty {
      guard let other = history.checkpoint(at: tip) else { continue }
      let paths = Set(try batch.changedPaths(from: other.tree, to: new.tree))
      changes.removeAll { !paths.contains($0.path) }
    }
    guard old.base != new.base, !changes.isEmpty else { return changes.map(\.path) }
    let own = try ownCommits(from: old.base, to: new.base)
    guard !own.areAll else { return changes.map(\.path) }
    let paths = try paths(of: own.commits)
    let moved = Dictionary(
      try batch.entryDifferences(from: tree(of: old.base), to: tree(of: new.base)).map { ($0.path, $0) }
    ) { first, _ in first }
    return changes.filter { change in
      guard let known = moved[change.path], !paths.contains(change.path) else { return true }
      return known.old != change.old || known.new != change.new
    }.map(\.path)
  }

  private func tree(of base: ObjectID?) throws(GitError) -> ObjectID {
    try base.map { (id) throws(GitError) in try batch.commit(id).tree } ?? .emptyTree
  }

  /// The session's own commits at the end of what leads from one base to another, the newest first, and whether there
  /// are no others.
  private func ownCommits(
    from old: ObjectID?, to new: ObjectID?
  ) throws(GitError) -> (commits: [Commit], areAll: Bool) {
    var commits: [Commit] = []
    var current = new
    while current != old, let id = current, commits.count < Self.commitsLimit,
      history.state.knownCommits.contains(id.hex)
    {
      commits.append(try batch.commit(id))
      current = commits.last?.parents.first
    }
    return (commits, current == old && commits.allSatisfy { $0.parents.count < 2 })
  }
}
