#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The one owner of an open file descriptor.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32
  private let path: String

  init(opening path: String, flags: Int32) throws(FileError) {
    number = try checked("open", path) { open(path, flags, 0o666) }
    self.path = path
  }

  /// Another handle on standard input. It may be a socket, which cannot be opened by a name.
  static func standardInput() throws(FileError) -> Descriptor {
    try Descriptor(
      number: checked("read", "standard input") { fcntl(0, F_DUPFD_CLOEXEC, 3) }, "standard input")
  }

  init(number: Int32, _ path: String) {
    self.number = number
    self.path = path
  }

  /// Opens `name` below an open folder; `path` is what errors call it.
  init(opening name: [UInt8], in directory: Int32, flags: Int32, path: String) throws(FileError) {
    number = try checked("open", path) { withPath(name) { openat(directory, $0, flags, 0o666) } }
    self.path = path
  }

  /// Opens a name that ends with a zero byte.
  init(opening name: UnsafePointer<CChar>, in directory: Int32, flags: Int32) throws(FileError) {
    let path = String(cString: name)
    number = try checked("open", path) { openat(directory, name, flags) }
    self.path = path
  }

  deinit { close(number) }

  func status() throws(FileError) -> FileStatus {
    var raw = stat()
    try checked("look at", path) { fstat(number, &raw) }
    return FileStatus(raw)
  }

  /// At most `count` bytes; none at the end.
  func read(upTo count: Int) throws(FileError) -> [UInt8] {
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FileError) {
        initialized = try checked("read", path) { platformRead(number, buffer.baseAddress, count) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  func readToEnd(limit: Int) throws(FileError) -> [UInt8] {
    func require(_ size: Int) throws(FileError) {
      if size > limit { throw FileError("read", path, code: EFBIG) }
    }
    let size = Int(try status().size)
    try require(size)
    // A pipe has no size, and a file of the kernel's may tell none. The rest came meanwhile.
    var bytes = try read(upTo: size > 0 ? size : 1 << 16)
    while true {
      try require(bytes.count)
      let chunk = try read(upTo: 1 << 16)
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  func write(_ bytes: [UInt8]) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = try checked("write", path) {
        rest.withUnsafeBytes { platformWrite(number, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Makes `bytes` the content; nothing must have been read or written before.
  func fill(with bytes: [UInt8]) throws(FileError) {
    try write(bytes)
    try checked("shorten", path) { ftruncate(number, off_t(bytes.count)) }
  }

  /// Takes over the time of another file's last change, to the nanosecond.
  func setModified(as other: borrowing Descriptor) throws(FileError) {
    var raw = stat()
    try checked("look at", other.path) { fstat(other.number, &raw) }
    #if canImport(Glibc)
      let times = [raw.st_atim, raw.st_mtim]
    #else
      let times = [raw.st_atimespec, raw.st_mtimespec]
    #endif
    try checked("set the time of", path) { futimens(number, times) }
  }

  func setModified(seconds: Int64) throws(FileError) {
    let time = timespec(tv_sec: time_t(seconds), tv_nsec: 0)
    try checked("set the time of", path) { futimens(number, [time, time]) }
  }

  func setPermissions(_ permissions: UInt32) throws(FileError) {
    try checked("set the mode of", path) { fchmod(number, mode_t(permissions)) }
  }

  func synchronize() throws(FileError) {
    try checked("synchronize", path) { fsync(number) }
  }
}

private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

private func platformWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}

/// Lends bytes as the NUL-terminated path that system calls take.
func withPath<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  let terminated = bytes.map(CChar.init(bitPattern:)) + [0]
  return terminated.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return "".withCString(body) }
    return body(base)
  }
}
