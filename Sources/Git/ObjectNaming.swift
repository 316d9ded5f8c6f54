import Clibgit2

extension ObjectFormat {
  /// The name of an object with this content.
  func name(of bytes: UnsafeRawBufferPointer, as kind: ObjectKind) throws(GitError) -> ObjectID {
    guard self == .sha1 else {
      var digest = Digest(self)
      digest.update(Self.header(kind, size: bytes.count))
      digest.update(bytes)
      return digest.finish()
    }
    var oid = git_oid()
    var empty: UInt8 = 0
    let code = withUnsafePointer(to: &empty) { none in
      git_odb_hash(&oid, bytes.baseAddress ?? UnsafeRawPointer(none), bytes.count, kind.raw)
    }
    try check(code, "hash an object")
    return ObjectID(oid)
  }

  /// Names an object that comes piece by piece.
  func naming(_ kind: ObjectKind, size: Int) throws(GitError) -> ObjectNaming {
    self == .sha1 ? .libgit2(try StreamName(kind, size: size)) : .own(OwnName(self, kind, size: size))
  }

  /// What is hashed before the content.
  fileprivate static func header(_ kind: ObjectKind, size: Int) -> [UInt8] { Array("\(kind) \(size)\0".utf8) }
}

/// Finds the name of an object that comes piece by piece.
enum ObjectNaming {
  case libgit2(StreamName)
  case own(OwnName)

  func update(_ bytes: [UInt8]) throws(GitError) {
    switch self {
    case .libgit2(let name): try name.update(bytes)
    case .own(let name): name.digest.update(bytes)
    }
  }

  /// To be called once, after the last piece.
  func finish() throws(GitError) -> ObjectID {
    switch self {
    case .libgit2(let name): try name.finish()
    case .own(let name): name.digest.finish()
    }
  }
}

final class OwnName {
  fileprivate var digest: Digest

  fileprivate init(_ format: ObjectFormat, _ kind: ObjectKind, size: Int) {
    digest = Digest(format)
    digest.update(ObjectFormat.header(kind, size: size))
  }
}

/// Hashes as libgit2 does, which finds collision attacks: it offers that for a stream into an object database, so
/// here is one that keeps nothing.
final class StreamName {
  private let database: Handle
  private let stream: UnsafeMutablePointer<git_odb_stream>

  fileprivate init(_ kind: ObjectKind, size: Int) throws(GitError) {
    database = try Handle("hash an object", release: git_odb_free) { git_odb_new(&$0) }
    let backend = UnsafeMutablePointer<git_odb_backend>.allocate(capacity: 1)
    git_odb_init_backend(backend, UInt32(GIT_ODB_BACKEND_VERSION))
    backend.pointee.writestream = { made, backend, _, _ in
      let stream = UnsafeMutablePointer<git_odb_stream>.allocate(capacity: 1)
      stream.initialize(to: git_odb_stream())
      stream.pointee.backend = backend
      stream.pointee.mode = UInt32(GIT_STREAM_WRONLY.rawValue)
      stream.pointee.write = { _, _, _ in 0 }
      stream.pointee.finalize_write = { _, _ in 0 }
      stream.pointee.free = { $0?.deallocate() }
      made?.pointee = stream
      return 0
    }
    backend.pointee.free = { $0?.deallocate() }
    try check(git_odb_add_backend(database.pointer, backend, 1), "hash an object")
    var opened: UnsafeMutablePointer<git_odb_stream>?
    try check(
      git_odb_open_wstream(&opened, database.pointer, git_object_size_t(size), kind.raw), "hash an object")
    guard let opened else { throw GitError(.other, "cannot hash an object") }
    stream = opened
  }

  deinit { git_odb_stream_free(stream) }

  fileprivate func update(_ bytes: [UInt8]) throws(GitError) {
    let code = bytes.withUnsafeBytes {
      git_odb_stream_write(stream, $0.bindMemory(to: CChar.self).baseAddress, $0.count)
    }
    try check(code, "hash an object")
  }

  fileprivate func finish() throws(GitError) -> ObjectID {
    var oid = git_oid()
    try check(git_odb_stream_finalize_write(&oid, stream), "hash an object")
    return ObjectID(oid)
  }
}
