import Git
import Sessions
import Snapshots
import TestSupport
import Testing

/// A scratch repository with what the operations do around `Snapshots`: capture, publish, restore.
final class Lab {
  let scratch: ScratchRepository
  var limits = SnapshotLimits()
  var engine = Engine.own

  /// Which of the two ways to take a snapshot.
  enum Engine: CaseIterable { case own, plumbing }

  init(_ scratch: ScratchRepository) { self.scratch = scratch }

  convenience init(_ format: ObjectFormat = .sha1) throws {
    self.init(try ScratchRepository(format: format))
  }

  /// A state of the work tree that was saved.
  struct Saved {
    let snapshot: Snapshot
    /// What lay in the work tree then.
    let files: FileTree
    /// The files that the snapshot holds, by mode and object.
    let tree: [RepositoryPath: TreeEntry]

    var target: RestoreTarget {
      RestoreTarget(
        tree: snapshot.tree,
        leftOut: snapshot.leftOut.filter(\.reason.hasContent).compactMap { RepositoryPath(quoted: $0.path) })
    }

    func reasons() -> [String: LeftOut.Reason] {
      Dictionary(snapshot.leftOut.map { ($0.path, $0.reason) }) { first, _ in first }
    }
  }

  func save(at directory: String? = nil) throws -> Saved {
    let repository = try scratch.open(at: directory)
    let batch = try ObjectBatch(repository)
    let snapshot = try self.snapshot(repository, batch)
    try batch.publish()
    let files = FileTree(of: try repository.requireWorkTree())
    return Saved(snapshot: snapshot, files: files, tree: try repository.files(of: snapshot.tree))
  }

  func snapshot(_ repository: Repository, _ batch: ObjectBatch) throws -> Snapshot {
    switch engine {
    case .own: try checked(capture(repository, batch).snapshot(), batch)
    case .plumbing: try plumbing(repository, batch).snapshot()
    }
  }

  /// What a scan says of its own differences from what is staged is what comparing the trees says.
  private func checked(_ taken: Capture.Taken, _ batch: ObjectBatch) throws -> Snapshot {
    let (old, new) = (taken.snapshot.staged.tree, taken.snapshot.tree)
    guard let unstaged = taken.unstaged else { return taken.snapshot }
    func told(_ differences: [TreeDifference]) -> [String] {
      differences.map {
        "\($0.path) \($0.old.debugDescription) \($0.new.debugDescription) \($0.lines.debugDescription)"
      }
    }
    let ahead = try TreeComparisonAhead(from: old, to: new, differing: unstaged, in: batch)
    #expect(try told(batch.differences(ahead)) == told(batch.differences(from: old, to: new)))
    return taken.snapshot
  }

  func plumbing(_ repository: Repository, _ batch: ObjectBatch) throws(GitError) -> PlumbingCapture {
    let settings = WorkTreeSettings(try repository.configuration(), of: repository)
    return try PlumbingCapture(repository, settings: settings, limits: limits, batch: batch)
  }

  func capture(
    _ repository: Repository, _ batch: ObjectBatch, _ inputs: CaptureInputs? = nil
  ) throws -> Capture {
    let settings = WorkTreeSettings(try repository.configuration(), of: repository)
    return Capture(repository, settings: settings, limits: limits, batch: batch, inputs: inputs)
  }

  struct Outcome {
    let plan: RestorePlan
    /// What was there before.
    let safety: Snapshot
    /// The files in the way that the snapshot does not hold.
    let held: ObjectID?

    var kept: [String: RestorePlan.Kept.Reason] {
      Dictionary(plan.kept.map { ($0.path.description, $0.reason) }) { first, _ in first }
    }
  }

  /// The sequence of `git session restore`. With obstacles, nothing has happened. `interfere` runs when all is
  /// ready and nothing has changed yet.
  func restore(
    _ target: RestoreTarget, staged: StagedState? = nil, pathspecs: [String] = [],
    from directory: String? = nil,
    interfere: () throws -> Void = {}
  ) throws -> Outcome {
    let repository = try scratch.open(at: directory)
    let batch = try ObjectBatch(repository)
    let (capture, current, plan) = try self.plan(target, pathspecs, repository, batch)
    guard plan.obstacles.isEmpty else { return Outcome(plan: plan, safety: current, held: nil) }
    let held = plan.held.isEmpty ? nil : try capture.tree(of: plan.held)
    try batch.publish()
    let restorer = try Restorer(repository, plan: plan, batch: batch)
    guard let staged else {
      try interfere()
      try restorer.apply()
      return Outcome(plan: plan, safety: current, held: held)
    }
    let index = try IndexRestore(repository, to: .staged(staged), batch: batch)
    try interfere()
    try restorer.apply()
    try index.swap()
    return Outcome(plan: plan, safety: current, held: held)
  }

  private func plan(
    _ target: RestoreTarget, _ pathspecs: [String], _ repository: Repository, _ batch: ObjectBatch,
    attempts: Int = 3
  ) throws(GitError) -> (PlumbingCapture, Snapshot, RestorePlan) {
    let capture = try plumbing(repository, batch)
    let current = try capture.snapshot()
    let planner = try RestorePlanner(repository, from: current, by: capture, to: target, batch: batch)
    let plan = try planner.plan(pathspecs: pathspecs)
    guard plan.obstacles.isEmpty else { return (capture, current, plan) }
    do {
      try planner.verify(plan)
    } catch {
      guard error.kind == .moved, attempts > 1 else { throw error }
      return try self.plan(target, pathspecs, repository, batch, attempts: attempts - 1)
    }
    return (capture, current, plan)
  }

  func restore(_ saved: Saved, pathspecs: [String] = []) throws -> Outcome {
    try restore(saved.target, pathspecs: pathspecs)
  }

  /// The tree that `git add --all` and `git write-tree` make of the work tree, in an index of their own.
  func treeByAddAll(options: [String] = []) throws -> String {
    let index = scratch.root + "/add-all.index"
    let user = try scratch.git("rev-parse", "--path-format=absolute", "--git-path", "index").dropLast()
    _ = try? scratch.run("cp", ["-p", String(user), index])
    scratch.setEnvironment("GIT_INDEX_FILE", index)
    defer { scratch.setEnvironment("GIT_INDEX_FILE", nil) }
    try scratch.git(options + ["add", "--all"])
    let tree = try scratch.git("write-tree")
    try scratch.run("rm", ["-f", index])
    return String(tree.dropLast())
  }
}

extension Repository {
  /// The files, links and submodules of a tree with all its folders.
  func files(of tree: ObjectID, below prefix: [UInt8] = []) throws -> [RepositoryPath: TreeEntry] {
    var files: [RepositoryPath: TreeEntry] = [:]
    for entry in try self.tree(tree) {
      if entry.isTree {
        files.merge(try self.files(of: entry.id, below: prefix + entry.name + [UInt8(ascii: "/")])) { $1 }
      } else {
        files[RepositoryPath(prefix + entry.name)] = entry
      }
    }
    return files
  }
}
