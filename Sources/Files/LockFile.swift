#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is replaced under git's kind of lock: `<path>.lock`, which is created anew, filled and renamed.
///
/// The lock is gone with the value, unless it was renamed.
package struct LockFile: ~Copyable {
  private let descriptor: Descriptor
  private let path: String
  private var isRenamed = false

  private var lock: String { path + ".lock" }

  /// Throws `EEXIST` if another process holds the lock, and `ENOENT` if the folder is not there.
  ///
  /// If the folder `model` is one that a group shares, the file gets its permissions, which go beyond what the
  /// user's mask allows.
  package init(_ path: String, permissionsOf model: String) throws(FileError) {
    let made = try Descriptor(opening: path + ".lock", flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    do {
      var raw = stat()
      try checked("look at", model) { stat(model, &raw) }
      if raw.st_mode & (S_ISGID | S_IWGRP) != 0 {
        try made.setPermissions(try made.status().permissions | UInt32(raw.st_mode & 0o666))
      }
    } catch {
      unlink(path + ".lock")
      throw error
    }
    descriptor = made
    self.path = path
  }

  deinit { if !isRenamed { unlink(lock) } }

  /// Makes `bytes` the content of the file, durable when this returns. Without `isLasting`, a crash may bring back what
  /// it was before.
  package mutating func replace(with bytes: [UInt8], isLasting: Bool = true) throws(FileError) {
    try descriptor.write(bytes)
    try descriptor.synchronize()
    try Files.rename(lock, to: path)
    isRenamed = true
    if isLasting { try Files.synchronizeDirectory(Files.parent(of: path)) }
  }
}
