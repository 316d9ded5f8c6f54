import Clibgit2

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A commit, taken apart.
package struct Commit: Hashable, Sendable {
  package let id: ObjectID
  package let tree: ObjectID
  package let parents: [ObjectID]
  /// Seconds since 1970.
  package let time: Int64
  package let committerEmail: String
  package let message: String

  /// The first line.
  package var subject: String {
    let line = message.drop { $0.isNewline }.prefix { !$0.isNewline }
    return String(line)
  }
}

/// One entry of a tree.
package struct TreeEntry: Hashable, Sendable {
  /// As git writes it, in octal without leading zeros: `100644`, `100755`, `120000`, `40000`, `160000`.
  package let mode: String
  package let name: [UInt8]
  package let id: ObjectID

  package init(mode: String, name: [UInt8], id: ObjectID) {
    self.mode = mode
    self.name = name
    self.id = id
  }

  package var isTree: Bool { mode == "40000" }

  /// Negative if this entry comes before the other in a tree, 0 if they have one name and both are folders or both are
  /// not: names of folders count as if a slash stood behind them.
  func order(_ other: TreeEntry) -> Int {
    for (own, others) in zip(name, other.name) where own != others { return Int(own) - Int(others) }
    func end(_ entry: TreeEntry, _ length: Int) -> Int {
      entry.name.count > length ? Int(entry.name[length]) : entry.isTree ? 0x2f : 0
    }
    let shared = min(name.count, other.name.count)
    return end(self, shared) - end(other, shared)
  }
}

package enum ObjectKind: String, Sendable { case commit, tree, blob, tag }

/// Where objects are read from: a repository, or a batch with what is not published yet.
package protocol ObjectReader {
  /// The content of an object; `limit` in bytes guards against what somebody else made.
  func object(_ id: ObjectID, _ kind: ObjectKind, limit: Int) throws(GitError) -> [UInt8]
}

extension ObjectReader {
  package func object(_ id: ObjectID, _ kind: ObjectKind) throws(GitError) -> [UInt8] {
    try object(id, kind, limit: .max)
  }

  /// `limit` in bytes; git makes commits of a few hundred.
  package func commit(_ id: ObjectID, limit: Int = 64 << 20) throws(GitError) -> Commit {
    let bytes = try object(id, .commit, limit: limit)
    guard let commit = Commit(id: id, parsing: bytes) else {
      throw GitError(.invalid, "commit \(id) is malformed")
    }
    return commit
  }

  package func tree(_ id: ObjectID, limit: Int = .max) throws(GitError) -> [TreeEntry] {
    id.isEmptyTree ? [] : try TreeEntry.parse(try object(id, .tree, limit: limit), of: id)
  }
}

extension ObjectBatch: ObjectReader {}

extension Repository: ObjectReader {
  package func object(_ id: ObjectID, _ kind: ObjectKind, limit: Int) throws(GitError) -> [UInt8] {
    if let content = packed.content(of: id, kind, limit: limit) { return content }
    return try backend.objects.read(id, kind, limit: limit)
  }

  /// Throws `.missing` if there is no such object.
  func kind(of id: ObjectID) throws(GitError) -> ObjectKind {
    guard let header = try backend.objects.header(of: id) else { throw GitError.notFound(id) }
    return header.kind
  }

  package func contains(_ id: ObjectID) throws(GitError) -> Bool {
    try backend.objects.header(of: id) != nil
  }

  /// The name that an object with this content has, stored or not.
  package func name(of bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    try bytes.lend { (raw) throws(GitError) in try objectFormat.name(of: raw, as: kind) }
  }
}

extension GitError {
  static func notFound(_ id: ObjectID) -> GitError {
    GitError(.missing, "cannot read object \(id): it is not found")
  }

  static func tooLarge(_ id: ObjectID, _ size: Int, limit: Int) -> GitError {
    GitError(.tooLarge, "object \(id) has \(size) bytes, more than the \(limit) allowed")
  }
}

extension TreeEntry {
  /// Takes the tree `id` apart.
  static func parse(_ bytes: [UInt8], of id: ObjectID) throws(GitError) -> [TreeEntry] {
    var cursor = TreeCursor(bytes, of: id)
    var entries: [TreeEntry] = []
    while let entry = cursor.entry {
      entries.append(entry)
      cursor.advance()
    }
    try cursor.requireEnd()
    return entries
  }
}

/// A place in the content of a tree, which is mode, a space, name, a NUL and the bytes of an object name, again and
/// again. Nothing is taken apart that is not asked for.
struct TreeCursor {
  private let id: ObjectID
  private let bytes: [UInt8]
  private var start = 0
  /// Where the name begins and ends, and where the entry ends.
  private var (name, nul, end) = (0, 0, 0)

  init(_ bytes: [UInt8], of id: ObjectID) {
    self.id = id
    self.bytes = bytes
    find()
  }

  /// Behind the last entry, or at bytes that are none.
  var isAtEnd: Bool { end == start }

  func requireEnd() throws(GitError) {
    guard start == bytes.count else { throw GitError(.invalid, "tree \(id) is malformed") }
  }

  var entry: TreeEntry? {
    guard !isAtEnd, let target = ObjectID(bytes: bytes[(nul + 1)..<end]) else { return nil }
    return TreeEntry(
      mode: String(decoding: bytes[start..<(name - 1)], as: UTF8.self), name: Array(bytes[name..<nul]),
      id: target)
  }

  /// Whether both stand at the same entry.
  func matches(_ other: TreeCursor) -> Bool {
    guard !isAtEnd, end - start == other.end - other.start else { return false }
    // Slices are compared byte by byte, which takes longer than all the rest.
    return bytes[start..<end].lend { own in
      other.bytes[other.start..<other.end].lend { other in
        own.baseAddress.flatMap { own in other.baseAddress.map { memcmp(own, $0, end - start) == 0 } } ?? true
      }
    }
  }

  /// Whether an entry from here on has this name.
  func holds(_ wanted: [UInt8]) -> Bool {
    var cursor = self
    while !cursor.isAtEnd {
      if cursor.bytes[cursor.name..<cursor.nul] == wanted[...] { return true }
      cursor.advance()
    }
    return false
  }

  mutating func advance() {
    start = end
    find()
  }

  private mutating func find() {
    guard let space = place(of: UInt8(ascii: " "), from: start), let nul = place(of: 0, from: space),
      bytes.count - nul > id.byteCount
    else { return }
    (name, self.nul, end) = (space + 1, nul, nul + 1 + id.byteCount)
  }

  private func place(of byte: UInt8, from start: Int) -> Int? {
    bytes[start...].lend { rest in
      rest.baseAddress.flatMap { first in
        memchr(first, Int32(byte), rest.count).map { start + (UnsafeRawPointer($0) - first) }
      }
    }
  }
}

extension ObjectKind {
  var raw: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    case .tag: GIT_OBJECT_TAG
    }
  }
}

extension Commit {
  /// Header lines, an empty line, the message: the format of gitformat-commit. Nil if a part is missing.
  ///
  /// Read byte by byte: to `String`, a carriage return and a line feed are one character, not the end of a line.
  init?(id: ObjectID, parsing bytes: [UInt8]) {
    var tree: ObjectID?
    var parents: [ObjectID] = []
    var committer = ""
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: rest[..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      if line.isEmpty { break }
      // A line of a signature or of a tag that was merged starts with a space.
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard words.count == 2 else { continue }
      switch words[0] {
      case "tree" where tree == nil: tree = ObjectID(words[1])
      case "parent":
        guard let parent = ObjectID(words[1]) else { return nil }
        parents.append(parent)
      case "committer" where committer.isEmpty: committer = String(words[1])
      default: break
      }
    }
    guard let tree, let identity = Self.identity(committer) else { return nil }
    self.init(
      id: id, tree: tree, parents: parents, time: identity.seconds, committerEmail: identity.email,
      message: String(decoding: rest, as: UTF8.self))
  }

  /// Takes `Name <email> seconds zone` apart.
  private static func identity(_ text: String) -> (email: String, seconds: Int64)? {
    let scalars = text.unicodeScalars
    guard let end = scalars.lastIndex(of: ">") else { return nil }
    let start = scalars[..<end].firstIndex(of: "<").map(scalars.index(after:)) ?? end
    let words = String(scalars[scalars.index(after: end)...]).split(separator: " ")
    guard let seconds = words.first.flatMap({ Int64($0) }) else { return nil }
    return (String(scalars[start..<end]), seconds)
  }
}
