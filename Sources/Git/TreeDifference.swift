import Files

/// A path in which two trees differ.
package struct TreeDifference: Hashable, Sendable {
  package let path: RepositoryPath
  /// Nil where there is nothing on that side; never a folder.
  package let old: TreeEntry?
  package let new: TreeEntry?
  /// Lines; nil for a binary file, and where the content is missing.
  package fileprivate(set) var lines: LineCount?
  /// Whether there are attribute files that may say how to look at it.
  fileprivate let hasAttributes: Bool
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
    guard old != new else { return [] }
    let found = try compare(old, with: new, attributes: try repository.hasOuterAttributes)
      .sorted { $0.path < $1.path }
    let asked = found.filter(\.hasAttributes).map(\.path)
    let treatments = try repository.diffTreatments(of: asked)
    let counter = LineCounter(batch: self, limit: try repository.bigFileThreshold)
    return try Workers.map(found) { (found) throws(GitError) in
      var difference = found
      difference.lines = try counter.count(difference, treatments[difference.path] ?? .byContent)
      return difference
    }
  }

  /// The files in which two trees differ, in no order.
  package func changedPaths(from old: ObjectID, to new: ObjectID) throws(GitError) -> [RepositoryPath] {
    guard old != new else { return [] }
    return try compare(old, with: new, attributes: false).map(\.path)
  }

  /// What `git diff -U0` writes above the places in which files differ, in the order of `files`; nil for one of which
  /// only git can tell, since a driver is configured for it. What stands behind the numbers is cut after some 80 bytes.
  package func hunkHeaders(of files: [TreeDifference]) throws(GitError) -> [[[UInt8]]?] {
    guard !files.isEmpty else { return [] }
    for key in ["diff.default.xfuncname", "diff.default.funcname"] where try repository.setting(key) != nil {
      return files.map { _ in nil }
    }
    let attributes = try repository.diffAttributes(of: files.filter(\.hasAttributes).map(\.path))
    let counter = LineCounter(batch: self, limit: try repository.bigFileThreshold)
    return try Workers.map(files) { (file) throws(GitError) in
      if case .driver = attributes[file.path] ?? .unspecified { return nil }
      return try counter.hunkHeaders(file)
    }
  }

  /// The objects that a tree reaches and another does not at the same path, submodules left aside.
  package func objects(of new: ObjectID, beside old: ObjectID) throws(GitError) -> [ObjectID] {
    guard new != old else { return [] }
    var found = [new]
    let known = Dictionary(try tree(old).map { ($0.name, $0) }) { first, _ in first }
    for entry in try tree(new) where known[entry.name]?.id != entry.id {
      if entry.isTree {
        let other = known[entry.name].flatMap { $0.isTree ? $0.id : nil }
        found += try objects(of: entry.id, beside: other ?? .emptyTree)
      } else if entry.mode != "160000" {
        found.append(entry.id)
      }
    }
    return found
  }

  private static let attributeFile = Array(".gitattributes".utf8)

  private func cursor(_ id: ObjectID?) throws(GitError) -> TreeCursor {
    guard let id, !id.isEmptyTree else { return TreeCursor([], of: .emptyTree) }
    return TreeCursor(try object(id, .tree, limit: .max), of: id)
  }

  private func compare(
    _ old: ObjectID, with new: ObjectID, attributes hasAttributes: Bool
  ) throws(GitError) -> [TreeDifference] {
    var found: [TreeDifference] = []
    try compare(tree: old, with: new, below: [], attributes: hasAttributes, into: &found)
    return found
  }

  private func compare(
    tree old: ObjectID?, with new: ObjectID?, below folder: [UInt8], attributes hasAttributes: Bool,
    into found: inout [TreeDifference]
  ) throws(GitError) {
    // Both in git's order.
    var (left, right) = (try cursor(old), try cursor(new))
    let hasAttributes = hasAttributes || right.holds(Self.attributeFile)
    while !left.isAtEnd || !right.isAtEnd {
      if left.matches(right) {
        left.advance()
        right.advance()
        continue
      }
      let (entry, other) = (left.entry, right.entry)
      let order = entry.map { entry in other.map { entry.order($0) } ?? -1 } ?? 1
      if order <= 0 { left.advance() }
      if order >= 0 { right.advance() }
      try compare(
        order <= 0 ? entry : nil, order >= 0 ? other : nil, below: folder, attributes: hasAttributes,
        into: &found)
    }
    try left.requireEnd()
    try right.requireEnd()
  }

  private func compare(
    _ old: TreeEntry?, _ new: TreeEntry?, below folder: [UInt8], attributes hasAttributes: Bool,
    into found: inout [TreeDifference]
  ) throws(GitError) {
    guard old != new, let name = old?.name ?? new?.name else { return }
    let path = folder + name
    // A folder on one side alone stands for all that it holds.
    let (oldTree, newTree) = (old?.isTree == true ? old?.id : nil, new?.isTree == true ? new?.id : nil)
    if oldTree != nil || newTree != nil {
      try compare(
        tree: oldTree, with: newTree, below: path + [0x2f], attributes: hasAttributes, into: &found)
    }
    let (oldFile, newFile) = (old?.isTree == true ? nil : old, new?.isTree == true ? nil : new)
    guard oldFile != nil || newFile != nil else { return }
    found.append(
      TreeDifference(path: RepositoryPath(path), old: oldFile, new: newFile, hasAttributes: hasAttributes))
  }
}

extension TreeEntry {
  /// Negative if this entry comes before the other in a tree, 0 if they have one name and both are folders or both are
  /// not: names of folders count as if a slash stood behind them.
  fileprivate func order(_ other: TreeEntry) -> Int {
    for (own, others) in zip(name, other.name) where own != others { return Int(own) - Int(others) }
    func end(_ entry: TreeEntry, _ length: Int) -> Int {
      entry.name.count > length ? Int(entry.name[length]) : entry.isTree ? 0x2f : 0
    }
    let shared = min(name.count, other.name.count)
    return end(self, shared) - end(other, shared)
  }
}
