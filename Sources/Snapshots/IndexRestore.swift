import Files
package import Git

/// Replaces the user's index, under git's own lock.
package struct IndexRestore: ~Copyable {
  private let repository: Repository
  private let lock: String
  /// Tells the lock that was taken from one that another process takes after a swap.
  private let inode: UInt64?

  /// Takes the lock; fails at once if another git process holds it.
  package init(_ repository: Repository) throws(GitError) {
    let lock = repository.userIndex + ".lock"
    do throws(FileError) {
      try Files.create([], at: lock)
      inode = try Files.status(lock)?.inode
    } catch  where error.isExisting {
      throw GitError(
        .locked, "'\(lock)' exists: another git process is at work on the index, or one has died")
    } catch {
      throw GitError(error)
    }
    self.repository = repository
    self.lock = lock
  }

  deinit {
    if let inode, let status = try? Files.status(lock), status.inode == inode { try? Files.remove(lock) }
  }

  /// Makes the index hold a staged state. Flags of entries that stay (`skip-worktree`) are kept, and what the
  /// work tree already equals is noted, so that git need not read it again.
  package func replace(with staged: StagedState, batch: ObjectBatch) throws(GitError) {
    let index = try PrivateIndex.copyOfUserIndex(repository, batch: batch, name: "restored")
    try index.run(["read-tree", "--reset", "-i", staged.tree.hex])
    if let conflict = staged.conflict {
      try index.update(try Self.unmerged(conflict, in: repository, batch: batch))
    }
    try announce(staged.intentToAdd, in: index, batch: batch)
    try index.run(["update-index", "-q", "--refresh"], accepting: [0, 1])
    try swap(for: index.path)
  }

  /// Puts back an index as it was, byte for byte.
  package func replace(withCopy path: String) throws(GitError) { try swap(for: path) }

  /// Removes the index, where there was none before.
  package func remove() throws(GitError) {
    try withFiles { () throws(FileError) in try Files.remove(repository.userIndex) }
  }

  private func swap(for path: String) throws(GitError) {
    try withFiles { () throws(FileError) in
      try Files.copy(path, to: lock)
      try Files.rename(lock, to: repository.userIndex)
      try Files.synchronizeDirectory(repository.gitDirectory)
    }
  }

  /// Adds paths with `--intent-to-add`, whether or not there are such files: git looks for them in a folder
  /// where there are.
  private func announce(
    _ paths: [RepositoryPath], in index: PrivateIndex, batch: ObjectBatch
  ) throws(GitError) {
    guard !paths.isEmpty else { return }
    let staging = try Staging(repository, batch: batch)
    let empty = try batch.write([], as: .blob)
    try staging.checkOut(paths.map { IndexEntry(mode: "100644", id: empty, stage: 0, path: $0) })
    try index.run(
      [
        "--work-tree=" + staging.folder, "--literal-pathspecs", "add", "--intent-to-add", "--force",
        "--sparse",
        "--pathspec-from-file=-", "--pathspec-file-nul",
      ], input: paths.flatMap { $0.bytes + [0] })
  }

  private static func unmerged(
    _ conflict: ObjectID, in repository: Repository, batch: ObjectBatch
  ) throws(GitError) -> [IndexEntry] {
    let fields = try repository.run(
      ["ls-tree", "-r", "-z", "--full-tree", conflict.hex], environment: batch.environment
    )
    .fields
    return fields.compactMap(IndexEntry.init(treeField:)).flatMap { entry -> [IndexEntry] in
      guard let stage = entry.path.bytes.first.map({ Int($0) - 0x30 }), (1...3).contains(stage),
        entry.path.bytes.dropFirst().first == UInt8(ascii: "/")
      else { return [] }
      return [
        IndexEntry(
          mode: entry.mode, id: entry.id, stage: stage, path: RepositoryPath(entry.path.bytes.dropFirst(2)))
      ]
    }
  }
}

extension Repository {
  /// Copies the user's index away, so that it can be put back as it was; false if there is none.
  package func saveIndex(to path: String) throws(GitError) -> Bool {
    try withFiles { () throws(FileError) in
      guard try Files.status(userIndex) != nil else { return false }
      try Files.makeDirectory(Files.parent(of: path))
      try Files.copy(userIndex, to: path)
      return true
    }
  }
}
