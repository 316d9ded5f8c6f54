#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What an index holds directly in one folder.
struct IndexChild {
  let name: Glob.Bytes
  /// One entry, the stages of a conflict, or all that lies below a folder.
  let entries: Range<Int>
  let isFolder: Bool
  /// Of a folder, its place among the known trees.
  let knownTree: Int?
}

/// Names in the order of trees and of the index: as if those of folders ended with a slash.
enum TreeOrder {
  static func compare(
    _ left: Glob.Bytes, _ leftIsFolder: Bool, _ right: Glob.Bytes, _ rightIsFolder: Bool
  ) -> Int {
    let shared = min(left.count, right.count)
    if let left = left.baseAddress, let right = right.baseAddress {
      let order = memcmp(left, right, shared)
      if order != 0 { return Int(order) }
    }
    // Names of folders end with a slash, others with nothing.
    let leftEnd = left.count > shared ? left[shared] : leftIsFolder ? UInt8(ascii: "/") : 0
    let rightEnd = right.count > shared ? right[shared] : rightIsFolder ? UInt8(ascii: "/") : 0
    return Int(leftEnd) - Int(rightEnd)
  }
}

extension IndexFile {
  /// What lies in a folder: `range` holds its entries, `prefix` bytes of their paths name it with the slash behind it.
  func children(of range: Range<Int>, prefix: Int, knownTree: Int?, into children: inout [IndexChild]) {
    children.removeAll(keepingCapacity: true)
    var position = range.lowerBound
    while position < range.upperBound {
      let path = path(position)
      let rest = Glob.Bytes(rebasing: path[prefix...])
      guard let slash = Self.slash(in: rest) else {
        var end = position + 1
        if self[position].stage > 0 {
          while end < range.upperBound, self.path(end).elementsEqual(path) { end += 1 }
        }
        children.append(IndexChild(name: rest, entries: position..<end, isFolder: false, knownTree: nil))
        position = end
        continue
      }
      let name = Glob.Bytes(rebasing: rest[..<slash])
      let tree = knownTree.flatMap { child(of: $0, named: name) }
      let end = end(of: Glob.Bytes(rebasing: path[...(prefix + slash)]), from: position, range, tree)
      children.append(IndexChild(name: name, entries: position..<end, isFolder: true, knownTree: tree))
      position = end
    }
  }

  private static func slash(in path: Glob.Bytes) -> Int? {
    guard let start = path.baseAddress, let found = memchr(start, Int32(UInt8(ascii: "/")), path.count) else {
      return nil
    }
    return UnsafeRawPointer(found) - UnsafeRawPointer(start)
  }

  private static func areEqual(_ left: UnsafeRawPointer?, _ right: UnsafeRawPointer?, _ count: Int) -> Bool {
    guard let left, let right else { return count == 0 }
    return memcmp(left, right, count) == 0
  }

  private func child(of node: Int, named name: Glob.Bytes) -> Int? {
    var candidate = node + 1
    for _ in 0..<knownTrees[node].children where candidate < knownTrees[node].next {
      let known = knownTrees[candidate].name
      if known.count == name.count, Self.areEqual(known.baseAddress, name.baseAddress, name.count) {
        return candidate
      }
      candidate = knownTrees[candidate].next
    }
    return nil
  }

  /// Behind the last entry whose path starts with `folder`.
  private func end(of folder: Glob.Bytes, from start: Int, _ range: Range<Int>, _ tree: Int?) -> Int {
    func isInside(_ position: Int) -> Bool {
      let path = path(position)
      return path.count > folder.count && Self.areEqual(path.baseAddress, folder.baseAddress, folder.count)
    }
    if let count = tree.flatMap({ knownTrees[$0].entries }), count > 0, start + count <= range.upperBound,
      isInside(start + count - 1), start + count == range.upperBound || !isInside(start + count)
    {
      return start + count
    }
    // In steps that double, then by halves.
    var (low, step) = (start, 1)
    while low + step < range.upperBound, isInside(low + step) {
      low += step
      step *= 2
    }
    var high = min(low + step, range.upperBound)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isInside(middle) { low = middle } else { high = middle }
    }
    return high
  }
}
