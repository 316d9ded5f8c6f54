import Files
import Git
import Sessions

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

  /// Nil if there is none that can be believed.
  init?(readingFrom file: MemoFile, of checkpoint: ObjectID) {
    guard let bytes = file.read() else { return nil }
    var reader = ByteReader(bytes)
    do {
      guard try reader.objectID() == checkpoint else { return nil }
      for _ in 0..<(try reader.count()) {
        let path = Array(try reader.bytes())
        files[path] = File(
          status: try reader.status(), conversions: try reader.checksum(), id: try reader.objectID())
      }
      for place in 0..<(try reader.count()) {
        let folder = try reader.folder()
        folders.append(folder)
        places[folder.status.inode] = place
      }
      for _ in 0..<(try reader.count()) { objects.insert(try reader.objectID()) }
    } catch {
      return nil
    }
  }

  /// Replaces the file. A reader sees the old one or the new one; after a crash it may see neither.
  func write(to file: MemoFile, as checkpoint: ObjectID) throws(FileError) {
    var writer = ByteWriter()
    writer.write(checkpoint)
    writer.write(files.count)
    for (path, file) in files {
      writer.write(path)
      writer.write(file.status)
      writer.write(file.conversions)
      writer.write(file.id)
    }
    writer.write(folders.count)
    for folder in folders { writer.write(folder) }
    writer.write(objects.count)
    for id in objects { writer.write(id) }
    try file.write(writer.bytes)
  }
}

// Loops here and above rather than `write(each:)`, which is not specialized in another module: a work tree may have a
// hundred thousand folders.
extension ByteWriter {
  mutating func write(_ id: ObjectID) { id.withUnsafeBytes { write($0) } }

  mutating func write(_ status: FileStatus) { for value in status.values { write(value) } }

  fileprivate mutating func write(_ checksum: Checksum) { write(Int64(bitPattern: checksum.value)) }

  fileprivate mutating func write(_ folder: KnownFolder) {
    write(folder.status)
    write(folder.tracked)
    write(folder.others.count)
    for name in folder.others {
      write(name.bytes)
      write(Int64(name.kind.rawValue))
    }
  }
}

extension ByteReader {
  mutating func objectID() throws(Malformed) -> ObjectID {
    guard let id = ObjectID(bytes: try bytes()) else { throw Malformed() }
    return id
  }

  mutating func status() throws(Malformed) -> FileStatus {
    var values: [Int64] = []
    values.reserveCapacity(FileStatus.valueCount)
    while values.count < FileStatus.valueCount { values.append(try integer()) }
    guard let status = FileStatus(values: values) else { throw Malformed() }
    return status
  }

  fileprivate mutating func checksum() throws(Malformed) -> Checksum {
    Checksum(value: UInt64(bitPattern: try integer()))
  }

  fileprivate mutating func folder() throws(Malformed) -> KnownFolder {
    var folder = KnownFolder(status: try status(), tracked: try checksum(), others: [])
    for _ in 0..<(try count()) {
      let name = Array(try bytes())
      guard let kind = UInt8(exactly: try integer()).flatMap(FileStatus.Kind.init) else { throw Malformed() }
      folder.others.append(KnownFolder.Name(bytes: name, kind: kind))
    }
    return folder
  }
}
