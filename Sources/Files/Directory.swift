#if canImport(Glibc)
  import Cstatfs
  import Glibc
#else
  import Darwin
#endif

/// An open folder. Every call names one entry of that very folder, so no link and no rename elsewhere can
/// lead it astray.
///
/// Names are bytes of one path component: no `/`, not empty.
package struct Directory: ~Copyable, Sendable {
  private let descriptor: Descriptor
  private let path: String

  package init(_ path: String) throws(FileError) { try self.init(Array(path.utf8)) }

  package init(_ path: [UInt8]) throws(FileError) {
    self.path = String(decoding: path, as: UTF8.self)
    descriptor = try Descriptor(
      opening: path, in: AT_FDCWD, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC, path: self.path)
  }

  private init(_ name: [UInt8], in parent: borrowing Directory) throws(FileError) {
    path = parent.path(of: name)
    descriptor = try Descriptor(
      opening: name, in: parent.descriptor.number, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
      path: path)
  }

  /// A folder in this one; a link in its place is `ENOTDIR` or `ELOOP`.
  package borrowing func open(_ name: [UInt8]) throws(FileError) -> Directory {
    try Directory(name, in: self)
  }

  /// Another handle on the same folder.
  package borrowing func reopen() throws(FileError) -> Directory { try Directory(Array(".".utf8), in: self) }

  /// Of the folder itself.
  package func status() throws(FileError) -> FileStatus { try descriptor.status() }

  /// Of what is in it; nil if nothing is.
  package func status(_ name: [UInt8]) throws(FileError) -> FileStatus? {
    try withPath(name) { name in Result { () throws(FileError) in try status(ofName: name) } }.get()
  }

  /// The same for a name that ends with a zero byte.
  package func status(ofName name: UnsafePointer<CChar>) throws(FileError) -> FileStatus? {
    var raw = stat()
    while fstatat(descriptor.number, name, &raw, AT_SYMLINK_NOFOLLOW) != 0 {
      let error = FileError("look at", path)
      if error.isMissing { return nil }
      if error.code != EINTR {
        throw FileError("look at", "\(path)/\(String(cString: name))", code: error.code)
      }
    }
    return FileStatus(raw)
  }

  /// Whether a path from here, of any form, leads to anything that may be looked at. Links on the way are followed.
  package func leads(to path: [UInt8]) -> Bool {
    var raw = stat()
    return withPath(path) { fstatat(descriptor.number, $0, &raw, AT_SYMLINK_NOFOLLOW) } == 0
  }

  /// Whether the file system is known to give a folder a new time whenever a name in it comes, goes or changes its
  /// kind, at once and for all to see. Those of networks and of programs need not.
  package func keepsFolderTimes() throws(FileError) -> Bool {
    var raw = statfs()
    try checked("look at the file system of", path) { fstatfs(descriptor.number, &raw) }
    #if canImport(Glibc)
      return Self.fileSystems.contains(UInt32(truncatingIfNeeded: raw.f_type))
    #else
      return raw.f_flags & UInt32(MNT_LOCAL) != 0
    #endif
  }

  #if canImport(Glibc)
    /// ext2 to ext4, XFS, Btrfs, F2FS, bcachefs, ZFS, tmpfs and overlayfs, by their numbers (statfs(2)).
    private static let fileSystems: [UInt32] = [
      0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0xca45_1a4e, 0x2fc1_2fc1, 0x0102_1994, 0x794c_7630,
    ]
  #endif

  /// Opens a file in this folder.
  func open(_ name: UnsafePointer<CChar>, flags: Int32) throws(FileError) -> Descriptor {
    try Descriptor(opening: name, in: descriptor.number, flags: flags)
  }

  func open(_ name: [UInt8], flags: Int32) throws(FileError) -> Descriptor {
    try Descriptor(opening: name, in: descriptor.number, flags: flags, path: path(of: name))
  }

  /// Reads a link; the number of bytes, at most `capacity`.
  func link(
    _ name: UnsafePointer<CChar>, into buffer: UnsafeMutablePointer<CChar>, _ capacity: Int
  ) throws(FileError) -> Int {
    try checked("read link", path) { readlinkat(descriptor.number, name, buffer, capacity) }
  }

  /// The names in this folder, without `.` and `..`, sorted.
  package func names() throws(FileError) -> [[UInt8]] {
    let listing = FolderListing()
    try list(into: listing)
    return listing.entries.map { Array(listing.name($0)) }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A stream of the names, to be closed by the caller. It owns its descriptor and moves its position, so it gets
  /// one of its own.
  func openStream() throws(FileError) -> OpaquePointer {
    let own = try checked("list", path) { openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(own) else { throw FileError("list", path) }
    return stream
  }

  /// What comes next in a stream; nil at the end.
  func next(in stream: OpaquePointer) throws(FileError) -> UnsafeMutablePointer<dirent>? {
    // It alone tells the end from an error.
    errno = 0
    let entry = readdir(stream)
    if entry == nil, errno != 0 { throw FileError("list", path) }
    return entry
  }

  package func makeDirectory(_ name: [UInt8]) throws(FileError) {
    try checked("create folder", path(of: name)) { withPath(name) { mkdirat(descriptor.number, $0, 0o777) } }
  }

  package func removeFile(_ name: [UInt8]) throws(FileError) {
    try checked("remove", path(of: name)) { withPath(name) { unlinkat(descriptor.number, $0, 0) } }
  }

  /// Removes an empty folder; false if it is not empty, is in use, or may not be removed.
  package func removeDirectoryIfEmpty(_ name: [UInt8]) throws(FileError) -> Bool {
    do {
      try checked("remove folder", path(of: name)) {
        withPath(name) { unlinkat(descriptor.number, $0, AT_REMOVEDIR) }
      }
      return true
    } catch
      where error.code == ENOTEMPTY || error.isExisting || error.code == EBUSY || error.isMissing
      || error.isNotPermitted
    {
      return false
    }
  }

  /// Moves a file or link from another place to `name`, replacing a file or link there. Across file systems it
  /// is copied next to its place first, so that the place itself changes in one step.
  package func take(_ source: [UInt8], as name: [UInt8]) throws(FileError) {
    do {
      try checked("put in place", path(of: name)) {
        withPath(source) { from in withPath(name) { renameat(AT_FDCWD, from, descriptor.number, $0) } }
      }
    } catch  where error.isOfOtherDisk {
      let temporary = Array(".git-session-\(getpid())".utf8)
      do {
        try copy(source, as: temporary)
        try checked("put in place", path(of: name)) {
          withPath(temporary) { from in
            withPath(name) { renameat(descriptor.number, from, descriptor.number, $0) }
          }
        }
      } catch {
        _ = withPath(temporary) { unlinkat(descriptor.number, $0, 0) }
        throw error
      }
    }
  }

  private func copy(_ source: [UInt8], as name: [UInt8]) throws(FileError) {
    let sourcePath = String(decoding: source, as: UTF8.self)
    var raw = stat()
    try checked("look at", sourcePath) { withPath(source) { lstat($0, &raw) } }
    if raw.st_mode & S_IFMT == S_IFLNK {
      var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      try checked("read link", sourcePath) { withPath(source) { readlink($0, &target, Int(PATH_MAX)) } }
      try checked("create link", path(of: name)) {
        withPath(name) { symlinkat(target, descriptor.number, $0) }
      }
      return
    }
    let input = try Descriptor(
      opening: source, in: AT_FDCWD, flags: O_RDONLY | O_NOFOLLOW | O_CLOEXEC, path: sourcePath)
    let output = try Descriptor(
      opening: name, in: descriptor.number, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
      path: path(of: name))
    while true {
      let chunk = try input.read(upTo: 1 << 20)
      if chunk.isEmpty { break }
      try output.write(chunk)
    }
    try checked("set the mode of", path(of: name)) { fchmod(output.number, raw.st_mode & 0o777) }
  }

  /// Whether the file `name` has the same content as the one at `path`.
  package func file(_ name: [UInt8], equals path: [UInt8]) throws(FileError) -> Bool {
    let own = try Descriptor(
      opening: name, in: descriptor.number, flags: O_RDONLY | O_NOFOLLOW | O_CLOEXEC,
      path: self.path(of: name))
    let other = try Descriptor(
      opening: path, in: AT_FDCWD, flags: O_RDONLY | O_NOFOLLOW | O_CLOEXEC,
      path: String(decoding: path, as: UTF8.self))
    guard try own.status().size == other.status().size else { return false }
    while true {
      let chunk = try own.read(upTo: 1 << 16)
      if chunk.isEmpty { return true }
      // A regular file gives what it has.
      if try other.read(upTo: chunk.count) != chunk { return false }
    }
  }

  /// True if this process may create and remove entries here.
  package func isWritable() -> Bool {
    ".".withCString { faccessat(descriptor.number, $0, W_OK | X_OK, 0) == 0 }
  }

  /// What an entry of this folder is called from where its path was given; without a name, the folder itself.
  package func path(of name: [UInt8]) -> String { path + "/" + String(decoding: name, as: UTF8.self) }
}
