import Files

/// The file `packed-refs`, in which git keeps the references that have not moved for a while, sorted by name.
///
/// Format: a line `# pack-refs with: … sorted`, then `<object> <name>` for each reference; a line `^<object>` behind
/// one says what a tag points at. Found by halving, so that ten thousand of them cost no more than ten.
struct PackedReferences: ~Copyable {
  private let file: MappedFile
  /// Where the first line stands that names a reference.
  private let start: Int
  private let isSorted: Bool

  /// Nil if nothing is packed.
  init?(at path: String) throws(FileError) {
    guard let file = try MappedFile(path) else { return nil }
    var start = 0
    var isSorted = false
    while start < file.bytes.count, file.bytes[start] == UInt8(ascii: "#") {
      let end = Self.lineEnd(file.bytes, from: start)
      isSorted = isSorted || String(decoding: file.bytes[start..<end], as: UTF8.self).contains(" sorted")
      start = end + 1
    }
    self.start = min(start, file.bytes.count)
    self.isSorted = isSorted
    self.file = file
  }

  func value(of name: String) throws(GitError) -> ObjectID? {
    var found: ObjectID?
    try visit(from: name) { line throws(GitError) in
      if line.name.elementsEqual(name.utf8) { found = try line.target }
      return line.name.elementsEqual(name.utf8) || isSorted ? .stop : .next
    }
    return found
  }

  /// Those whose names start with `prefix`, in no order.
  func list(under prefix: String) throws(GitError) -> [Reference] {
    var found: [Reference] = []
    try visit(from: prefix) { line throws(GitError) in
      guard line.name.starts(with: prefix.utf8) else { return isSorted ? .stop : .next }
      found.append(Reference(name: String(decoding: line.name, as: UTF8.self), target: try line.target))
      return .next
    }
    return found
  }

  private enum Step { case next, stop }

  /// Goes through the lines from the first whose name is not before `name`, or through all if they are not sorted.
  private func visit(from name: String, _ body: (Line) throws(GitError) -> Step) throws(GitError) {
    let bytes = file.bytes
    var position = isSorted ? try firstLine(notBefore: Array(name.utf8)) : start
    while position < bytes.count {
      let line = try Line(bytes, at: position)
      if case .stop = try body(line) { return }
      position = line.next
    }
  }

  private func firstLine(notBefore name: [UInt8]) throws(GitError) -> Int {
    let bytes = file.bytes
    var (low, high) = (start, bytes.count)
    while low < high {
      var middle = Self.lineStart(bytes, of: low + (high - low) / 2, notBefore: low)
      if bytes[middle] == UInt8(ascii: "^"), middle > low {
        middle = Self.lineStart(bytes, of: middle - 1, notBefore: low)
      }
      let line = try Line(bytes, at: middle)
      if line.name.lexicographicallyPrecedes(name) { low = line.next } else { high = middle }
    }
    return low
  }

  private static func lineStart(_ bytes: UnsafeRawBufferPointer, of position: Int, notBefore low: Int) -> Int
  {
    var start = position
    while start > low, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    return start
  }

  private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
  }

  /// One reference. Belongs to the file that it was read from.
  private struct Line {
    private let object: Slice<UnsafeRawBufferPointer>
    let name: Slice<UnsafeRawBufferPointer>
    /// Where the next reference stands.
    let next: Int

    init(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(GitError) {
      let end = PackedReferences.lineEnd(bytes, from: start)
      guard let space = bytes[start..<end].firstIndex(of: UInt8(ascii: " ")) else { throw Self.malformed }
      object = bytes[start..<space]
      var nameEnd = end
      while nameEnd > space + 1, bytes[nameEnd - 1] == UInt8(ascii: "\r") { nameEnd -= 1 }
      name = bytes[(space + 1)..<nameEnd]
      var next = end + 1
      if next < bytes.count, bytes[next] == UInt8(ascii: "^") {
        next = PackedReferences.lineEnd(bytes, from: next) + 1
      }
      self.next = next
    }

    var target: ObjectID {
      get throws(GitError) {
        guard let id = ObjectID(String(decoding: object, as: UTF8.self)) else { throw Self.malformed }
        return id
      }
    }

    private static let malformed = GitError(.other, "the file packed-refs holds a line that is no reference")
  }
}
