#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A regular file that is open for reading.
package struct OpenFile: ~Copyable {
  private let descriptor: Descriptor
  /// What it was when it was opened.
  package let status: FileStatus

  fileprivate static let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC

  fileprivate init(_ descriptor: consuming Descriptor, called name: @autoclosure () -> String)
    throws(FileError)
  {
    let status = try descriptor.status()
    guard status.kind == .file else { throw FileError("read", name(), code: EINVAL) }
    self.descriptor = descriptor
    self.status = status
  }

  /// `EINVAL` for what is no file; a link is not followed, and a pipe is not waited for.
  package init(_ path: String) throws(FileError) { try self.init(Array(path.utf8)) }

  package init(_ path: [UInt8]) throws(FileError) {
    let name = String(decoding: path, as: UTF8.self)
    try self.init(
      try Descriptor(opening: path, in: AT_FDCWD, flags: Self.flags, path: name), called: name)
  }

  /// The same for what a link of this name leads to. No device is opened to see that it is none: some do things then.
  package init(target path: String) throws(FileError) {
    var raw = stat()
    try checked("look at", path) { stat(path, &raw) }
    guard FileStatus(raw).kind == .file else { throw FileError("read", path, code: EINVAL) }
    // It may be another one by now.
    try self.init(try Descriptor(opening: path, flags: Self.flags & ~O_NOFOLLOW), called: path)
  }

  package var descriptorNumber: Int32 { descriptor.number }

  /// What it is now.
  package func currentStatus() throws(FileError) -> FileStatus { try descriptor.status() }

  /// Makes the next reading begin at this byte.
  package func seek(to offset: Int) throws(FileError) {
    guard lseek(descriptor.number, off_t(offset), SEEK_SET) >= 0 else { throw FileError("read", "a file") }
  }

  /// At most `count` bytes; none at the end.
  package func read(upTo count: Int) throws(FileError) -> [UInt8] { try descriptor.read(upTo: count) }

  /// All of it, in one piece as large as the file was when it was opened, or larger if it grows meanwhile.
  package func readToEnd() throws(FileError) -> [UInt8] {
    // One byte more tells the end: a regular file gives all that it has.
    var bytes = try descriptor.read(upTo: Int(status.size) + 1)
    while bytes.count > status.size {
      let more = try descriptor.read(upTo: 1 << 16)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// `EFBIG` for more than `limit` bytes.
  package func readToEnd(limit: Int) throws(FileError) -> [UInt8] { try descriptor.readToEnd(limit: limit) }
}

extension Directory {
  /// Opens a regular file. Whatever else has the name is `EINVAL`, a link `ELOOP`; a pipe is not waited for.
  package func openFile(_ name: UnsafePointer<CChar>) throws(FileError) -> OpenFile {
    try OpenFile(try open(name, flags: OpenFile.flags), called: String(cString: name))
  }

  /// The same for what a link of this name leads to.
  package func openTarget(_ name: [UInt8]) throws(FileError) -> OpenFile {
    try OpenFile(try open(name, flags: OpenFile.flags & ~O_NOFOLLOW), called: path(of: name))
  }

  /// The bytes of a link.
  package func linkTarget(_ name: UnsafePointer<CChar>) throws(FileError) -> [UInt8] {
    var capacity = 256
    while true {
      var failure: FileError?
      let target = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        do throws(FileError) { count = try readLink(name, into: buffer) } catch { failure = error }
      }
      if let failure { throw failure }
      if target.count < capacity { return target }
      capacity *= 4
    }
  }

  /// The content of a regular file.
  package func read(_ name: [UInt8]) throws(FileError) -> [UInt8] {
    try withPath(name) { name in Result { () throws(FileError) in try openFile(name).readToEnd() } }.get()
  }

  package func linkTarget(_ name: [UInt8]) throws(FileError) -> [UInt8] {
    try withPath(name) { name in Result { () throws(FileError) in try linkTarget(name) } }.get()
  }

  private func readLink(
    _ name: UnsafePointer<CChar>, into buffer: UnsafeMutableBufferPointer<UInt8>
  ) throws(FileError) -> Int {
    let raw = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
    guard let raw else { return 0 }
    return try link(name, into: raw, buffer.count)
  }
}
