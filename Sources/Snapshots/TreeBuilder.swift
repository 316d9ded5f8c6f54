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
  /// Whether other cores may help.
  private let mayShare: Bool

  init(index: IndexFile, batch: ObjectBatch) { self.init(index: index, batch: batch, mayShare: true) }

  private init(index: IndexFile, batch: ObjectBatch, mayShare: Bool) {
    (self.index, self.batch, self.mayShare) = (index, batch, mayShare)
  }

  private struct Item {
    let name: [UInt8]
    let mode: UInt32
    let id: ObjectID
    var isFolder: Bool { mode == 0o40000 }
    var entry: TreeEntry { TreeEntry(mode: String(mode, radix: 8), name: name, id: id) }
  }

  static let differencesLimit = 2_000
  private static let attributeFile = Array(".gitattributes".utf8)

  /// The tree of what is staged: without conflicts and without what was only announced.
  mutating func stagedTree() throws(GitError) -> ObjectID {
    let top = index.knownTrees.isEmpty ? nil : 0
    guard let tree = try stagedTree(of: 0..<index.count, prefix: 0, knownTree: top) else {
      return try write([])
    }
    return tree
  }

  /// Nil for a folder that holds nothing.
  private mutating func stagedTree(
    of entries: Range<Int>, prefix: Int, knownTree: Int?
  ) throws(GitError) -> ObjectID? {
    if let id = known(knownTree, entries) { return id }
    var children: [IndexChild] = []
    index.children(of: entries, prefix: prefix, knownTree: knownTree, into: &children)
    var items: [Item] = []
    for child in children {
      if child.isFolder {
        let below = prefix + child.name.count + 1
        if let id = try stagedTree(of: child.entries, prefix: below, knownTree: child.knownTree) {
          items.append(Item(name: Array(child.name), mode: 0o40000, id: id))
        }
      } else if let item = item(child) {
        items.append(item)
      }
    }
    return items.isEmpty ? nil : try write(items)
  }

  private func known(_ tree: Int?, _ entries: Range<Int>) -> ObjectID? {
    guard let tree, index.knownTrees[tree].entries == entries.count else { return nil }
    return index.knownTrees[tree].id
  }

  /// Nil for what no tree holds.
  private func item(_ child: IndexChild) -> Item? {
    let entry = index[child.entries.lowerBound]
    guard entry.stage == 0, !entry.isIntentToAdd else { return nil }
    return Item(name: Array(child.name), mode: entry.mode, id: entry.id)
  }

  /// The tree of the work tree.
  mutating func tree(of top: ScannedFolder) throws(GitError) -> ObjectID {
    guard let tree = try tree(below: top, hasAttributes: false) else { return try write([]) }
    return tree
  }

  /// Nil for a folder that holds nothing. `hasAttributes` if there is an attribute file above it.
  private mutating func tree(
    below folder: ScannedFolder, hasAttributes: Bool
  ) throws(GitError) -> ObjectID? {
    if !folder.differs, let id = known(folder.knownTree, folder.entries) { return id }
    var found = folder.found
    var children: [IndexChild] = []
    index.children(
      of: folder.entries, prefix: folder.path.count, knownTree: folder.knownTree, into: &children)
    let hasAttributes =
      hasAttributes || found[Self.attributeFile] != nil
      || children.contains { $0.name.elementsEqual(Self.attributeFile) }
    var below = try trees(of: folder.folders, hasAttributes: hasAttributes)
    func differ(_ name: [UInt8], _ old: Item?, _ new: Item?) {
      guard differing.count < Self.differencesLimit, old?.mode != new?.mode || old?.id != new?.id else {
        return
      }
      differing.append(
        TreeDifference(
          path: RepositoryPath(folder.path + name), old: old?.entry, new: new?.entry,
          hasAttributes: hasAttributes))
    }
    var items: [Item] = []
    for child in children {
      let name = Array(child.name)
      if child.isFolder {
        if let tree = below.removeValue(forKey: name) {
          if let tree { items.append(Item(name: name, mode: 0o40000, id: tree)) }
          continue
        }
        let prefix = folder.path.count + name.count + 1
        if let id = try stagedTree(of: child.entries, prefix: prefix, knownTree: child.knownTree) {
          items.append(Item(name: name, mode: 0o40000, id: id))
        }
        continue
      }
      let staged = item(child)
      switch found.removeValue(forKey: name) {
      case .file(let mode, let id):
        let item = Item(name: name, mode: mode, id: id)
        items.append(item)
        differ(name, staged, item)
      case .nothing: differ(name, staged, nil)
      case nil: if let staged { items.append(staged) }
      }
    }
    for (name, found) in found {
      guard case .file(let mode, let id) = found else { continue }
      let item = Item(name: name, mode: mode, id: id)
      items.append(item)
      differ(name, nil, item)
    }
    for (name, tree) in below {
      if let tree { items.append(Item(name: name, mode: 0o40000, id: tree)) }
    }
    return items.isEmpty ? nil : try write(items)
  }

  /// So many folders are worth the thread that helps with them.
  private static let sharedCount = 16

  /// The trees of those that are not as the index has them, by name; nil for one that holds nothing.
  private mutating func trees(
    of folders: [ScannedFolder], hasAttributes: Bool
  ) throws(GitError) -> [[UInt8]: ObjectID?] {
    let folders = folders.filter { $0.differs || known($0.knownTree, $0.entries) == nil }
    var trees: [[UInt8]: ObjectID?] = [:]
    guard mayShare, folders.count >= Self.sharedCount else {
      for folder in folders {
        trees.updateValue(try tree(below: folder, hasAttributes: hasAttributes), forKey: folder.name)
      }
      return trees
    }
    let built = try Workers.map(folders) { [index, batch] (folder) throws(GitError) in
      var builder = TreeBuilder(index: index, batch: batch, mayShare: false)
      return (
        tree: try builder.tree(below: folder, hasAttributes: hasAttributes), made: builder.made,
        differing: builder.differing
      )
    }
    for (folder, built) in zip(folders, built) {
      trees.updateValue(built.tree, forKey: folder.name)
      made += built.made
      differing += built.differing
    }
    return trees
  }

  private mutating func write(_ items: [Item]) throws(GitError) -> ObjectID {
    let sorted = items.sorted { left, right in
      left.name.withUnsafeBufferPointer { leftName in
        right.name.withUnsafeBufferPointer {
          TreeOrder.compare(leftName, left.isFolder, $0, right.isFolder) < 0
        }
      }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(sorted.reduce(0) { $0 + $1.name.count + Self.entrySize })
    for item in sorted {
      switch item.mode {
      case 0o100644: bytes += Self.file
      case 0o40000: bytes += Self.folder
      default: bytes += "\(String(item.mode, radix: 8)) ".utf8
      }
      bytes += item.name
      bytes.append(0)
      item.id.append(to: &bytes)
    }
    let id = try batch.write(bytes, as: .tree)
    made.append(id)
    return id
  }

  // As trees spell them, without a zero at the start.
  private static let file = Array("100644 ".utf8)
  private static let folder = Array("40000 ".utf8)
  /// What an entry takes beside its name, in bytes, at the most.
  private static let entrySize = 40
}
