import Files
package import Git
import Sessions

/// Takes snapshots with git's own plumbing on a private index: right in every repository that git can read.
package struct Capture {
  private let repository: Repository
  private let batch: ObjectBatch
  private let workTree: String
  private let limits: SnapshotLimits
  /// The index of the whole work tree, once ``snapshot()`` has run.
  let index: PrivateIndex

  package init(_ repository: Repository, limits: SnapshotLimits, batch: ObjectBatch) throws(GitError) {
    self.repository = repository
    self.batch = batch
    self.limits = limits
    workTree = try repository.requireWorkTree()
    index = try PrivateIndex.copyOfUserIndex(repository, batch: batch, name: "index")
  }

  /// Captures the work tree; its objects are in the batch and nowhere else yet.
  package func snapshot() throws(GitError) -> Snapshot {
    let staged = try stagedState()
    try trackAssumedUnchanged()
    // Goes on after files that cannot be read; they keep the content that the index knows, and are reported.
    let tracked = try index.run(["add", "--update", "--ignore-errors", "."], accepting: [0, 1])
    let (paths, leftOut) = try untracked()
    let unreadable = try add(paths)
    let remaining = try unsaved(hasErrors: tracked.status != 0)
    return Snapshot(
      tree: try index.writeTree(), head: try repository.head(), staged: staged,
      operation: try repository.operationInProgress(),
      leftOut: (leftOut + unreadable + remaining).sorted { $0.path < $1.path })
  }

  /// What the user's index holds, without a look at the work tree.
  package func stagedState() throws(GitError) -> StagedState {
    let staged = try PrivateIndex.copyOfUserIndex(repository, batch: batch, name: "staged")
    let unmerged = try staged.run(["ls-files", "--unmerged", "-z"]).fields.compactMap(
      IndexEntry.init(stageField:))
    var conflict: ObjectID?
    if !unmerged.isEmpty {
      let stages = PrivateIndex(repository, batch: batch, name: "conflict")
      try stages.update(
        unmerged.map { entry in
          IndexEntry(
            mode: entry.mode, id: entry.id, stage: 0,
            path: RepositoryPath(Array("\(entry.stage)/".utf8) + entry.path.bytes))
        })
      conflict = try stages.writeTree()
      try staged.update(unmerged.map { .removal(of: $0.path, like: $0.id) })
    }
    // An entry that was only announced is the only kind that git finds added between index and work tree.
    let announced = try staged.run(["diff-files", "--name-only", "--diff-filter=A", "-z"]).fields
    return StagedState(
      tree: try staged.writeTree(), conflict: conflict, intentToAdd: announced.map { RepositoryPath($0) })
  }

  /// Lets git look at files that the user told it not to look at: what is saved is what is there.
  private func trackAssumedUnchanged() throws(GitError) {
    let assumed = try index.run(["ls-files", "-v", "-z"]).fields.filter { $0.first == UInt8(ascii: "h") }
    guard !assumed.isEmpty else { return }
    try index.run(
      ["update-index", "--no-assume-unchanged", "-z", "--stdin"],
      input: assumed.flatMap { $0.dropFirst(2) + [0] })
  }

  /// The files that git does not know and does not ignore: those to save, and those to leave out.
  private func untracked() throws(GitError) -> (paths: [RepositoryPath], leftOut: [LeftOut]) {
    let neverSave = NeverSave(adding: limits.neverSave)
    var paths: [RepositoryPath] = []
    var leftOut: [LeftOut] = []
    for field in try index.run(["ls-files", "--others", "--exclude-standard", "-z"]).fields {
      let path = RepositoryPath(field)
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

  /// Adds files to the index. Where git refuses a list, halves of it find out which file it was.
  private func add(_ paths: [RepositoryPath]) throws(GitError) -> [LeftOut] {
    guard !paths.isEmpty else { return [] }
    let output = try index.run(
      ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"],
      input: paths.flatMap { $0.bytes + [0] },
      accepting: [0, 1, 128])
    if output.status == 0 { return [] }
    if output.standardError.contains("No space left on device") {
      throw GitError(.fullDisk, output.complaint)
    }
    guard paths.count > 1 else { return [LeftOut(path: paths[0].description, reason: .unreadable)] }
    let middle = paths.count / 2
    return try add(Array(paths[..<middle])) + add(Array(paths[middle...]))
  }

  /// What still differs from the work tree after all was added: submodules with changes of their own and,
  /// if git had complained, the files it could not read.
  private func unsaved(hasErrors: Bool) throws(GitError) -> [LeftOut] {
    let changes = try index.run(["diff-files", "--raw", "-z", "--no-abbrev", "--ignore-submodules=none"])
      .fields
    return TreeChange.parse(changes).compactMap { change in
      if change.newMode == TreeChange.submoduleMode {
        return LeftOut(path: change.path.description, reason: .dirtySubmodule)
      }
      return hasErrors ? LeftOut(path: change.path.description, reason: .unreadable) : nil
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
