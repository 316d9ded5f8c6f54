import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole files and folders named by path. What looks at, lists for removal or removes does not follow a link in
/// the last component; what reads and writes content does.
package enum Files {
  /// The status of a path itself, or nil if nothing is there.
  package static func status(_ path: String) throws(FileError) -> FileStatus? { try status(Array(path.utf8)) }

  package static func status(_ path: [UInt8]) throws(FileError) -> FileStatus? {
    var raw = stat()
    do {
      try checked("look at", String(decoding: path, as: UTF8.self)) { withPath(path) { lstat($0, &raw) } }
    } catch  where error.isMissing {
      return nil
    }
    return FileStatus(raw)
  }

  /// The whole content of a file. `limit` guards against input that somebody else made: a longer file is `EFBIG`.
  package static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    let descriptor = try Descriptor(opening: path, flags: O_RDONLY | O_CLOEXEC)
    return try descriptor.readToEnd(limit: limit)
  }

  /// The content of a file, or nil if there is none.
  package static func readIfPresent(_ path: String) throws(FileError) -> [UInt8]? {
    do {
      return try read(path)
    } catch  where error.isMissing {
      return nil
    }
  }

  /// All of standard input; `EFBIG` if that is more than `limit` bytes.
  package static func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
    try Descriptor.standardInput().readToEnd(limit: limit)
  }

  /// Replaces a file as a whole: a reader sees the old bytes or the new ones, and after a crash too; which of them,
  /// only a file that is made to last says for certain. Without `permissions` it gets those that a new file gets.
  package static func writeAtomically(
    _ bytes: [UInt8], to path: String, permissions: UInt32? = nil, isLasting: Bool = true
  ) throws(FileError) {
    let temporary = path + ".\(getpid()).tmp"
    do {
      let descriptor = try Descriptor(opening: temporary, flags: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
      if let permissions { try descriptor.setPermissions(permissions) }
      try descriptor.write(bytes)
      try descriptor.synchronize()
      try rename(temporary, to: path)
    } catch {
      unlink(temporary)
      // Nobody has heard of the temporary file.
      throw FileError("write", path, code: error.code)
    }
    if isLasting { try synchronizeDirectory(parent(of: path)) }
  }

  /// Writes a file in its place, which is a tenth of the work of replacing it. Who reads it must notice by itself, by a
  /// checksum, that it is cut off or mixed with what stood there before. `isPrivate` if nobody else may read it.
  package static func overwrite(
    _ bytes: [UInt8], at path: String, isPrivate: Bool = false
  ) throws(FileError) {
    func fill() throws(FileError) {
      let descriptor = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_CLOEXEC)
      if isPrivate { try descriptor.setPermissions(0o600) }
      try descriptor.fill(with: bytes)
    }
    do {
      try fill()
    } catch  where error.isNotPermitted {
      // Another user's file, in a folder that both share.
      try remove(path)
      try fill()
    }
  }

  /// Creates a file that must not exist yet (`EEXIST` otherwise), durable when this returns unless it is not made to
  /// last.
  package static func create(
    _ bytes: [UInt8], at path: String, isLasting: Bool = true
  ) throws(FileError) {
    let descriptor = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
    do {
      try descriptor.write(bytes)
      if isLasting { try descriptor.synchronize() }
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Adds to the end of a file, which is created if it is not there.
  package static func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC).write(bytes)
  }

  /// Copies a file with the time of its last change: by that of an index, git knows which of its entries to
  /// trust. Durable when this returns, unless the copy is not made to last.
  package static func copy(
    _ source: String, to target: String, isLasting: Bool = true
  ) throws(FileError) {
    let input = try Descriptor(opening: source, flags: O_RDONLY | O_CLOEXEC)
    let output = try Descriptor(opening: target, flags: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
    while true {
      let chunk = try input.read(upTo: 1 << 20)
      if chunk.isEmpty { break }
      try output.write(chunk)
    }
    try output.setModified(as: input)
    if isLasting { try output.synchronize() }
  }

  package static func rename(_ source: String, to target: String) throws(FileError) {
    try checked("rename", source) { platformRename(source, target) }
  }

  /// Gives a file a second name, which must not be taken (`EEXIST`). False where that cannot be done: on another disk,
  /// or on one whose files have one name.
  package static func link(_ file: String, to name: String) throws(FileError) -> Bool {
    if platformLink(file, name) == 0 { return true }
    guard [EXDEV, EPERM, EMLINK, ENOTSUP, EOPNOTSUPP, ENOSYS].contains(errno) else {
      throw FileError("link", name)
    }
    return false
  }

  /// Removes a file or link; that it is already gone is no error.
  package static func remove(_ path: String) throws(FileError) {
    do {
      try checked("remove", path) { unlink(path) }
    } catch  where error.isMissing {}
  }

  /// The permissions that a new program gets, as the user's mask has it.
  package static var newProgramPermissions: UInt32 { 0o777 & ~mask }

  /// The permissions that the user's mask takes from new files.
  package static let mask: UInt32 = readMask()

  /// The mask can only be read by changing it for a moment, in which other threads and the programs that they start
  /// have the other one. Where the system tells it, that is not needed; elsewhere they make files for the user alone.
  private static func readMask() -> UInt32 {
    if let status = try? read("/proc/self/status", limit: 1 << 16) {
      let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
        $0.hasPrefix("Umask:")
      }
      let digits = line?.split(separator: "\t").last
      if let mask = digits.flatMap({ UInt32($0, radix: 8) }) { return mask }
    }
    let mask = umask(0o077)
    umask(mask)
    return UInt32(mask)
  }

  /// Removes an empty folder; false if it holds anything or may not be removed.
  @discardableResult
  package static func removeDirectoryIfEmpty(_ path: String) -> Bool { rmdir(path) == 0 }

  /// Creates an empty file, or keeps the one that is there, with a time of last change in seconds since 1970.
  /// This needs no space for data, so it also works where a disk is full.
  package static func touch(_ path: String, modified seconds: Int64) throws(FileError) {
    let descriptor = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_CLOEXEC)
    try descriptor.setModified(seconds: seconds)
  }

  /// Creates a folder and those above it.
  package static func makeDirectory(_ path: String) throws(FileError) {
    do {
      try checked("create folder", path) { mkdir(path, 0o777) }
    } catch  where error.code == ENOENT && path != "/" {
      try makeDirectory(parent(of: path))
      try makeDirectory(path)
    } catch  where error.isExisting {}
  }

  /// Creates a folder, unless it is there, with the permissions of another one: those of a repository that is
  /// shared within a group go beyond what the user's mask allows.
  package static func makeDirectory(_ path: String, permissionsOf model: String) throws(FileError) {
    guard try status(path) == nil else { return }
    try makeDirectory(path)
    var raw = stat()
    try checked("look at", model) { stat(model, &raw) }
    try checked("set the mode of", path) { chmod(path, raw.st_mode & 0o7777) }
  }

  /// The same with the folders above it; durable when this returns.
  package static func makeDirectories(_ path: String, permissionsOf model: String) throws(FileError) {
    guard try status(path) == nil else { return }
    let parent = parent(of: path)
    try makeDirectories(parent, permissionsOf: model)
    try makeDirectory(path, permissionsOf: model)
    try synchronizeDirectory(parent)
  }

  /// Lets those read and write a file who may read and write in its folder, if that is one that a group shares: the
  /// mask of who has made the file is not to decide. What belongs to others, or cannot be changed, stays as it is.
  package static func share(_ path: String) {
    var folder = stat()
    guard stat(parent(of: path), &folder) == 0, folder.st_mode & S_IWGRP != 0 else { return }
    do throws(FileError) {
      let file = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      let status = try file.status()
      let permissions = status.permissions | UInt32(folder.st_mode & 0o666)
      guard status.owner == geteuid(), status.permissions != permissions else { return }
      try file.setPermissions(permissions)
    } catch {
      // Others do without it, then, as with any file that is not theirs.
    }
  }

  /// Removes a folder that holds nothing but folders that hold nothing. Anything else stays.
  package static func removeEmptyDirectories(_ path: String) throws(FileError) {
    guard try status(path)?.kind == .directory else { return }
    for name in try list(path) { try removeEmptyDirectories(path + "/" + name) }
    removeDirectoryIfEmpty(path)
  }

  /// Creates a new, empty folder whose name starts with `prefix`.
  package static func makeTemporaryDirectory(in directory: String, prefix: String) throws(FileError) -> String
  {
    try makeDirectory(directory)
    var template = Array((directory + "/" + prefix + "XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("create a folder in", directory) }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Removes a folder with all it holds, following no link. That it is already gone is no error.
  package static func removeTree(_ path: String) throws(FileError) { try removeTree(Array(path.utf8)) }

  private static func removeTree(_ path: [UInt8]) throws(FileError) {
    let isFolder = try status(path)?.kind == .directory
    if isFolder { for name in try names(in: path) { try removeTree(path + [UInt8(ascii: "/")] + name) } }
    do {
      try checked("remove", String(decoding: path, as: UTF8.self)) {
        withPath(path) { isFolder ? rmdir($0) : unlink($0) }
      }
    } catch  where error.isMissing {}
  }

  /// The names in a folder, without `.` and `..`, sorted by their bytes. A folder that is not there holds nothing.
  package static func list(_ path: String) throws(FileError) -> [String] {
    try names(in: Array(path.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func names(in path: [UInt8]) throws(FileError) -> [[UInt8]] {
    do throws(FileError) {
      return try Directory(path).names()
    } catch  where error.code == ENOENT {
      return []
    }
  }

  /// Creates a folder for this user alone. That there is something of that name is no error.
  package static func makePrivateDirectory(_ path: String) throws(FileError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw FileError("create folder", path) }
  }

  /// The user for whom files are opened.
  package static var userID: UInt32 { geteuid() }

  /// Makes the entries of a folder durable (creations, renames, removals).
  package static func synchronizeDirectory(_ path: String) throws(FileError) {
    try Descriptor(opening: path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC).synchronize()
  }

  /// Makes the content of one file durable.
  package static func synchronize(_ path: String) throws(FileError) {
    try Descriptor(opening: path, flags: O_RDONLY | O_CLOEXEC).synchronize()
  }

  /// The same for several files at once, which takes hardly longer than for one.
  package static func synchronize(_ paths: [String]) throws(FileError) {
    guard !paths.isEmpty else { return }
    let failure = Mutex<FileError?>(nil)
    let threads = min(paths.count, 4)
    Workers.run(threads, isWaiting: true) { number in
      for position in stride(from: number, to: paths.count, by: threads) {
        do throws(FileError) {
          try synchronize(paths[position])
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  package static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
}

/// `rename(2)`, reachable from inside a scope that has a `rename` of its own.
private func platformRename(_ source: String, _ target: String) -> Int32 { rename(source, target) }

/// The same for `link(2)`.
private func platformLink(_ source: String, _ target: String) -> Int32 { link(source, target) }
