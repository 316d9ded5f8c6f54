import Files

/// The objects of a pack that is small enough to be kept in memory until it is written.
struct PackDraft {
  /// Their offsets count from the first one.
  private(set) var entries: [PackEntry] = []
  /// Header and compressed bytes of each.
  private(set) var bodies: [[UInt8]] = []
  /// In bytes, of all bodies.
  private(set) var size = 0

  var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ id: ObjectID, _ kind: ObjectKind, size: Int, body: [UInt8], crc: UInt32) {
    entries.append(
      PackEntry(id: id, kind: kind, size: size, offset: self.size, length: body.count, crc: crc))
    bodies.append(body)
    self.size += body.count
  }

  /// The bodies behind the first `skipped`, one after the other.
  func joined(skipping skipped: Int = 0) -> [UInt8] {
    let start = skipped < entries.count ? entries[skipped].offset : size
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size - start)
    for body in bodies[skipped...] { bytes += body }
    return bytes
  }

  /// Writes the entries behind the first `skipped` as a pack with its index, and gives its name.
  func write(skipping skipped: Int = 0, by writer: PackWriter) throws(FileError) -> String {
    let bytes = joined(skipping: skipped)
    let start = size - bytes.count
    let written = entries[skipped...].map { $0.moved(by: PackWriter.headerSize - start) }
    let header = PackWriter.header(count: written.count)
    let file = try PackFile(in: writer.folder)
    try file.write(header, at: 0)
    try file.write(bytes, at: PackWriter.headerSize)
    var digest = Digest(writer.format)
    digest.update(header)
    digest.update(bytes)
    return try writer.complete(
      file, size: PackWriter.headerSize + bytes.count, checksum: digest.finish(), entries: written)
  }
}

/// A pack too large for memory: it grows in a file of the quarantine.
struct LargePack: ~Copyable {
  private(set) var entries: [PackEntry] = []
  private let file: PackFile
  /// Where the next entry goes.
  private(set) var end = PackWriter.headerSize

  init(by writer: PackWriter) throws(FileError) { file = try PackFile(in: writer.folder) }

  mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try file.write(bytes, at: end)
    end += bytes.count
  }

  /// Makes an entry of the bytes from `start` on.
  mutating func place(_ id: ObjectID, _ kind: ObjectKind, size: Int, from start: Int, crc: UInt32) {
    entries.append(PackEntry(id: id, kind: kind, size: size, offset: start, length: end - start, crc: crc))
  }

  /// Forgets the bytes from `start` on.
  mutating func rewind(to start: Int) { end = start }

  mutating func take(_ draft: PackDraft) throws(FileError) {
    let start = end
    do {
      try append(draft.joined())
    } catch {
      rewind(to: start)
      throw error
    }
    entries += draft.entries.map { $0.moved(by: start) }
  }

  /// Completes the pack, with its index, and gives its name.
  consuming func finish(by writer: PackWriter) throws(FileError) -> String {
    // What was begun and given up may reach further.
    try file.truncate(to: end)
    try file.write(PackWriter.header(count: entries.count), at: 0)
    // The number of objects stands at the start and was not known before, so all is read once more.
    var digest = Digest(writer.format)
    var position = 0
    while position < end {
      let chunk = try file.read(min(1 << 20, end - position), at: position)
      digest.update(chunk)
      position += chunk.count
    }
    return try writer.complete(file, size: end, checksum: digest.finish(), entries: entries)
  }
}

/// Gives packs their form: header, entries, checksum, and an index beside them (gitformat-pack).
struct PackWriter {
  static let headerSize = 12

  /// Where finished packs lie.
  let folder: String
  let format: ObjectFormat
  let permissions: UInt32

  static func header(count: Int) -> [UInt8] {
    var bytes = Array("PACK".utf8)
    Deflation.append(2, to: &bytes)
    Deflation.append(UInt32(count), to: &bytes)
    return bytes
  }

  /// Gives the name without ending: that of the pack's checksum, as git's own.
  func complete(
    _ file: borrowing PackFile, size: Int, checksum: ObjectID, entries: [PackEntry]
  ) throws(FileError) -> String {
    var trailer: [UInt8] = []
    checksum.append(to: &trailer)
    try file.write(trailer, at: size)
    try file.setPermissions(permissions)
    let name = "pack-\(checksum)"
    let index = try PackFile(in: folder)
    try index.write(PackIndex.bytes(of: entries, checksum: checksum, format: format), at: 0)
    try index.setPermissions(permissions)
    // An index makes its pack visible, so it comes last.
    try Files.rename(file.path, to: "\(folder)/\(name).pack")
    try Files.rename(index.path, to: "\(folder)/\(name).idx")
    return name
  }
}
