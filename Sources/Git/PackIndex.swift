/// One object in a pack.
struct PackEntry {
  let id: ObjectID
  let kind: ObjectKind
  /// The size of the object itself.
  let size: Int
  /// Where its header stands, from the start of the pack.
  var offset: Int
  /// How many bytes it takes in the pack, with its header.
  let length: Int
  /// The checksum over those bytes.
  let crc: UInt32

  func moved(by distance: Int) -> PackEntry {
    var moved = self
    moved.offset += distance
    return moved
  }

  /// What stands before the compressed bytes of an object: its kind and its size (gitformat-pack).
  static func header(_ kind: ObjectKind, size: Int) -> [UInt8] {
    var bytes = [kind.packed << 4 | UInt8(size & 15)]
    var rest = size >> 4
    while rest > 0 {
      bytes[bytes.count - 1] |= 0x80
      bytes.append(UInt8(rest & 0x7f))
      rest >>= 7
    }
    return bytes
  }
}

extension ObjectKind {
  fileprivate var packed: UInt8 {
    switch self {
    case .commit: 1
    case .tree: 2
    case .blob: 3
    case .tag: 4
    }
  }
}

/// The index of a pack, version 2 (gitformat-pack).
enum PackIndex {
  private static let signature: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]

  /// `checksum` is the one at the end of the pack.
  static func bytes(of entries: [PackEntry], checksum: ObjectID, format: ObjectFormat) -> [UInt8] {
    let entries = entries.sorted { $0.id < $1.id }
    var bytes = signature
    bytes.reserveCapacity(1100 + entries.count * 48)
    var counts = [UInt32](repeating: 0, count: 256)
    for entry in entries { counts[Int(entry.id.firstByte)] += 1 }
    var sum: UInt32 = 0
    for count in counts {
      sum += count
      Deflation.append(sum, to: &bytes)
    }
    for entry in entries { entry.id.append(to: &bytes) }
    for entry in entries { Deflation.append(entry.crc, to: &bytes) }
    // An offset that needs more than 31 bits stands in a table behind the others.
    var large: [Int] = []
    for entry in entries {
      if let offset = UInt32(exactly: entry.offset), offset < 1 << 31 {
        Deflation.append(offset, to: &bytes)
      } else {
        Deflation.append(UInt32(1 << 31 | large.count), to: &bytes)
        large.append(entry.offset)
      }
    }
    for offset in large {
      Deflation.append(UInt32(offset >> 32), to: &bytes)
      Deflation.append(UInt32(truncatingIfNeeded: offset), to: &bytes)
    }
    checksum.append(to: &bytes)
    var digest = Digest(format)
    digest.update(bytes)
    digest.finish().append(to: &bytes)
    return bytes
  }

  /// The objects that an index lists, sorted; nil if it is no index of version 2.
  static func ids(in bytes: [UInt8], format: ObjectFormat) -> [ObjectID]? {
    let (table, width) = (8 + 256 * 4, format.byteCount)
    guard bytes.count >= table, bytes.starts(with: signature) else { return nil }
    let count = bytes[(table - 4)..<table].reduce(0) { $0 << 8 | Int($1) }
    guard count <= (bytes.count - table) / (width + 8) else { return nil }
    return (0..<count).compactMap { index in
      ObjectID(bytes: bytes[(table + index * width)..<(table + (index + 1) * width)])
    }
  }

  /// Whether an index lists an object; false if it is no index of version 2.
  static func holds(_ id: ObjectID, in bytes: UnsafeRawBufferPointer, format: ObjectFormat) -> Bool {
    let (table, width) = (8 + 256 * 4, format.byteCount)
    guard bytes.count >= table, bytes.starts(with: signature), id.byteCount == width else { return false }
    func count(_ byte: Int) -> Int {
      Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 + 4 * byte, as: UInt32.self)))
    }
    let first = Int(id.firstByte)
    var (low, high) = (first == 0 ? 0 : count(first - 1), count(first))
    guard low <= high, high <= (bytes.count - table) / width else { return false }
    while low < high {
      let middle = low + (high - low) / 2
      let start = table + middle * width
      guard let found = ObjectID(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + width)]))
      else {
        return false
      }
      if found == id { return true }
      if found < id { low = middle + 1 } else { high = middle }
    }
    return false
  }
}

extension ObjectID {
  var firstByte: UInt8 { withUnsafeBytes { $0[0] } }
}
