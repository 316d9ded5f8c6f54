import Git

/// Takes an index file apart. Whatever does not fit makes the whole nil.
struct IndexParser {
  struct Parsed {
    var paths: UnsafeMutableRawBufferPointer?
    var offsets: [UInt32] = []
    var pathStarts: [UInt32] = []
    var pathLengths: [UInt32] = []
    var knownTrees: [IndexFile.KnownTree] = []
    var hasSkipped = false
  }

  /// `DIRC`.
  private static let signature: UInt32 = 0x4449_5243
  /// `TREE`.
  private static let knownTrees: UInt32 = 0x5452_4545

  private let bytes: UnsafeRawBufferPointer
  private let hashLength: Int
  /// Where the checksum starts; git itself does not verify it when it reads.
  private let end: Int

  init(_ bytes: UnsafeRawBufferPointer, hashLength: Int) {
    self.bytes = bytes
    self.hashLength = hashLength
    end = bytes.count - hashLength
  }

  private func word(_ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private func half(_ offset: Int) -> UInt16 {
    UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  func parse() -> Parsed? {
    guard end >= 12, bytes.count < Int(UInt32.max), word(0) == Self.signature else { return nil }
    let (version, count) = (word(4), Int(word(8)))
    guard (2...4).contains(version), count <= end / 48 + 1 else { return nil }
    var parsed = Parsed()
    parsed.offsets.reserveCapacity(count)
    parsed.pathStarts.reserveCapacity(count)
    parsed.pathLengths.reserveCapacity(count)
    let next =
      version == 4
      ? parseCompressed(count, into: &parsed) : parseEntries(count, hasMoreFlags: version == 3, into: &parsed)
    guard let next, parseExtensions(from: next, into: &parsed) else {
      parsed.paths?.deallocate()
      return nil
    }
    return parsed
  }

  /// The offset behind the entries.
  private func parseEntries(_ count: Int, hasMoreFlags: Bool, into parsed: inout Parsed) -> Int? {
    var offset = 12
    for _ in 0..<count {
      guard let name = startOfName(offset, hasMoreFlags: hasMoreFlags, into: &parsed) else { return nil }
      let length = Int(half(offset + 40 + hashLength) & 0xfff)
      var nameEnd = name + length
      guard nameEnd < end else { return nil }
      if length == 0xfff {
        while nameEnd < end, bytes[nameEnd] != 0 { nameEnd += 1 }
      }
      guard nameEnd < end, nameEnd > name, bytes[nameEnd] == 0 else { return nil }
      parsed.offsets.append(UInt32(offset))
      parsed.pathStarts.append(UInt32(name))
      parsed.pathLengths.append(UInt32(nameEnd - name))
      // Filled with one to eight zero bytes.
      offset += (nameEnd - offset + 8) & ~7
    }
    return offset <= end ? offset : nil
  }

  private func startOfName(_ offset: Int, hasMoreFlags: Bool, into parsed: inout Parsed) -> Int? {
    let flags = offset + 40 + hashLength
    guard flags + 4 <= end else { return nil }
    guard half(flags) & 0x4000 != 0 else { return flags + 2 }
    guard hasMoreFlags else { return nil }
    // Bits that git has no meaning for yet.
    guard half(flags + 2) & 0x9fff == 0 else { return nil }
    if half(flags + 2) & 0x4000 != 0 { parsed.hasSkipped = true }
    return flags + 4
  }

  /// Version 4: each path is what remains of the one before it, and a new end.
  private func parseCompressed(_ count: Int, into parsed: inout Parsed) -> Int? {
    var paths: [UInt8] = []
    var last = 0..<0
    var offset = 12
    for _ in 0..<count {
      guard var name = startOfName(offset, hasMoreFlags: true, into: &parsed) else { return nil }
      guard let dropped = variableLength(&name), dropped <= last.count else { return nil }
      guard let nameEnd = bytes[name..<end].firstIndex(of: 0) else { return nil }
      let start = paths.count
      paths.append(contentsOf: paths[last.lowerBound..<(last.upperBound - dropped)])
      paths.append(contentsOf: bytes[name..<nameEnd])
      last = start..<paths.count
      guard !last.isEmpty, paths.count < Int(UInt32.max) else { return nil }
      parsed.offsets.append(UInt32(offset))
      parsed.pathStarts.append(UInt32(start))
      parsed.pathLengths.append(UInt32(last.count))
      offset = nameEnd + 1
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, paths.count), alignment: 1)
    memory.copyBytes(from: paths)
    parsed.paths = memory
    return offset
  }

  /// The number coding of pack offsets: seven bits a byte, the highest first, each further byte adding one.
  private func variableLength(_ offset: inout Int) -> Int? {
    guard offset < end else { return nil }
    var value = Int(bytes[offset] & 0x7f)
    while bytes[offset] & 0x80 != 0 {
      offset += 1
      guard offset < end, value < 1 << 32 else { return nil }
      value = (value + 1) << 7 | Int(bytes[offset] & 0x7f)
    }
    offset += 1
    return value
  }

  /// False if there is an extension that must be understood and is not.
  private func parseExtensions(from start: Int, into parsed: inout Parsed) -> Bool {
    var offset = start
    while offset < end {
      guard offset + 8 <= end else { return false }
      let length = Int(word(offset + 4))
      guard length <= end - offset - 8 else { return false }
      let content = (offset + 8)..<(offset + 8 + length)
      if word(offset) == Self.knownTrees {
        var place = content.lowerBound
        guard parseTree(&place, content.upperBound, depth: 0, into: &parsed), place == content.upperBound
        else {
          return false
        }
      } else if !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[offset]) {
        return false
      }
      offset = content.upperBound
    }
    return true
  }

  private func parseTree(_ place: inout Int, _ limit: Int, depth: Int, into parsed: inout Parsed) -> Bool {
    guard depth < 4096, let nameEnd = bytes[place..<limit].firstIndex(of: 0) else { return false }
    let name = UnsafeRawBufferPointer(rebasing: bytes[place..<nameEnd])
    place = nameEnd + 1
    guard let entries = decimal(&place, limit, before: UInt8(ascii: " ")),
      let children = decimal(&place, limit, before: UInt8(ascii: "\n")), children >= 0
    else { return false }
    var id: ObjectID?
    if entries >= 0 {
      guard place + hashLength <= limit else { return false }
      id = ObjectID(bytes: UnsafeRawBufferPointer(rebasing: bytes[place..<(place + hashLength)]))
      place += hashLength
    }
    let node = parsed.knownTrees.count
    parsed.knownTrees.append(
      IndexFile.KnownTree(
        name: name, entries: entries < 0 ? nil : entries, id: id, children: children, next: 0))
    for _ in 0..<children where !parseTree(&place, limit, depth: depth + 1, into: &parsed) { return false }
    parsed.knownTrees[node].next = parsed.knownTrees.count
    return true
  }

  private func decimal(_ place: inout Int, _ limit: Int, before mark: UInt8) -> Int? {
    let isNegative = place < limit && bytes[place] == UInt8(ascii: "-")
    var position = isNegative ? place + 1 : place
    let first = position
    var value = 0
    while position < limit, position < first + 10, (0x30...0x39).contains(bytes[position]) {
      value = 10 * value + Int(bytes[position] - 0x30)
      position += 1
    }
    guard position > first, position < limit, bytes[position] == mark else { return nil }
    place = position + 1
    return isNegative ? -value : value
  }
}
