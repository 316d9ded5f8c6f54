import Files
import Git

/// Makes trees of what an index holds, or of what a scan has found beside it. Only folders whose tree the index does
/// not know, or in which something differs, are written.
struct TreeBuilder {
  let index: IndexFile
  let batch: ObjectBatch
  /// The trees that were made.
  private(set) var made: [ObjectID] = []
  private var differing: [TreeDifference] = []
  /// The files in which the tree of the work tree differs from that of what is staged, in no order; nil if they are so
  /// many that it is not worth the memory.
  var differences: [TreeDifference]? { differing.count < Self.differencesLimit ? differing : nil }
  /// What other cores have made of folders; nil for one that holds nothing.
  private var shared: [ObjectIdentifier: ObjectID?] = [:]

  init(index: IndexFile, batch: ObjectBatch) { (self.index, self.batch) = (index, batch) }

  private struct Item {
    let mode: UInt32
    let id: ObjectID

    func entry(_ name: [UInt8]) -> TreeEntry { TreeEntry(mode: String(mode, radix: 8), name: name, id: id) }
  }

  static let differencesLimit = 2_000

  // MARK: - What is staged

  /// The tree of what is staged: without conflicts and without what was only announced.
  mutating func stagedTree() throws(GitError) -> ObjectID {
    let top = index.knownTrees.isEmpty ? nil : 0
    let tree = try stagedTree(of: 0..<index.count, prefix: 0, knownTree: top)
    guard let tree else { return try write([]) }
    return tree
  }

  /// Nil for a folder that holds nothing.
  private mutating func stagedTree(
    of entries: Range<Int>, prefix: Int, knownTree: Int?
  ) throws(GitError) -> ObjectID? {
    if let id = known(knownTree, entries) { return id }
    var children: [IndexChild] = []
    index.children(of: entries, prefix: prefix, knownTree: knownTree, into: &children)
    var tree: [UInt8] = []
    for child in children {
      if let item = try staged(child, prefix: prefix) { Self.append(child.name, item, to: &tree) }
    }
    return tree.isEmpty ? nil : try write(tree)
  }

  private func known(_ tree: Int?, _ entries: Range<Int>) -> ObjectID? {
    guard let tree, index.knownTrees[tree].entries == entries.count else { return nil }
    return index.knownTrees[tree].id
  }

  /// Nil for what no tree holds.
  private mutating func staged(_ child: IndexChild, prefix: Int) throws(GitError) -> Item? {
    guard child.isFolder else { return file(child) }
    let below = prefix + child.name.count + 1
    return try stagedTree(of: child.entries, prefix: below, knownTree: child.knownTree)
      .map { Item(mode: 0o40000, id: $0) }
  }

  private func file(_ child: IndexChild) -> Item? {
    let entry = index[child.entries.lowerBound]
    guard entry.stage == 0, !entry.isIntentToAdd else { return nil }
    return Item(mode: entry.mode, id: entry.id)
  }

  // MARK: - What a scan has found

  /// The tree of the work tree.
  mutating func tree(of top: ScannedFolder) throws(GitError) -> ObjectID {
    let folders = sharedFolders(below: top)
    let built = try Workers.map(folders) { [index, batch] (folder) throws(GitError) in
      var builder = TreeBuilder(index: index, batch: batch)
      return (tree: try builder.tree(below: folder), made: builder.made, differing: builder.differing)
    }
    for (folder, built) in zip(folders, built) {
      shared.updateValue(built.tree, forKey: ObjectIdentifier(folder))
      made += built.made
      differing += built.differing
    }
    guard let tree = try tree(below: top) else { return try write([]) }
    return tree
  }

  /// So many folders are worth the threads that help with them.
  private static let sharedCount = 32

  /// The folders that all cores begin with: those at the first depth where there are enough of them.
  private func sharedFolders(below top: ScannedFolder) -> [ScannedFolder] {
    var folders = [top]
    while !folders.isEmpty, folders.count < Self.sharedCount {
      folders = folders.flatMap { $0.folders.filter { knownTree(of: $0) == nil } }
    }
    return folders
  }

  /// Of a folder that is as the index has it.
  private func knownTree(of folder: ScannedFolder) -> ObjectID? {
    folder.differs ? nil : known(folder.knownTree, folder.entries)
  }

  /// Nil for a folder that holds nothing.
  private mutating func tree(below folder: ScannedFolder) throws(GitError) -> ObjectID? {
    if let id = knownTree(of: folder) { return id }
    if let built = shared[ObjectIdentifier(folder)] { return built }
    let prefix = folder.path.count
    var children: [IndexChild] = []
    index.children(of: folder.entries, prefix: prefix, knownTree: folder.knownTree, into: &children)
    let changes = try changes(in: folder)
    var tree: [UInt8] = []
    tree.reserveCapacity(children.count * Self.entrySize)
    var next = children.startIndex
    // Both are in the order of trees.
    for change in changes {
      var order = -1
      while next < children.endIndex {
        order = change.order(after: children[next])
        guard order > 0 else { break }
        if let item = try staged(children[next], prefix: prefix) {
          Self.append(children[next].name, item, to: &tree)
        }
        next += 1
      }
      let isStaged = order == 0 && next < children.endIndex
      if !change.isFolder { note(change, in: folder, instead: isStaged ? file(children[next]) : nil) }
      if isStaged { next += 1 }
      if let item = change.item {
        change.name.withUnsafeBufferPointer { Self.append($0, item, to: &tree) }
      }
    }
    for child in children[next...] {
      if let item = try staged(child, prefix: prefix) { Self.append(child.name, item, to: &tree) }
    }
    return tree.isEmpty ? nil : try write(tree)
  }

  /// What stands in a folder in place of what the index has under that name.
  private struct Change {
    let name: [UInt8]
    let isFolder: Bool
    /// Nil if there is nothing.
    let item: Item?

    /// Positive if this name comes after that of `child`.
    func order(after child: IndexChild) -> Int {
      name.withUnsafeBufferPointer { TreeOrder.compare($0, isFolder, child.name, child.isFolder) }
    }

    func precedes(_ other: Change) -> Bool {
      name.withUnsafeBufferPointer { own in
        other.name.withUnsafeBufferPointer { TreeOrder.compare(own, isFolder, $0, other.isFolder) < 0 }
      }
    }
  }

  /// In the order of trees.
  private mutating func changes(in folder: ScannedFolder) throws(GitError) -> [Change] {
    var changes = folder.found.map { name, found in
      switch found {
      case .file(let mode, let id): Change(name: name, isFolder: false, item: Item(mode: mode, id: id))
      case .nothing: Change(name: name, isFolder: false, item: nil)
      }
    }
    for below in folder.folders where knownTree(of: below) == nil {
      let item = try tree(below: below).map { Item(mode: 0o40000, id: $0) }
      changes.append(Change(name: below.name, isFolder: true, item: item))
    }
    changes.sort { $0.precedes($1) }
    // A folder in which something changes while it is listed may name it twice.
    return changes.indices.filter { $0 == 0 || changes[$0 - 1].precedes(changes[$0]) }.map { changes[$0] }
  }

  private mutating func note(_ change: Change, in folder: ScannedFolder, instead old: Item?) {
    guard differing.count < Self.differencesLimit,
      old?.mode != change.item?.mode || old?.id != change.item?.id
    else { return }
    differing.append(
      TreeDifference(
        path: RepositoryPath(folder.path + change.name), old: old?.entry(change.name),
        new: change.item?.entry(change.name), hasAttributes: folder.hasAttributes))
  }

  // MARK: - The bytes

  private static func append(_ name: Glob.Bytes, _ item: Item, to tree: inout [UInt8]) {
    switch item.mode {
    case 0o100644: tree += fileMode
    case 0o40000: tree += folderMode
    default: tree += "\(String(item.mode, radix: 8)) ".utf8
    }
    tree += name
    tree.append(0)
    item.id.append(to: &tree)
  }

  private mutating func write(_ tree: [UInt8]) throws(GitError) -> ObjectID {
    let id = try batch.write(tree, as: .tree)
    made.append(id)
    return id
  }

  // As trees spell them, without a zero at the start.
  private static let fileMode = Array("100644 ".utf8)
  private static let folderMode = Array("40000 ".utf8)
  /// What an entry takes, in bytes, more or less.
  private static let entrySize = 48
}
