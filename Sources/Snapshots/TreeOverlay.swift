package import Git

/// Lays the files of one tree over another.
package struct TreeOverlay {
  private let repository: Repository
  private let batch: ObjectBatch

  package init(_ repository: Repository, batch: ObjectBatch) {
    self.repository = repository
    self.batch = batch
  }

  package func tree(_ tree: ObjectID, with upper: ObjectID) throws(GitError) -> ObjectID {
    let index = PrivateIndex(repository, batch: batch, name: "overlay")
    try index.run(["read-tree", tree.hex])
    let entries = try repository.run(
      ["ls-tree", "-r", "-z", "--full-tree", upper.hex], environment: batch.environment
    )
    .fields.compactMap(IndexEntry.init(treeField:))
    try index.update(entries)
    return try index.writeTree()
  }

  /// The tree with one file as it is in another tree, or without it if that has none.
  package func tree(
    _ tree: ObjectID, taking path: RepositoryPath, from other: ObjectID
  ) throws(GitError) -> ObjectID {
    let index = PrivateIndex(repository, batch: batch, name: "overlay")
    try index.run(["read-tree", tree.hex])
    let found = try repository.run(
      ["--literal-pathspecs", "ls-tree", "-z", "--full-tree", other.hex, "--", path.description],
      environment: batch.environment
    ).fields.compactMap(IndexEntry.init(treeField:)).filter { $0.path == path }
    try index.update(found.isEmpty ? [.removal(of: path)] : found)
    return try index.writeTree()
  }
}
