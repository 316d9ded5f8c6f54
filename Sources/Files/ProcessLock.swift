#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A lock on a file that tells who holds it (`fcntl`), released with the value or when the process dies. A process
/// must open the file but once.
package struct ProcessLock: ~Copyable {
  private let descriptor: Descriptor

  /// Nil if another process holds it.
  package init?(_ path: String) throws(FileError) {
    let descriptor = try Descriptor(opening: path, flags: O_RDWR | O_CREAT | O_CLOEXEC)
    var lock = Self.whole
    guard fcntl(descriptor.number, F_SETLK, &lock) == 0 else {
      if errno == EACCES || errno == EAGAIN { return nil }
      throw FileError("lock", path)
    }
    self.descriptor = descriptor
  }

  /// Runs `body`, and then lets go of the lock.
  package consuming func whileHeld<Result>(_ body: () throws -> Result) throws -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body()
  }

  /// The process that holds a lock; nil if none does.
  package static func holder(of path: String) throws(FileError) -> Int32? {
    guard try Files.status(path) != nil else { return nil }
    let descriptor = try Descriptor(opening: path, flags: O_RDWR | O_CLOEXEC)
    var lock = whole
    try checked("look at the lock", path) { fcntl(descriptor.number, F_GETLK, &lock) }
    return lock.l_type == Int16(F_UNLCK) ? nil : lock.l_pid
  }

  /// Asks a process to end. False if it is gone or not ours.
  package static func end(_ process: Int32) -> Bool { process > 0 && kill(process, SIGTERM) == 0 }

  private static var whole: flock {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return lock
  }
}
