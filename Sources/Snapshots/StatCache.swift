import Files
import Git

/// What the last checkpoint of this work tree has seen: of files that the index does not vouch for, so that they are
/// not read again; of folders, so that they are not listed again; and which objects it holds, so that they are not
/// written again.
///
/// A cache: it is believed only as long as the work tree's last checkpoint is the one it was made with, since only
/// then are its objects there, and a file that is damaged or of another format counts as none.
struct StatCache: Sendable {
  struct File: Sendable {
    var status: FileStatus
    /// What decided how it was stored.
    var conversions: Checksum
    var id: ObjectID
  }

  var files: [[UInt8]: File] = [:]
  var folders: [KnownFolder] = []
  /// Of the folders that were read, by inode.
  private var places: [UInt64: Int] = [:]
  /// Objects of the checkpoint that are in no index.
  var objects: Set<ObjectID> = []

  init() {}

  /// The object of a file that has not changed since, nor what decides how it is stored.
  func id(of path: [UInt8], _ status: FileStatus, _ conversions: Checksum) -> ObjectID? {
    files[path].flatMap { $0.status == status && $0.conversions == conversions ? $0.id : nil }
  }

  /// What is known of the folder that has this status. What a folder holds does not depend on where it lies.
  func folder(_ status: FileStatus) -> KnownFolder? {
    places[status.inode].flatMap { folders[$0].status == status ? folders[$0] : nil }
  }

  // MARK: - The file

  private static let format: [UInt8] = Array("git-session stat cache 2\n".utf8)

  /// Nil if there is none that can be believed.
  init?(readingFrom path: String, of checkpoint: ObjectID) {
    let bytes: [UInt8]
    do {
      guard let read = try Files.readIfPresent(path) else { return nil }
      bytes = read
    } catch {
      return nil
    }
    guard bytes.count >= Self.format.count + 8, bytes.starts(with: Self.format) else { return nil }
    let content = bytes.dropLast(8)
    var reader = ByteReader(bytes[content.endIndex...])
    guard reader.integer() == Int64(bitPattern: Self.checksum(of: content)) else { return nil }
    reader = ByteReader(content.dropFirst(Self.format.count))
    guard reader.id() == checkpoint, let fileCount = reader.integer() else { return nil }
    for _ in 0..<fileCount {
      guard let path = reader.bytes(), let status = reader.status(), let conversions = reader.integer(),
        let id = reader.id()
      else { return nil }
      files[path] = File(
        status: status, conversions: Checksum(value: UInt64(bitPattern: conversions)), id: id)
    }
    guard let folderCount = reader.integer() else { return nil }
    for place in 0..<Int(clamping: folderCount) {
      guard let folder = reader.folder() else { return nil }
      folders.append(folder)
      places[folder.status.inode] = place
    }
    guard let objectCount = reader.integer() else { return nil }
    for _ in 0..<objectCount {
      guard let id = reader.id() else { return nil }
      objects.insert(id)
    }
  }

  /// Replaces the file. A reader sees the old one or the new one; after a crash it may see neither.
  func write(to path: String, as checkpoint: ObjectID) throws(FileError) {
    var writer = ByteWriter(Self.format)
    writer.append(checkpoint)
    writer.append(Int64(files.count))
    for (path, file) in files {
      writer.append(path)
      writer.append(file.status)
      writer.append(Int64(bitPattern: file.conversions.value))
      writer.append(file.id)
    }
    writer.append(Int64(folders.count))
    for folder in folders { writer.append(folder) }
    writer.append(Int64(objects.count))
    for id in objects { writer.append(id) }
    writer.append(Int64(bitPattern: Self.checksum(of: writer.bytes[...])))
    try Files.overwrite(writer.bytes, at: path)
  }

  private static func checksum(of bytes: ArraySlice<UInt8>) -> UInt64 {
    var checksum = Checksum()
    bytes.withUnsafeBufferPointer { checksum.add($0) }
    return checksum.value
  }
}

/// Writes values one after the other.
private struct ByteWriter {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func append(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ value: [UInt8]) {
    append(Int64(value.count))
    bytes += value
  }

  mutating func append(_ id: ObjectID) {
    bytes.append(UInt8(id.byteCount))
    id.append(to: &bytes)
  }

  mutating func append(_ status: FileStatus) { for value in status.values { append(value) } }

  mutating func append(_ folder: KnownFolder) {
    append(folder.status)
    append(Int64(bitPattern: folder.tracked.value))
    append(Int64(folder.others.count))
    for name in folder.others {
      append(name.bytes)
      bytes.append(name.kind.rawValue)
    }
  }
}

/// Reads them again; nil where there are too few bytes.
private struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func integer() -> Int64? {
    take(8)?.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
  }

  mutating func bytes() -> [UInt8]? {
    guard let count = integer() else { return nil }
    return take(Int(clamping: count)).map(Array.init)
  }

  mutating func id() -> ObjectID? {
    guard let count = take(1)?.first else { return nil }
    return take(Int(count)).flatMap { ObjectID(bytes: $0) }
  }

  mutating func folder() -> KnownFolder? {
    guard let status = status(), let tracked = integer(), let count = integer() else { return nil }
    var others: [KnownFolder.Name] = []
    while others.count < count {
      guard let name = bytes(), let kind = take(1)?.first.flatMap(FileStatus.Kind.init) else { return nil }
      others.append(.init(bytes: name, kind: kind))
    }
    return KnownFolder(status: status, tracked: Checksum(value: UInt64(bitPattern: tracked)), others: others)
  }

  mutating func status() -> FileStatus? {
    var values: [Int64] = []
    while values.count < FileStatus.valueCount {
      guard let value = integer() else { return nil }
      values.append(value)
    }
    return FileStatus(values: values)
  }
}
