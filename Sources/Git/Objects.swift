import Clibgit2

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
  package var subject: String { message.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? "" }
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
}

package enum ObjectKind: Sendable { case commit, tree, blob, tag }

extension Repository {
  /// The content of an object; `limit` in bytes guards against what somebody else made.
  package func object(_ id: ObjectID, _ kind: ObjectKind, limit: Int = .max) throws(GitError) -> [UInt8] {
    var oid = try id.raw
    let database = database.pointer
    var size = 0
    var type = GIT_OBJECT_INVALID
    try check(git_odb_read_header(&size, &type, database, &oid), "read object \(id)")
    guard type == kind.raw else { throw GitError(.invalid, "object \(id) is not a \(kind)") }
    guard size <= limit else {
      throw GitError(.invalid, "object \(id) has \(size) bytes, more than the \(limit) allowed")
    }
    let object = try Handle("read object \(id)", release: git_odb_object_free) {
      git_odb_read(&$0, database, &oid)
    }
    let bytes = UnsafeRawBufferPointer(
      start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer))
    return Array(bytes)
  }

  package func contains(_ id: ObjectID) throws(GitError) -> Bool {
    var oid = try id.raw
    return git_odb_exists(database.pointer, &oid) == 1
  }

  package func commit(_ id: ObjectID) throws(GitError) -> Commit {
    let bytes = try object(id, .commit)
    guard let commit = Commit(id: id, parsing: bytes) else {
      throw GitError(.invalid, "commit \(id) is malformed")
    }
    return commit
  }

  package func tree(_ id: ObjectID) throws(GitError) -> [TreeEntry] {
    if id == .emptyTree { return [] }
    var rest = try object(id, .tree)[...]
    var entries: [TreeEntry] = []
    while let space = rest.firstIndex(of: UInt8(ascii: " ")), let end = rest.firstIndex(of: 0), space < end,
      rest.endIndex - end > 20
    {
      let mode = String(decoding: rest[..<space], as: UTF8.self)
      let id = ObjectID(bytes: rest[(end + 1)..<(end + 21)])
      entries.append(TreeEntry(mode: mode, name: Array(rest[(space + 1)..<end]), id: id))
      rest = rest[(end + 21)...]
    }
    guard rest.isEmpty else { throw GitError(.invalid, "tree \(id) is malformed") }
    return entries
  }

  /// The name that an object with this content has, stored or not.
  package func name(of bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    try Library.start()
    var oid = git_oid()
    try check(git_odb_hash(&oid, bytes, bytes.count, kind.raw), "hash an object")
    return ObjectID(oid)
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
  init?(id: ObjectID, parsing bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    var tree: ObjectID?
    var parents: [ObjectID] = []
    var committer: Substring = ""
    var rest = text[...]
    while let end = rest.firstIndex(of: "\n") {
      let line = rest[..<end]
      rest = rest[rest.index(after: end)...]
      if line.isEmpty { break }
      if line.hasPrefix("tree ") { tree = ObjectID(line.dropFirst(5)) }
      if line.hasPrefix("parent ") {
        guard let parent = ObjectID(line.dropFirst(7)) else { return nil }
        parents.append(parent)
      }
      if line.hasPrefix("committer ") { committer = line.dropFirst(10) }
    }
    let identity = committer.split(separator: ">", maxSplits: 1)
    guard let tree, identity.count == 2,
      let seconds = identity[1].split(separator: " ").first.flatMap({ Int64($0) })
    else { return nil }
    let email = identity[0].split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
    self.init(
      id: id, tree: tree, parents: parents, time: seconds, committerEmail: String(email),
      message: String(rest))
  }
}
