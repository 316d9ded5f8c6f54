import Files
package import Git
import Sessions

/// Decides what a restore writes, removes and keeps, and what forbids it.
package struct RestorePlanner {
  private let repository: Repository
  private let batch: ObjectBatch
  private let capture: PlumbingCapture
  private let current: Snapshot
  private let target: RestoreTarget
  private let workTree: String

  /// `current` is what `capture` has just taken of the work tree.
  package init(
    _ repository: Repository, from current: Snapshot, by capture: PlumbingCapture, to target: RestoreTarget,
    batch: ObjectBatch
  ) throws(GitError) {
    self.repository = repository
    self.batch = batch
    self.capture = capture
    self.current = current
    self.target = target
    workTree = try repository.requireWorkTree()
  }

  /// The plan for the paths that `pathspecs` name, or for all.
  package func plan(pathspecs: [String]) throws(GitError) -> RestorePlan {
    let changes = try repository.changes(
      from: current.tree, to: target.tree, pathspecs: pathspecs, environment: batch.environment)
    var plan = RestorePlan()
    plan.obstacles = forbidden(changes)
    guard plan.obstacles.isEmpty else { return plan }
    let sparse = changes.isEmpty ? [] : try sparsePaths()
    let usable = changes.filter { change in
      let reason: RestorePlan.Kept.Reason? =
        change.isSubmodule ? .submodule : sparse.contains(change.path) ? .sparse : nil
      if let reason { plan.kept.append(.init(path: change.path, reason: reason)) }
      return reason == nil
    }
    try planRemovals(usable.filter(\.isRemoval), into: &plan)
    var surroundings = try Surroundings(repository, plan: plan)
    for removal in plan.removals {
      if let obstacle = try surroundings.obstacle(toRemoving: removal.path) {
        plan.obstacles.append(obstacle)
      }
    }
    for change in usable where !change.isRemoval {
      try planWrite(change, among: &surroundings, into: &plan)
    }
    try planAttributes(of: usable, among: &surroundings, pathspecs: pathspecs, into: &plan)
    try refuseUnsaved(&plan, pathspecs: pathspecs)
    plan.writes.sort { $0.path < $1.path }
    plan.kept.sort { $0.path < $1.path }
    plan.obstacles = Set(plan.obstacles).sorted { ($0.path, $0.reason) < ($1.path, $1.reason) }
    return plan
  }

  /// Paths that no restore may touch, whoever made the tree that names them.
  private func forbidden(_ changes: [TreeChange]) -> [RestorePlan.Obstacle] {
    let own = repository.foldersInWorkTree
    return changes.filter { change in
      !change.isRemoval && !SafePath.isSafe(change.path)
        || own.contains { change.path == $0 || change.path.isInside($0) || $0.isInside(change.path) }
    }
    .map { .init(path: $0.path, reason: "no file of this name may be written") }
  }

  /// What git does not keep in this work tree on purpose: its content is not here to be replaced.
  private func sparsePaths() throws(GitError) -> Set<RepositoryPath> {
    let fields = try capture.index.run(["ls-files", "-t", "-z"]).fields
    return Set(fields.filter { $0.first == UInt8(ascii: "S") }.map { RepositoryPath($0.dropFirst(2)) })
  }

  /// Removed is what the snapshot holds and the target does not. What either state ignores, or the target left
  /// out, may have been there all along and stays.
  private func planRemovals(_ changes: [TreeChange], into plan: inout RestorePlan) throws(GitError) {
    let paths = changes.map(\.path)
    let ignored = try ignoredNow(paths).union(ignoredInTarget(paths))
    for path in paths {
      if ignored.contains(path) {
        plan.kept.append(.init(path: path, reason: .ignored))
      } else if target.leavesOut(path) {
        plan.kept.append(.init(path: path, reason: .leftOut))
      } else if let existing = try Directory.status(of: path, below: workTree) {
        plan.removals.append(.init(path: path, existing: existing))
      }
    }
  }

  private func ignoredNow(_ paths: [RepositoryPath]) throws(GitError) -> Set<RepositoryPath> {
    try IgnoreRules(repository: repository, folder: nil).ignored(paths)
  }

  private func ignoredInTarget(_ paths: [RepositoryPath]) throws(GitError) -> Set<RepositoryPath> {
    guard !paths.isEmpty else { return [] }
    let staging = try Staging(repository, batch: batch)
    let rules = try repository.entries(named: ".gitignore", in: target.tree, batch: batch)
    try staging.checkOut(rules.above(paths).filter { SafePath.isSafe($0.path) })
    return try IgnoreRules(repository: repository, folder: staging.folder).ignored(paths)
  }

  private func planWrite(
    _ change: TreeChange, among surroundings: inout Surroundings, into plan: inout RestorePlan
  ) throws(GitError) {
    guard let id = ObjectID(change.newID) else {
      throw GitError(.invalid, "'\(change.newID)' names no object")
    }
    let existing = try Directory.status(of: change.path, below: workTree)
    plan.obstacles += try surroundings.obstacles(toWriting: change.path, over: existing?.kind)
    let isFile = existing?.kind == .file || existing?.kind == .link
    if isFile && change.isAddition { plan.held.append(change.path) }
    plan.writes.append(.init(path: change.path, mode: change.newMode, id: id, existing: existing))
  }

  /// Finds the attributes that will hold in the end and, where they change, the files that look different then
  /// although git stores them alike: by their line ends, encoding or filter.
  private func planAttributes(
    of changes: [TreeChange], among surroundings: inout Surroundings, pathspecs: [String],
    into plan: inout RestorePlan
  ) throws(GitError) {
    let rules = AttributeRules(repository: repository, batch: batch, index: capture.index)
    let touched = plan.writes.map(\.path) + plan.removals.map(\.path)
    let mayLookDifferent = plan.obstacles.isEmpty && touched.contains(where: AttributeRules.isAttributeFile)
    let unchanged = mayLookDifferent ? try entries(pathspecs, without: changes) : []
    plan.attributes = try rules.afterwards(plan, above: plan.writes.map(\.path) + unchanged.map(\.path))
    guard mayLookDifferent else { return }
    for entry in try rules.looksDifferent(unchanged, under: plan.attributes) {
      let existing = try Directory.status(of: entry.path, below: workTree)
      plan.obstacles += try surroundings.obstacles(toWriting: entry.path, over: existing?.kind)
      plan.writes.append(.init(path: entry.path, mode: entry.mode, id: entry.id, existing: existing))
    }
  }

  /// What is in the work tree and is not among `changes`.
  private func entries(
    _ pathspecs: [String], without changes: [TreeChange]
  ) throws(GitError) -> [IndexEntry] {
    let others = Set(changes.map(\.path)).union(try sparsePaths())
    return try capture.index.entries(pathspecs).filter { !others.contains($0.path) }
  }

  /// What could not be read is in no snapshot, so nothing may happen to it. What nothing would happen to anyway
  /// may still differ from the target.
  private func refuseUnsaved(_ plan: inout RestorePlan, pathspecs: [String]) throws(GitError) {
    let unreadable = Set(
      current.leftOut.filter { $0.reason == .unreadable }.compactMap { RepositoryPath(quoted: $0.path) })
    guard !unreadable.isEmpty else { return }
    let touched = Set(plan.writes.map(\.path) + plan.removals.map(\.path)).intersection(unreadable)
    plan.obstacles += touched.map {
      .init(path: $0, reason: "its content cannot be read and so not be saved")
    }
    var stays = unreadable.subtracting(touched).subtracting(plan.kept.map(\.path))
    // What git does not know cannot be held against the pathspecs.
    if !pathspecs.isEmpty { stays.formIntersection(try capture.index.entries(pathspecs).map(\.path)) }
    plan.kept += stays.map { .init(path: $0, reason: .unreadable) }
  }

  /// Throws `.moved` if a file that the plan touches is no longer what the snapshot holds.
  package func verify(_ plan: RestorePlan) throws(GitError) {
    let touched = Set(plan.writes.map(\.path) + plan.removals.map(\.path))
    let changed = try capture.index.run(["diff-files", "--name-only", "-z", "--ignore-submodules=all"]).fields
    if let path = changed.map({ RepositoryPath($0) }).first(where: touched.contains) {
      throw GitError(.moved, "'\(path)' is being changed by another process")
    }
  }
}
