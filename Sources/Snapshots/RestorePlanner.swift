import Files
package import Git
import Sessions

/// Decides what a restore writes, removes and keeps, and what forbids it.
package struct RestorePlanner {
  private let repository: Repository
  private let batch: ObjectBatch
  private let capture: Capture
  private let current: Snapshot
  private let target: RestoreTarget
  private let workTree: String

  /// `current` is what `capture` has just taken of the work tree.
  package init(
    _ repository: Repository, from current: Snapshot, by capture: Capture, to target: RestoreTarget,
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
    let unsafe = changes.filter { !$0.isRemoval && !SafePath.isSafe($0.path) }
    guard unsafe.isEmpty else {
      var plan = RestorePlan()
      plan.obstacles = unsafe.map { .init(path: $0.path, reason: "no file of this name may be written") }
      return plan
    }
    var plan = RestorePlan()
    let sparse = try sparsePaths(among: changes)
    let usable = changes.filter { change in
      let reason: RestorePlan.Kept.Reason? =
        change.isSubmodule ? .submodule : sparse.contains(change.path) ? .sparse : nil
      if let reason { plan.kept.append(.init(path: change.path, reason: reason)) }
      return reason == nil
    }
    try planRemovals(usable.filter(\.isRemoval), into: &plan)
    var surroundings = Surroundings(top: workTree, removed: Set(plan.removals.map(\.path)))
    for change in usable where !change.isRemoval {
      try planWrite(change, among: &surroundings, into: &plan)
    }
    try refuseUnsaved(&plan)
    plan.kept.sort { $0.path < $1.path }
    plan.obstacles.sort { $0.path < $1.path }
    return plan
  }

  /// What git does not keep in this work tree on purpose: its content is not here to be replaced.
  private func sparsePaths(among changes: [TreeChange]) throws(GitError) -> Set<RepositoryPath> {
    guard !changes.isEmpty else { return [] }
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
      } else if target.leftOut.contains(where: { $0 == path || path.isInside($0) }) {
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
    try staging.checkOut(rules.filter { SafePath.isSafe($0.path) })
    return try IgnoreRules(repository: repository, folder: staging.folder).ignored(paths)
  }

  private func planWrite(
    _ change: TreeChange, among surroundings: inout Surroundings, into plan: inout RestorePlan
  ) throws(GitError) {
    guard let id = ObjectID(change.newID) else {
      throw GitError(.invalid, "'\(change.newID)' names no object")
    }
    if let obstacle = try surroundings.obstacle(above: change.path) {
      plan.obstacles.append(obstacle)
      return
    }
    let existing = try Directory.status(of: change.path, below: workTree)
    switch existing?.kind {
    case nil: break
    case .directory:
      plan.obstacles += try surroundings.obstacles(inFolder: change.path)
    case .other:
      plan.obstacles.append(.init(path: change.path, reason: "a device, socket or pipe is in the way"))
    case .file, .link:
      if change.isAddition { plan.held.append(change.path) }
    }
    let replaced = existing?.kind == .directory ? nil : existing
    plan.writes.append(.init(path: change.path, mode: change.newMode, id: id, existing: replaced))
  }

  /// A file whose content could not be read is in no snapshot, so nothing may happen to it.
  private func refuseUnsaved(_ plan: inout RestorePlan) throws(GitError) {
    let unreadable = Set(
      current.leftOut.filter { $0.reason == .unreadable }.compactMap { RepositoryPath(quoted: $0.path) })
    let touched = plan.writes.map(\.path) + plan.removals.map(\.path)
    for path in touched where unreadable.contains(path) {
      plan.obstacles.append(.init(path: path, reason: "its content cannot be read and so not be saved"))
    }
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
