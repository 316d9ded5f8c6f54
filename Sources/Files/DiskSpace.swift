#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Room on disks.
extension Files {
  /// What this user may still write to the disk on which a folder lies, in bytes.
  package static func availableSpace(at path: String) throws(FileError) -> Int {
    var raw = statvfs()
    try checked("look at", path) { statvfs(path, &raw) }
    return Int(clamping: raw.f_bavail) * Int(clamping: raw.f_frsize)
  }

  /// Creates a file of so many bytes for which there is room on the disk; what stands in them is nobody's.
  package static func allocate(_ size: Int, at path: String) throws(FileError) {
    let descriptor = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    #if canImport(Glibc)
      let code = posix_fallocate(descriptor.number, 0, off_t(size))
    #else
      // There is no call that promises it.
      let code = ENOTSUP
    #endif
    guard code == 0 else {
      unlink(path)
      throw FileError("create", path, code: code)
    }
  }
}
