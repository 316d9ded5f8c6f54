import Files
package import Git
import Sessions

/// Takes snapshots with git's own plumbing on a private index: right in every repository that `Repository` opens, on
/// every file system, and slow.
package struct PlumbingCapture {
  private let repository: Repository
  private let batch: ObjectBatch
  private let workTree: String
  private let settings: WorkTreeSettings
  private let limits: SnapshotLimits
  /// What is taken for staged where the user's index cannot be read.
  private let replacement: ObjectID?
  /// The index of the whole work tree, once ``snapshot()`` has run.
  let index: PrivateIndex

  package init(
    _ repository: Repository, settings: WorkTreeSettings, limits: SnapshotLimits, batch: ObjectBatch,
    replacingIndexBy replacement: ObjectID? = nil
  ) throws(GitError) {
    self.replacement = replacement
    self.repository = repository
    self.batch = batch
    self.settings = settings
    self.limits = limits
    workTree = try repository.requireWorkTree()
    index = try Self.staged(repository, replacement, batch: batch, name: "index")
  }

  /// An index of our own with what is staged.
  private static func staged(
    _ repository: Repository, _ replacement: ObjectID?, batch: ObjectBatch, name: String
  ) throws(GitError) -> PrivateIndex {
    guard let replacement else {
      return try PrivateIndex.copyOfUserIndex(repository, batch: batch, name: name)
    }
    return try PrivateIndex.holding(replacement, repository, batch: batch, name: name)
  }

  /// Captures the work tree; its objects are in the batch and nowhere else yet.
  package func snapshot() throws(GitError) -> Snapshot {
    let staged = try stagedState()
    try trackAssumedUnchanged()
    let tracked = try tracked()
    let untracked = try untracked()
    try index.update(tracked.removals)
    let unreadable = try index.add(tracked.paths + untracked.paths)
    let submodules = tracked.hasSubmodules ? try index.dirtySubmodules() : []
    let leftOut =
      try tracked.leftOut + untracked.leftOut + unreadable + submodules + unmentioned() + skipped()
    return Snapshot(
      tree: try index.writeTree(), head: try repository.head(), staged: staged,
      operation: try repository.operationInProgress(), leftOut: leftOut.sorted { $0.path < $1.path })
  }

  /// What git has no form for.
  private func unmentioned() throws(GitError) -> [LeftOut] {
    let ignore = try withFiles { () throws(FileError) in
      try IgnoreLookup(workTree, settings)
    }
    let tracked = try Self.staged(repository, replacement, batch: batch, name: "tracked")
      .run(["ls-files", "-z"]).fields.map { RepositoryPath($0) }
    return try UnsavedEntries(workTree, ignore: ignore, tracked: tracked, own: repository.foldersInWorkTree)
      .find()
  }

  /// What the user's index holds, without a look at the work tree.
  package func stagedState() throws(GitError) -> StagedState {
    let staged = try Self.staged(repository, replacement, batch: batch, name: "staged")
    let unmerged = try staged.run(["ls-files", "--unmerged", "-z"]).fields.compactMap(
      IndexEntry.init(stageField:))
    let conflict = try repository.conflictTree(of: unmerged, batch: batch)
    try staged.update(unmerged.map { .removal(of: $0.path) })
    let tree = try staged.writeTree()
    // A tree leaves out what was only announced, so the index has it and the tree has not.
    let announced = try staged.run(
      ["diff-index", "--cached", "--ita-visible-in-index", "--name-only", "-z", tree.hex]
    ).fields
    return StagedState(tree: tree, conflict: conflict, intentToAdd: announced.map { RepositoryPath($0) })
  }

  /// Lets git look at files that the user told it not to look at: what is saved is what is there.
  private func trackAssumedUnchanged() throws(GitError) {
    let assumed = try index.run(["ls-files", "-v", "-z"]).fields.filter { $0.first == UInt8(ascii: "h") }
    guard !assumed.isEmpty else { return }
    try index.run(
      ["update-index", "--no-assume-unchanged", "-z", "--stdin"],
      input: assumed.flatMap { $0.dropFirst(2) + [0] })
  }

  /// What the user told git to skip is not saved where it is there and is not as the index has it.
  private func skipped() throws(GitError) -> [LeftOut] {
    let skipped = try index.run(["ls-files", "-v", "-z"]).fields.filter { "Ss".utf8.contains($0.first ?? 0) }
    guard !skipped.isEmpty else { return [] }
    let probe = try Self.staged(repository, replacement, batch: batch, name: "skipped")
    try probe.run(
      ["update-index", "--no-skip-worktree", "-z", "--stdin"],
      input: skipped.flatMap { $0.dropFirst(2) + [0] })
    let paths = Set(skipped.map { RepositoryPath($0.dropFirst(2)) })
    return TreeChange.parse(try probe.run(PrivateIndex.differences, accepting: [0, 128]).fields)
      .filter { !$0.isRemoval && paths.contains($0.path) }
      .map { LeftOut(path: $0.path.description, reason: .skipped) }
  }

  /// How the work tree differs from the index in what git knows.
  private struct Tracked {
    var paths: [RepositoryPath] = []
    var removals: [IndexEntry] = []
    var leftOut: [LeftOut] = []
    var hasSubmodules = false
  }

  private func tracked() throws(GitError) -> Tracked {
    let output = try index.run(PrivateIndex.differences, accepting: [0, 128])
    guard output.status == 0, output.standardError.isEmpty else { return try trackedOneByOne() }
    var tracked = Tracked()
    for change in TreeChange.parse(output.fields) {
      if change.isRemoval {
        tracked.removals.append(.removal(of: change.path))
      } else {
        tracked.paths.append(change.path)
        tracked.hasSubmodules = tracked.hasSubmodules || change.newMode == TreeChange.submoduleMode
      }
    }
    return tracked
  }

  /// The same where one file spoils git's view of all: its folder may not be entered, or its filter fails.
  private func trackedOneByOne() throws(GitError) -> Tracked {
    let known = try index.run(["ls-files", "-t", "-z"]).fields.filter { $0.first != UInt8(ascii: "S") }
    var tracked = Tracked(hasSubmodules: true)
    for path in Set(known.map { RepositoryPath($0.dropFirst(2)) }).sorted() {
      do {
        if try status(of: path) == nil {
          tracked.removals.append(.removal(of: path))
        } else {
          tracked.paths.append(path)
        }
      } catch  where error.kind == .notPermitted {
        tracked.leftOut.append(LeftOut(path: path.description, reason: .unreadable))
      }
    }
    return tracked
  }

  /// The files that git does not know and does not ignore: those to save, and those to leave out.
  private func untracked() throws(GitError) -> (paths: [RepositoryPath], leftOut: [LeftOut]) {
    let neverSave = NeverSave(adding: limits.neverSave)
    let own = repository.foldersInWorkTree
    let output = try index.run(["ls-files", "--others", "--exclude-standard", "-z"])
    var paths: [RepositoryPath] = []
    var leftOut = Self.unreadableFolders(output.standardError)
    for field in output.fields {
      let path = RepositoryPath(field)
      // A git dir that lies in the work tree under a name of its own is no content, whatever git thinks.
      if own.contains(where: path.isInside) { continue }
      if field.last == UInt8(ascii: "/") {
        leftOut.append(LeftOut(path: path.description, reason: .nestedRepository))
      } else if neverSave.matches(path) {
        leftOut.append(LeftOut(path: path.description, reason: .neverSave))
      } else if let status = try self.status(of: path), status.size > limits.maxUntrackedSize {
        leftOut.append(LeftOut(path: path.description, reason: .tooLarge, size: status.size))
      } else {
        paths.append(path)
      }
    }
    return (paths, leftOut)
  }

  /// The folders whose content git could not list: `warning: could not open directory 'a/b/': …`.
  private static func unreadableFolders(_ warnings: String) -> [LeftOut] {
    let prefix = "warning: could not open directory '"
    return warnings.split(separator: "\n").compactMap { line in
      guard line.hasPrefix(prefix), let end = line.ranges(of: "': ").last else { return nil }
      return LeftOut(path: String(line[..<end.lowerBound].dropFirst(prefix.count)), reason: .unreadable)
    }
  }

  private func status(of path: RepositoryPath) throws(GitError) -> FileStatus? {
    try Directory.status(of: path, below: workTree)
  }

  /// The tree of the given files alone, whatever they are: ignored, too large or secret.
  package func tree(of paths: [RepositoryPath]) throws(GitError) -> ObjectID {
    let index = PrivateIndex(repository, batch: batch, name: "held")
    try index.run(["update-index", "--add", "-z", "--stdin"], input: paths.flatMap { $0.bytes + [0] })
    return try index.writeTree()
  }
}
