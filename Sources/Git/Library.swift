import Clibgit2

/// The process-wide state of libgit2.
enum Library {
  /// Starts libgit2 once. After a failed start every later call would crash, so its result is checked here.
  static func start() throws(GitError) { if let failure { throw failure } }

  private static let failure: GitError? = {
    guard git_libgit2_init() > 0 else { return GitError(.other, "libgit2 cannot start") }
    do throws(GitError) {
      // The git executable has judged the owner already, by the user's own safe.directory.
      try check(clibgit2_set_owner_validation(0), "set libgit2 up")
      try check(clibgit2_enable_fsync_gitdir(1), "set libgit2 up")
      // As git itself: objects are checked when they come in, by a fetch or a clone, and by `git fsck`.
      try check(clibgit2_enable_strict_hash_verification(0), "set libgit2 up")
      try check(acceptExtensions(), "set libgit2 up")
      return nil
    } catch {
      return error
    }
  }()

  /// Extensions that change nothing about objects and references, the two things that are read through libgit2.
  private static func acceptExtensions() -> Int32 {
    let names: [StaticString] = ["worktreeconfig", "preciousobjects", "partialclone", "relativeworktrees"]
    let pointers: [UnsafePointer<CChar>?] = names.map { name in
      UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }
    return pointers.withUnsafeBufferPointer {
      clibgit2_set_extensions(UnsafeMutablePointer(mutating: $0.baseAddress), $0.count)
    }
  }
}

/// Throws libgit2's error for a negative `code`. `what` says what was tried, as a verb with its object.
///
/// The error belongs to the thread: it is read here, directly after the call.
func check(_ code: Int32, _ what: @autoclosure () -> String) throws(GitError) {
  guard code < 0 else { return }
  let message = git_error_last().map { String(cString: $0.pointee.message) }
  git_error_clear()
  let kind: GitError.Kind =
    switch git_error_code(rawValue: code) {
    case GIT_ENOTFOUND: .missing
    case GIT_ELOCKED: .locked
    case GIT_EMODIFIED, GIT_EEXISTS: .moved
    case GIT_EINVALIDSPEC: .invalid
    case GIT_EBAREREPO: .bareRepository
    default:
      if message?.contains("No space left") == true || message?.contains("quota exceeded") == true {
        .fullDisk
      } else if message?.contains("denied") == true || message?.contains("Read-only") == true {
        .notPermitted
      } else {
        .other
      }
    }
  throw GitError(kind, "cannot \(what()): \(message ?? "libgit2 gives error \(code)")")
}

/// Calls that give a negative code for "not there" return false for it; other failures throw.
func found(_ code: Int32, _ what: @autoclosure () -> String) throws(GitError) -> Bool {
  if code == GIT_ENOTFOUND.rawValue {
    git_error_clear()
    return false
  }
  try check(code, what())
  return true
}

/// The one owner of a libgit2 object.
struct Handle: ~Copyable {
  let pointer: OpaquePointer
  private let release: (OpaquePointer?) -> Void

  /// Takes what `create` makes; `release` is libgit2's function that frees it.
  init(
    _ what: @autoclosure () -> String, release: @escaping (OpaquePointer?) -> Void,
    _ create: (inout OpaquePointer?) -> Int32
  ) throws(GitError) {
    var created: OpaquePointer?
    try check(create(&created), what())
    guard let created else { throw GitError(.other, "cannot \(what())") }
    pointer = created
    self.release = release
  }

  deinit { release(pointer) }
}

extension ObjectID {
  init(_ raw: git_oid) {
    let id = Swift.withUnsafeBytes(of: raw.id) { ObjectID(bytes: $0) }
    self = id ?? .none
  }

  /// libgit2 knows names of 20 bytes alone.
  var raw: git_oid {
    get throws(GitError) {
      guard byteCount == 20 else {
        throw GitError(.unsupported, "libgit2 cannot read the object name \(hex)")
      }
      var oid = git_oid()
      withUnsafeBytes { bytes in Swift.withUnsafeMutableBytes(of: &oid.id) { $0.copyMemory(from: bytes) } }
      return oid
    }
  }
}
