import Clibgit2

/// A path in which two trees differ.
package struct TreeDifference: Hashable, Sendable {
  package let path: RepositoryPath
  /// Nil where there is nothing on that side; never a folder.
  package let old: TreeEntry?
  package let new: TreeEntry?
  /// Lines; nil for a binary file, and where the content is missing.
  package let lines: LineCount?
}

/// How many lines were added and removed.
package struct LineCount: Hashable, Sendable {
  package var insertions: Int
  package var deletions: Int
}

extension ObjectBatch {
  /// The files in which two trees differ, sorted by path, as `git diff-tree -r --numstat --no-renames` has them.
  ///
  /// Which files are binary is told by attributes as the work tree has them, else by their content. Not by an
  /// attribute file that is in the index alone.
  package func differences(from old: ObjectID, to new: ObjectID) throws(GitError) -> [TreeDifference] {
    var found: [TreeDifference] = []
    let counter = LineCounter(batch: self)
    try compare(try read(tree: old), try read(tree: new), below: [], counter, into: &found)
    return found.sorted { $0.path < $1.path }
  }

  private func read(tree id: ObjectID?) throws(GitError) -> [TreeEntry] {
    guard let id, !id.isEmptyTree else { return [] }
    return try TreeEntry.parse(try object(id, .tree), of: id)
  }

  /// Both in git's order.
  private func compare(
    _ old: [TreeEntry], _ new: [TreeEntry], below folder: [UInt8], _ counter: LineCounter,
    into found: inout [TreeDifference]
  ) throws(GitError) {
    var others = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
    for entry in old {
      let other = others.removeValue(forKey: entry.name)
      try compare(entry, other, below: folder, counter, into: &found)
    }
    for entry in new where others[entry.name] != nil {
      try compare(nil, entry, below: folder, counter, into: &found)
    }
  }

  private func compare(
    _ old: TreeEntry?, _ new: TreeEntry?, below folder: [UInt8], _ counter: LineCounter,
    into found: inout [TreeDifference]
  ) throws(GitError) {
    guard old != new, let name = old?.name ?? new?.name else { return }
    let path = folder + name
    // A folder on one side alone stands for all that it holds.
    let (oldTree, newTree) = (old?.isTree == true ? old?.id : nil, new?.isTree == true ? new?.id : nil)
    if oldTree != nil || newTree != nil {
      try compare(
        try read(tree: oldTree), try read(tree: newTree), below: path + [0x2f], counter, into: &found)
    }
    let (oldFile, newFile) = (old?.isTree == true ? nil : old, new?.isTree == true ? nil : new)
    guard oldFile != nil || newFile != nil else { return }
    found.append(
      TreeDifference(
        path: RepositoryPath(path), old: oldFile, new: newFile,
        lines: try counter.count(from: oldFile, to: newFile, at: path)))
  }
}
