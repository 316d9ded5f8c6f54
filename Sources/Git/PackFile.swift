import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A new file that is written and read at any place.
struct PackFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Git takes no notice of a file with such a name in a folder of packs.
  init(in folder: String) throws(FileError) {
    var template = Array((folder + "/incoming-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw FileError("create a file in", folder) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { close(descriptor) }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
      if count < 0 && errno != EINTR { throw FileError("write", path) }
      done += max(0, count)
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    try bytes.lend { (raw) throws(FileError) in try write(raw, at: offset) }
  }

  /// `count` bytes, which must be there.
  func read(_ count: Int, at offset: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      while initialized < count {
        let got = pread(
          descriptor, target.baseAddress?.advanced(by: initialized), count - initialized,
          off_t(offset + initialized))
        if got > 0 {
          initialized += got
        } else if got == 0 || errno != EINTR {
          failure = FileError("read", path, code: got == 0 ? EIO : errno)
          return
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Forgets what lies behind the first `size` bytes.
  func truncate(to size: Int) throws(FileError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileError("shorten", path) }
  }

  func setPermissions(_ permissions: UInt32) throws(FileError) {
    guard fchmod(descriptor, mode_t(permissions)) == 0 else { throw FileError("set the mode of", path) }
  }
}

extension PackFile {
  /// Gives a file a second name. True also if that name is taken, which names of what they hold allow; false where
  /// links cannot be made.
  static func link(_ source: String, to target: String) throws(FileError) -> Bool {
    do throws(FileError) {
      return try Files.link(source, to: target)
    } catch  where error.isExisting {
      return true
    }
  }

  static func setPermissions(_ permissions: UInt32, of path: String) throws(FileError) {
    guard chmod(path, mode_t(permissions)) == 0 else { throw FileError("set the mode of", path) }
  }

  /// The permissions that a file in the object database gets: nobody writes to it, and in a repository that is
  /// shared all those read it who may read its folder, whatever the user's mask says.
  static func objectPermissions(in folder: String) -> UInt32 {
    var raw = stat()
    let isShared = stat(folder, &raw) == 0 && raw.st_mode & S_IWGRP != 0
    return 0o444 & (isShared ? UInt32(raw.st_mode) : ~Files.mask)
  }
}

extension Array where Element == UInt8 {
  /// `withUnsafeBytes` that keeps the type of what `body` throws.
  func lend<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try self[...].lend(body)
  }
}

extension ArraySlice where Element == UInt8 {
  /// `withUnsafeBytes` that keeps the type of what `body` throws.
  func lend<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { (buffer) throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
  }
}
