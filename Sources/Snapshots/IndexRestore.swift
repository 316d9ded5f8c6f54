import Files
package import Git

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Replaces the user's index, under git's own lock. The new one lies ready, and durable, before anything is changed.
package struct IndexRestore: ~Copyable {
  /// What the index is to become.
  package enum Content {
    /// Flags of entries that stay (`skip-worktree`) are kept.
    case staged(StagedState)
    /// The file that it once was, byte for byte.
    case copy(String)
    /// None, where there was none before.
    case absent
  }

  private let repository: Repository
  private let content: Content
  private let index: PrivateIndex
  private let lock: IndexLock

  /// Takes the lock; fails at once if another git process holds it.
  ///
  /// The caller sees to it that no other process of ours is at work on this work tree: a lock of ours that is there
  /// all the same was left by one that has died, and is taken over.
  package init(_ repository: Repository, to content: Content, batch: ObjectBatch) throws(GitError) {
    let lock = try IndexLock(repository, batch: batch)
    switch content {
    case .staged(let staged): index = try Self.index(of: staged, in: repository, batch: batch)
    case .copy(let path):
      let index = PrivateIndex(repository, batch: batch, name: "restored")
      try withFiles { () throws(FileError) in try Files.copy(path, to: index.path) }
      self.index = index
    case .absent: index = PrivateIndex(repository, batch: batch, name: "restored")
    }
    self.repository = repository
    self.content = content
    self.lock = lock
  }

  private static func index(
    of staged: StagedState, in repository: Repository, batch: ObjectBatch
  ) throws(GitError) -> PrivateIndex {
    let index = try PrivateIndex.copyOfUserIndex(repository, batch: batch, name: "restored")
    try index.run(["read-tree", "--reset", "-i", staged.tree.hex])
    if let conflict = staged.conflict {
      try index.update(try Self.unmerged(conflict, in: repository, batch: batch))
    }
    try announce(staged.intentToAdd, in: index, repository, batch: batch)
    try withFiles { () throws(FileError) in try Files.synchronize(index.path) }
    return index
  }

  /// Puts the new index in place. What the work tree already equals is noted in it, so that git need not read it again.
  package func swap() throws(GitError) {
    if case .staged = content {
      try index.run(["update-index", "-q", "--refresh"], accepting: [0, 1, 128])
    }
    try withFiles { () throws(FileError) in
      if case .absent = content {
        try Files.remove(repository.userIndex)
      } else {
        try Files.synchronize(index.path)
        try put()
      }
      try Files.synchronizeDirectory(repository.gitDirectory)
    }
  }

  private func put() throws(FileError) {
    do throws(FileError) {
      try Files.rename(index.path, to: repository.userIndex)
    } catch  where error.isOfOtherDisk {
      try Files.copy(index.path, to: lock.path)
      try Files.rename(lock.path, to: repository.userIndex)
    }
    // What git has written is so already.
    Files.share(repository.userIndex)
  }

  /// Adds paths with `--intent-to-add`, whether or not there are such files: git looks for them in a folder
  /// where there are.
  private static func announce(
    _ paths: [RepositoryPath], in index: PrivateIndex, _ repository: Repository, batch: ObjectBatch
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

/// git's lock on the user's index, in which stands that it is ours and whose.
private struct IndexLock: ~Copyable {
  let path: String
  /// Tells the lock that was taken from one that another process takes after it.
  private let inode: UInt64?

  init(_ repository: Repository, batch: ObjectBatch) throws(GitError) {
    path = repository.indexLock
    let note = (file: batch.temporaryFile("lock"), text: Array("\(Repository.lockMark)\(getpid())\n".utf8))
    try withFiles { () throws(FileError) in try Files.writeAtomically(note.text, to: note.file) }
    try repository.removeIndexLockOfOurs()
    do throws(FileError) {
      // Whenever the lock is there, all of this stands in it.
      if try !Files.link(note.file, to: path) { try Files.create(note.text, at: path) }
      inode = try Files.status(path)?.inode
    } catch  where error.isExisting {
      throw GitError(
        .locked,
        "'\(repository.indexLock)' exists: another git process is at work on the index, or one has died")
    } catch {
      throw GitError(error)
    }
  }

  deinit {
    if let inode, let status = try? Files.status(path), status.inode == inode { try? Files.remove(path) }
  }
}

extension Repository {
  package var indexLock: String { userIndex + ".lock" }

  /// How the content of our own lock begins. What git writes there is an index, which begins with `DIRC`.
  fileprivate static let lockMark = "git-session "

  /// Whether git's lock on the index is there, and one of our processes has taken it.
  package func isIndexLockOurs() throws(GitError) -> Bool {
    try withFiles { () throws(FileError) in
      guard let status = try Files.status(indexLock), status.kind == .file, status.size < 100 else {
        return false
      }
      return try Files.readIfPresent(indexLock)?.starts(with: Self.lockMark.utf8) ?? false
    }
  }

  /// Removes git's lock on the index, if one of our processes has taken it. To be called only while none is there that
  /// may need it.
  package func removeIndexLockOfOurs() throws(GitError) {
    guard try isIndexLockOurs() else { return }
    try withFiles { () throws(FileError) in try Files.remove(indexLock) }
  }

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
