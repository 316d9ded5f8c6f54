#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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

  /// How an object lies in a pack: as it is, or as a difference to one that is told by its distance or by its name.
  enum Form: Hashable {
    case whole(ObjectKind)
    case offset, name
  }

  /// Takes such a header off the front of `bytes`, with the size of what is compressed behind it; nil if it is none.
  static func takeHeader(from bytes: inout Slice<UnsafeRawBufferPointer>) -> (form: Form, size: Int)? {
    guard var byte = bytes.popFirst() else { return nil }
    let form: Form
    switch byte >> 4 & 7 {
    case 6: form = .offset
    case 7: form = .name
    case let number:
      guard let kind = ObjectKind(packed: number) else { return nil }
      form = .whole(kind)
    }
    var (size, shift) = (Int(byte & 15), 4)
    while byte & 0x80 != 0 {
      guard let next = bytes.popFirst(), shift < 56 else { return nil }
      byte = next
      size |= Int(byte & 0x7f) << shift
      shift += 7
    }
    return (form, size)
  }

  /// How far before a difference the object begins that it is one to.
  static func takeDistance(from bytes: inout Slice<UnsafeRawBufferPointer>) -> Int? {
    guard var byte = bytes.popFirst() else { return nil }
    var distance = Int(byte & 0x7f)
    while byte & 0x80 != 0 {
      guard let next = bytes.popFirst(), distance < 1 << 48 else { return nil }
      byte = next
      // Each length has numbers of its own.
      distance = (distance + 1) << 7 | Int(byte & 0x7f)
    }
    return distance
  }
}

extension ObjectKind {
  fileprivate static let inPacks: [ObjectKind] = [.commit, .tree, .blob, .tag]

  fileprivate var packed: UInt8 { UInt8(Self.inPacks.firstIndex(of: self).map { $0 + 1 } ?? 0) }

  fileprivate init?(packed: UInt8) {
    guard (1...4).contains(packed) else { return nil }
    self = Self.inPacks[Int(packed) - 1]
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

  /// Where in its pack an object begins; nil if the index does not list it, or is none of version 2.
  static func offset(of id: ObjectID, in bytes: UnsafeRawBufferPointer, format: ObjectFormat) -> Int? {
    let (table, width) = (8 + 256 * 4, format.byteCount)
    guard bytes.count >= table, bytes.starts(with: signature), id.byteCount == width else { return nil }
    func number(at place: Int) -> Int {
      Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    }
    let (first, count) = (Int(id.firstByte), number(at: table - 4))
    var (low, high) = (first == 0 ? 0 : number(at: 4 + 4 * first), number(at: 8 + 4 * first))
    // Behind the names stand checksums, offsets, and a table of large offsets.
    let large = table + count * (width + 8)
    guard low <= high, high <= count, large <= bytes.count else { return nil }
    let position: Int? = id.withUnsafeBytes { name in
      guard let name = name.baseAddress, let names = bytes.baseAddress else { return nil }
      while low < high {
        let middle = low + (high - low) / 2
        let order = memcmp(names + table + middle * width, name, width)
        if order == 0 { return middle }
        if order < 0 { low = middle + 1 } else { high = middle }
      }
      return nil
    }
    guard let position else { return nil }
    let offset = number(at: table + count * (width + 4) + 4 * position)
    guard offset >= 1 << 31 else { return offset }
    let place = large + 8 * (offset - 1 << 31)
    return place + 8 <= bytes.count ? number(at: place) << 32 | number(at: place + 4) : nil
  }
}

extension ObjectID {
  var firstByte: UInt8 { withUnsafeBytes { $0[0] } }
}
