package import Git

/// A file in the tree of a record commit, beside `session.json`.
package struct Attachment: Sendable {
  /// Names of folders and of the file, with `/` between them.
  package let file: String
  package let blob: ObjectID

  package init(_ file: String, _ blob: ObjectID) { (self.file, self.blob) = (file, blob) }

  /// The tree that holds all of them.
  static func writeTree(_ attachments: [Attachment], batch: ObjectBatch) throws -> ObjectID {
    let parts = attachments.map { (path: $0.file.split(separator: "/", maxSplits: 1), blob: $0.blob) }
    let files = parts.filter { $0.path.count == 1 }.map {
      TreeEntry(mode: "100644", name: Array($0.path[0].utf8), id: $0.blob)
    }
    let below = Dictionary(grouping: parts.filter { $0.path.count == 2 }) { $0.path[0] }
    let folders = try below.sorted { $0.key < $1.key }.map { folder, parts in
      TreeEntry(
        mode: "40000", name: Array(folder.utf8),
        id: try writeTree(parts.map { Attachment(String($0.path[1]), $0.blob) }, batch: batch))
    }
    return try batch.writeTree(files + folders)
  }
}

extension ObjectReader {
  /// A file that the record of a commit holds, of `limit` bytes at most. Nil if it holds none of that name: a squashed
  /// chain repeats events without what stood beside them.
  package func attachment(_ file: String, of commit: ChainCommit, limit: Int) throws -> [UInt8]? {
    // The record is the last of the parents.
    func read(_ id: ObjectID) throws -> Commit { try self.commit(id, limit: ChainCommit.commitLimit) }
    guard commit.documentBlob != nil, let record = try read(commit.id).parents.last else { return nil }
    var tree = try read(record).tree
    var path = file.split(separator: "/").map { Array($0.utf8) }
    while let name = path.first {
      path.removeFirst()
      guard let entry = try self.tree(tree, limit: ChainCommit.treeLimit).first(where: { $0.name == name })
      else { return nil }
      if path.isEmpty { return entry.mode == "100644" ? try object(entry.id, .blob, limit: limit) : nil }
      guard entry.mode == "40000" || entry.mode == "040000" else { return nil }
      tree = entry.id
    }
    return nil
  }
}
