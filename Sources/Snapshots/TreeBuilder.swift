import Git

/// Makes trees of what an index holds, or of what a scan has found beside it. Only folders whose tree the index does
/// not know, or in which something differs, are written.
struct TreeBuilder {
  let index: IndexFile
  let batch: ObjectBatch
  /// The trees that were made.
  private(set) var made: [ObjectID] = []

  init(index: IndexFile, batch: ObjectBatch) {
    self.index = index
    self.batch = batch
  }

  private struct Item {
    let name: [UInt8]
    let mode: UInt32
    let id: ObjectID
    var isFolder: Bool { mode == 0o40000 }
  }

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
    guard let tree = try tree(below: top) else { return try write([]) }
    return tree
  }

  /// Nil for a folder that holds nothing.
  private mutating func tree(below folder: ScannedFolder) throws(GitError) -> ObjectID? {
    if !folder.differs, let id = known(folder.knownTree, folder.entries) { return id }
    var found = folder.found
    var folders = Dictionary(folder.folders.map { ($0.name, $0) }) { first, _ in first }
    var children: [IndexChild] = []
    index.children(
      of: folder.entries, prefix: folder.path.count, knownTree: folder.knownTree, into: &children)
    var items: [Item] = []
    for child in children {
      let name = Array(child.name)
      if child.isFolder {
        guard let below = folders.removeValue(forKey: name) else {
          let prefix = folder.path.count + name.count + 1
          if let id = try stagedTree(of: child.entries, prefix: prefix, knownTree: child.knownTree) {
            items.append(Item(name: name, mode: 0o40000, id: id))
          }
          continue
        }
        if let id = try tree(below: below) { items.append(Item(name: name, mode: 0o40000, id: id)) }
        continue
      }
      switch found.removeValue(forKey: name) {
      case .file(let mode, let id): items.append(Item(name: name, mode: mode, id: id))
      case .nothing: break
      case nil: if let item = item(child) { items.append(item) }
      }
    }
    for (name, found) in found {
      if case .file(let mode, let id) = found { items.append(Item(name: name, mode: mode, id: id)) }
    }
    for (name, below) in folders {
      if let id = try tree(below: below) { items.append(Item(name: name, mode: 0o40000, id: id)) }
    }
    return items.isEmpty ? nil : try write(items)
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
    for item in sorted {
      bytes.append(contentsOf: Self.octal(item.mode))
      bytes.append(UInt8(ascii: " "))
      bytes.append(contentsOf: item.name)
      bytes.append(0)
      item.id.append(to: &bytes)
    }
    let id = try batch.write(bytes, as: .tree)
    made.append(id)
    return id
  }

  /// As trees spell it, without a zero at the start.
  private static func octal(_ mode: UInt32) -> [UInt8] {
    switch mode {
    case 0o100644: Array("100644".utf8)
    case 0o40000: Array("40000".utf8)
    default: Array(String(mode, radix: 8).utf8)
    }
  }
}
