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
  /// Whether it was filled, and made durable, before it became the lock.
  private let isFilled: Bool

  private var lock: String { path + ".lock" }

  /// Throws `EEXIST` if another process holds the lock, and `ENOENT` if the folder is not there.
  ///
  /// If the folder `model` is one that a group shares, the file gets its permissions, which go beyond what the
  /// user's mask allows.
  ///
  /// If `prepared` is a durable file with the new content, the lock becomes a second name of it, where that can be
  /// done: then nothing has to wait for the disk while the lock is held.
  package init(_ path: String, permissionsOf model: String, prepared: String? = nil) throws(FileError) {
    let lock = path + ".lock"
    let isFilled = try prepared.map { (file) throws(FileError) in try Files.link(file, to: lock) } ?? false
    let made: Descriptor
    do throws(FileError) {
      let creating = isFilled ? 0 : O_CREAT | O_EXCL
      made = try Descriptor(opening: lock, flags: O_WRONLY | O_CLOEXEC | creating)
    } catch {
      if isFilled { unlink(lock) }
      throw error
    }
    do {
      var raw = stat()
      try checked("look at", model) { stat(model, &raw) }
      if raw.st_mode & (S_ISGID | S_IWGRP) != 0 {
        try made.setPermissions(try made.status().permissions | UInt32(raw.st_mode & 0o666))
      }
    } catch {
      unlink(lock)
      throw error
    }
    descriptor = made
    self.path = path
    self.isFilled = isFilled
  }

  deinit { if !isRenamed { unlink(lock) } }

  /// Makes `bytes` the content of the file, durable when this returns. Without `isLasting`, a crash may bring back what
  /// it was before. What was prepared must be the same bytes.
  package mutating func replace(with bytes: [UInt8], isLasting: Bool = true) throws(FileError) {
    if !isFilled {
      try descriptor.write(bytes)
      try descriptor.synchronize()
    }
    try Files.rename(lock, to: path)
    isRenamed = true
    if isLasting { try Files.synchronizeDirectory(Files.parent(of: path)) }
  }
}
