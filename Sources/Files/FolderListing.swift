#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The names in a folder, in the order in which the system gives them; to be used again for the next folder.
package final class FolderListing {
  package struct Entry {
    fileprivate let start: Int
    fileprivate let length: Int
    /// What the folder says of the entry; nil if the file system keeps no such notes.
    package let kind: FileStatus.Kind?
  }

  package fileprivate(set) var entries: [Entry] = []
  private var names = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 12)
  private var capacity = 1 << 12
  private var used = 0

  package init() {}

  deinit { names.deallocate() }

  /// The name of an entry, which a zero byte follows. It is there until the next folder is listed.
  package func name(_ entry: Entry) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: names + entry.start, count: entry.length)
  }

  /// Empties it, to be filled with what is known to be in a folder.
  package func removeAll() {
    entries.removeAll(keepingCapacity: true)
    used = 0
  }

  package func append(_ name: UnsafeBufferPointer<UInt8>, kind: FileStatus.Kind?) {
    guard let start = name.baseAddress else { return }
    append(start, length: name.count, kind: kind)
  }

  fileprivate func append(_ name: UnsafeRawPointer, length: Int, kind: FileStatus.Kind?) {
    if used + length >= capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + length)
      larger.update(from: names, count: used)
      names.deallocate()
      (names, capacity) = (larger, 2 * capacity + length)
    }
    UnsafeMutableRawPointer(names + used).copyMemory(from: name, byteCount: length)
    names[used + length] = 0
    entries.append(Entry(start: used, length: length, kind: kind))
    used += length + 1
  }
}

extension Directory {
  /// Reads all names, without `.` and `..`.
  package func list(into listing: FolderListing) throws(FileError) {
    listing.removeAll()
    let stream = try openStream()
    defer { closedir(stream) }
    while let entry = try next(in: stream) {
      let kind = Self.kind(ofType: Int32(entry.pointee.d_type))
      withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        guard let name = raw.baseAddress else { return }
        let length = strlen(name.assumingMemoryBound(to: CChar.self))
        if raw[0] == 0x2e, length == 1 || length == 2 && raw[1] == 0x2e { return }
        listing.append(name, length: length, kind: kind)
      }
    }
  }

  private static func kind(ofType type: Int32) -> FileStatus.Kind? {
    switch type {
    case Int32(DT_REG): .file
    case Int32(DT_DIR): .directory
    case Int32(DT_LNK): .link
    case Int32(DT_UNKNOWN): nil
    default: .other
    }
  }
}
