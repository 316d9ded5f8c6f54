#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An advisory lock on a file (`flock`), released with the value or when the process dies.
package struct FileLock: ~Copyable {
  private let descriptor: Descriptor

  /// Waits at most `milliseconds` for the lock; `EWOULDBLOCK` is thrown when another process keeps it.
  package init(_ path: String, milliseconds: Int) throws(FileError) {
    let descriptor = try Self.open(path)
    try Self.wait(for: descriptor.number, path: path, milliseconds: milliseconds)
    self.descriptor = descriptor
  }

  /// A file of another user need not be written to be locked.
  private static func open(_ path: String) throws(FileError) -> Descriptor {
    do throws(FileError) {
      let descriptor = try Descriptor(opening: path, flags: O_RDWR | O_CREAT | O_CLOEXEC)
      Files.share(path)
      return descriptor
    } catch  where error.isNotPermitted {
      let reason = error
      do throws(FileError) {
        return try Descriptor(opening: path, flags: O_RDONLY | O_CLOEXEC)
      } catch {
        // There is none, and none can be made.
        throw error.isMissing ? reason : error
      }
    }
  }

  /// Runs `body` while the lock is held.
  package static func held<Result: ~Copyable>(
    _ path: String, milliseconds: Int, _ body: () throws -> Result
  ) throws -> Result {
    try FileLock(path, milliseconds: milliseconds).whileHeld(body)
  }

  /// Runs `body`, and then lets go of the lock.
  package consuming func whileHeld<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body()
  }

  private static func wait(for descriptor: Int32, path: String, milliseconds: Int) throws(FileError) {
    let step = 5
    var waited = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, waited < milliseconds else {
        throw FileError("lock", path)
      }
      usleep(UInt32(step * 1000))
      waited += step
    }
  }
}
