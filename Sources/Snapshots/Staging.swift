import Files
import Git

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder into which git checks files out of a tree before they are moved into the work tree.
///
/// git applies the filters, with the attributes of that same tree, and whatever can fail, a full disk or a
/// missing filter, fails here, where nothing is lost.
struct Staging: ~Copyable {
  let folder: String
  private let repository: Repository
  private let batch: ObjectBatch

  init(_ repository: Repository, batch: ObjectBatch) throws(GitError) {
    self.repository = repository
    self.batch = batch
    folder = try withFiles { () throws(FileError) in
      try Files.makeTemporaryDirectory(in: repository.worktreeState, prefix: "staging-\(getpid())-")
    }
  }

  deinit {
    // What stays behind is of no use to anybody; `doctor` finds it.
    try? Files.removeTree(folder)
  }

  /// Checks the entries out as `attributes` say, files that are checked out first themselves.
  @discardableResult
  func checkOut(_ entries: [IndexEntry], attributes: [IndexEntry] = []) throws(GitError) -> PrivateIndex {
    let index = PrivateIndex(repository, batch: batch, name: "staging")
    try withFiles { () throws(FileError) in try Files.remove(index.path) }
    let others = entries.filter { !AttributeRules.isAttributeFile($0.path) }
    try index.update(attributes + others)
    for group in [attributes, others] where !group.isEmpty {
      let output = try index.run(
        ["--work-tree=" + folder, "checkout-index", "--force", "-z", "--stdin"],
        input: group.flatMap { $0.path.bytes + [0] }, accepting: [0, 1, 128])
      if output.status != 0 { throw try failure(output) }
    }
    return index
  }

  private func failure(_ output: GitExecutable.Output) throws(GitError) -> GitError {
    // git does not say why it could not write a file.
    let isFull = try withFiles { () throws(FileError) in try Files.availableSpace(at: folder) < 1 << 16 }
    return output.isFullDisk || isFull
      ? GitError(.fullDisk, "the disk is too full for the files that are to be restored")
      : GitError(.other, "git cannot write the files out: \(output.complaint)")
  }

  /// A file that was checked out, as the path of a system call.
  func file(_ path: RepositoryPath) -> [UInt8] { Array((folder + "/").utf8) + path.bytes }

  func holds(_ path: RepositoryPath) throws(GitError) -> Bool {
    try Directory.status(of: path, below: folder) != nil
  }
}

extension [IndexEntry] {
  /// Those whose folder is the top or one in which, or below which, one of the paths lies.
  func above(_ paths: [RepositoryPath]) -> [IndexEntry] {
    let folders = Set(paths.flatMap(\.ancestors))
    return filter { $0.path.parent.map(folders.contains) ?? true }
  }
}

extension Repository {
  /// The entries of a tree whose last component is `name`.
  func entries(named name: String, in tree: ObjectID, batch: ObjectBatch) throws(GitError) -> [IndexEntry] {
    try run(["ls-tree", "-r", "-z", "--full-tree", tree.hex], environment: batch.environment).fields
      .compactMap(IndexEntry.init(treeField:)).filter { $0.path.name == Array(name.utf8) }
  }
}
