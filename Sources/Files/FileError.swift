#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A system call on a file that failed.
package struct FileError: Error, Equatable, CustomStringConvertible {
  /// What was tried, as a verb: `open`, `write`, `rename`.
  package let operation: String
  /// The path as it was given to the system.
  package let path: String
  /// The `errno` value of the call.
  package let code: Int32

  package init(_ operation: String, _ path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The system's own words for ``code``.
  package var reason: String { String(cString: strerror(code)) }

  package var description: String { "cannot \(operation) '\(path)': \(reason)" }

  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  /// A file or a link stands where a folder was expected.
  package var isNoDirectory: Bool { code == ENOTDIR || code == ELOOP }
  /// Something else than a regular file has the name.
  package var isOfAnotherKind: Bool { code == EINVAL || code == ENXIO || code == EISDIR }
  /// A folder stands where a file was expected.
  package var isDirectory: Bool { code == EISDIR }
  /// A lock is held by another process.
  package var isContended: Bool { code == EWOULDBLOCK }
  package var isExisting: Bool { code == EEXIST }
  /// The two names of a call lie on different disks.
  package var isOfOtherDisk: Bool { code == EXDEV }
  package var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }
  package var isNotPermitted: Bool { code == EACCES || code == EPERM || code == EROFS }
}

/// Repeats a call for as long as a signal interrupts it, and turns -1 into a ``FileError``.
@discardableResult
func checked<Result: BinaryInteger>(
  _ operation: String, _ path: String, _ call: () -> Result
) throws(FileError) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    if errno != EINTR { throw FileError(operation, path) }
  }
}
