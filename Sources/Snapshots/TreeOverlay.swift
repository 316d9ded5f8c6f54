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
}
