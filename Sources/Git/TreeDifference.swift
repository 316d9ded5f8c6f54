import Files

/// A path in which two trees differ.
package struct TreeDifference: Hashable, Sendable {
  package let path: RepositoryPath
  /// Nil where there is nothing on that side; never a folder.
  package let old: TreeEntry?
  package let new: TreeEntry?
  /// Lines; nil for a binary file, and where the content is missing.
  package fileprivate(set) var lines: LineCount?
  /// Whether its content alone has told that it is no binary file.
  fileprivate(set) var isTextByContent = false
  /// Whether there are attribute files that may say how to look at it.
  fileprivate var hasAttributes: Bool

  /// `hasAttributes` if there is an attribute file in its folder or above.
  package init(path: RepositoryPath, old: TreeEntry?, new: TreeEntry?, hasAttributes: Bool) {
    (self.path, self.old, self.new, self.hasAttributes) = (path, old, new, hasAttributes)
  }
}

/// How many lines were added and removed.
package struct LineCount: Hashable, Sendable {
  package var insertions: Int
  package var deletions: Int

  package init(insertions: Int, deletions: Int) {
    (self.insertions, self.deletions) = (insertions, deletions)
  }
}

extension ObjectBatch {
  /// The files in which two trees differ, sorted by path, as `git diff-tree -r --numstat --no-renames` has them.
  ///
  /// Which files are binary is told by attributes as the work tree has them, else by their content. Not by an
  /// attribute file that is in the index alone.
  /// Throws `.tooLarge` if that is more than anybody could look at.
  package func differences(
    from old: ObjectID, to new: ObjectID, knowing known: KnownDifferences = .init()
  ) throws(GitError) -> [TreeDifference] {
    guard old != new else { return [] }
    return try differences(
      in: compare(old, with: new, attributes: try repository.hasOuterAttributes, limit: Self.comparedSize),
      knowing: known)
  }

  /// The same of a comparison that was begun before.
  package func differences(
    _ comparison: TreeComparisonAhead, knowing known: KnownDifferences = .init()
  ) throws(GitError) -> [TreeDifference] {
    let found = try comparison.found.value()
    return found.areCounted ? found.differences : try differences(in: found.differences, knowing: known)
  }

  private func differences(
    in found: [TreeDifference], knowing known: KnownDifferences
  ) throws(GitError) -> [TreeDifference] {
    let found = found.sorted { $0.path < $1.path }
    let asked = found.filter(\.hasAttributes).map(\.path)
    let treatments = try repository.diffTreatments(of: asked)
    return try counted(found, treatments, knowing: known, limit: try repository.bigFileThreshold)
  }

  fileprivate func counted(
    _ found: [TreeDifference], _ treatments: [RepositoryPath: Repository.DiffTreatment],
    knowing known: KnownDifferences, limit: Int
  ) throws(GitError) -> [TreeDifference] {
    let counter = LineCounter(batch: self, limit: limit)
    return try Workers.map(found) { (found) throws(GitError) in
      var difference = found
      let treatment = treatments[difference.path] ?? .byContent
      let isByContent = treatment == .byContent
      if isByContent, let lines = difference.contents(limit: limit).flatMap({ known.contents[$0]?.lines }) {
        difference.lines = lines
      } else {
        difference.lines = try counter.count(difference, treatment)
      }
      difference.isTextByContent = isByContent && difference.lines != nil
      return difference
    }
  }

  /// The files in which two trees differ, in no order; `.tooLarge` if what is read and found takes more than `limit`
  /// bytes.
  package func changedPaths(
    from old: ObjectID, to new: ObjectID, limit: Int = comparedSize
  ) throws(GitError) -> [RepositoryPath] {
    try entryDifferences(from: old, to: new, limit: limit).map(\.path)
  }

  /// The same with what differs, without lines.
  package func entryDifferences(
    from old: ObjectID, to new: ObjectID, limit: Int = comparedSize
  ) throws(GitError) -> [TreeDifference] {
    guard old != new else { return [] }
    // Whether there are attributes is of no concern here, so none are looked for.
    return try compare(old, with: new, attributes: true, limit: limit)
  }

  /// What `git diff -U0` writes above the places in which files differ, in the order of `files`; nil for one of which
  /// only git can tell, since a driver is configured for it. What stands behind the numbers is cut after some 80 bytes.
  package func hunkHeaders(
    of files: [TreeDifference], knowing known: KnownDifferences = .init()
  ) throws(GitError) -> [[[UInt8]]?] {
    guard !files.isEmpty else { return [] }
    for key in ["diff.default.xfuncname", "diff.default.funcname"] where try repository.setting(key) != nil {
      return files.map { _ in nil }
    }
    let attributes = try repository.diffAttributes(of: files.filter(\.hasAttributes).map(\.path))
    let counter = LineCounter(batch: self, limit: try repository.bigFileThreshold)
    return try Workers.map(files) { (file) throws(GitError) in
      if case .driver = attributes[file.path] ?? .unspecified { return nil }
      if file.isTextByContent, let contents = file.contents(limit: counter.limit),
        let headers = known.contents[contents]?.headers
      {
        return headers
      }
      return try counter.hunkHeaders(file)
    }
  }

  /// The objects that a tree reaches and another does not at the same path, submodules left aside.
  package func objects(of new: ObjectID, beside old: ObjectID) throws(GitError) -> [ObjectID] {
    guard new != old else { return [] }
    var found: [ObjectID] = []
    var waiting = [ComparedTrees(old: old, new: new)]
    // A tree may hold another one in many places.
    var seen = Set(waiting)
    while let pair = waiting.popLast() {
      found.append(pair.new)
      let known = Dictionary(try tree(pair.old).map { ($0.name, $0) }) { first, _ in first }
      for entry in try tree(pair.new) where known[entry.name]?.id != entry.id {
        if entry.isTree {
          let other = known[entry.name].flatMap { $0.isTree ? $0.id : nil }
          let below = ComparedTrees(old: other ?? .emptyTree, new: entry.id)
          if seen.insert(below).inserted { waiting.append(below) }
        } else if entry.mode != "160000" {
          found.append(entry.id)
        }
      }
    }
    return found
  }

  /// So many bytes of trees and paths are compared at the most: a tree that holds another one ten times, which does
  /// so again, names more files than there is time for.
  fileprivate static let comparedSize = 512 << 20

  /// What reading a folder takes, at the least, in the time that so many bytes take.
  private static let folderSize = 1 << 10

  private func content(_ id: ObjectID?, limit: Int) throws(GitError) -> [UInt8] {
    guard let id, !id.isEmptyTree else { return [] }
    return try object(id, .tree, limit: limit)
  }

  fileprivate func compare(
    _ old: ObjectID, with new: ObjectID, attributes hasAttributes: Bool, limit: Int
  ) throws(GitError) -> [TreeDifference] {
    var comparison = TreeComparison(rest: limit)
    comparison.waiting = [.init(old: old, new: new, path: [], hasAttributes: hasAttributes)]
    // Without recursion: there is no bound to how deep folders lie.
    while let pair = comparison.waiting.popLast() {
      let left = try content(pair.old, limit: limit)
      let right = try content(pair.new, limit: limit)
      comparison.rest -= left.count + right.count + Self.folderSize
      try comparison.compare(
        TreeCursor(left, of: pair.old ?? .emptyTree), TreeCursor(right, of: pair.new ?? .emptyTree), in: pair)
      guard comparison.rest >= 0 else {
        throw GitError(.tooLarge, "trees \(old) and \(new) differ in more than can be looked at")
      }
    }
    return comparison.found
  }
}

/// A comparison of two trees by another thread, while the one that will ask for it does something else.
package final class TreeComparisonAhead {
  fileprivate struct Found {
    let differences: [TreeDifference]
    /// Whether their lines are counted, and they are sorted. Attributes are for the thread of the repository to ask.
    let areCounted: Bool
  }

  package let old: ObjectID
  package let new: ObjectID
  fileprivate let found: Future<Found, GitError>

  /// `differing` are the files in which they differ, if that is known.
  package init(
    from old: ObjectID, to new: ObjectID, differing: [TreeDifference]? = nil,
    knowing known: KnownDifferences = .init(), in batch: ObjectBatch
  ) throws(GitError) {
    let hasAttributes = try batch.repository.hasOuterAttributes
    let limit = try batch.repository.bigFileThreshold
    (self.old, self.new) = (old, new)
    found = Future { () throws(GitError) in
      var found: [TreeDifference]
      if let differing {
        found = differing
      } else {
        found = try batch.compare(old, with: new, attributes: hasAttributes, limit: ObjectBatch.comparedSize)
      }
      found.sort { $0.path < $1.path }
      if hasAttributes { for place in found.indices { found[place].hasAttributes = true } }
      guard !found.contains(where: \.hasAttributes) else {
        return Found(differences: found, areCounted: false)
      }
      return Found(differences: try batch.counted(found, [:], knowing: known, limit: limit), areCounted: true)
    }
  }
}

/// Two trees on the way of being compared.
private struct TreeComparison {
  /// A folder on both sides, or on one of them.
  struct Pair {
    let old: ObjectID?
    let new: ObjectID?
    /// Empty for the top, otherwise with a slash at its end.
    let path: [UInt8]
    let hasAttributes: Bool
  }

  var waiting: [Pair] = []
  var found: [TreeDifference] = []
  /// So many bytes may still be read and found.
  var rest: Int

  private static let attributeFile = Array(".gitattributes".utf8)

  mutating func compare(_ left: TreeCursor, _ right: TreeCursor, in folder: Pair) throws(GitError) {
    // Both in git's order.
    var (left, right) = (left, right)
    let hasAttributes = folder.hasAttributes || right.holds(Self.attributeFile)
    while rest >= 0, !left.isAtEnd || !right.isAtEnd {
      if left.matches(right) {
        left.advance()
        right.advance()
        continue
      }
      let (entry, other) = (left.entry, right.entry)
      let order = entry.map { entry in other.map { entry.order($0) } ?? -1 } ?? 1
      if order <= 0 { left.advance() }
      if order >= 0 { right.advance() }
      note(order <= 0 ? entry : nil, order >= 0 ? other : nil, below: folder.path, hasAttributes)
    }
    guard rest >= 0 else { return }
    try left.requireEnd()
    try right.requireEnd()
  }

  private mutating func note(
    _ old: TreeEntry?, _ new: TreeEntry?, below folder: [UInt8], _ hasAttributes: Bool
  ) {
    guard old != new, let name = old?.name ?? new?.name else { return }
    let path = folder + name
    rest -= path.count
    // A folder on one side alone stands for all that it holds.
    let (oldTree, newTree) = (old?.isTree == true ? old?.id : nil, new?.isTree == true ? new?.id : nil)
    if oldTree != nil || newTree != nil {
      waiting.append(Pair(old: oldTree, new: newTree, path: path + [0x2f], hasAttributes: hasAttributes))
    }
    let (oldFile, newFile) = (old?.isTree == true ? nil : old, new?.isTree == true ? nil : new)
    guard oldFile != nil || newFile != nil else { return }
    found.append(
      TreeDifference(path: RepositoryPath(path), old: oldFile, new: newFile, hasAttributes: hasAttributes))
  }
}
