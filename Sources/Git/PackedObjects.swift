import Files
import Synchronization

/// The packs that a repository has when an object is first asked for.
///
/// What is not found here may be there all the same: loose, in a pack that came later, in another repository. Several
/// threads may read at once, which libgit2 makes wait for each other.
final class PackedObjects: @unchecked Sendable {
  // Unchecked, because all that changes is changed under `lock`.
  private let folder: String
  private let format: ObjectFormat
  private let lock = Lock()
  private var listed: [Pack]?
  /// The pack in which the last object was: the next one is mostly there too.
  private let recent = Atomic<Int>(0)
  /// Objects to which others are differences, by pack and offset, and their size in bytes.
  private var bases: [Place: Object] = [:]
  private var basesSize = 0
  private static let basesLimit = 16 << 20

  private final class Pack {
    let path: String
    let index: MappedFile
    /// Mapped once an object is in it.
    var content: MappedFile?

    init(_ path: String, _ index: MappedFile) { (self.path, self.index) = (path, index) }
  }

  private struct Place: Hashable {
    let pack: Int
    let offset: Int
  }

  private typealias Object = (kind: ObjectKind, content: [UInt8])

  /// `folder` is that of the packs. One that cannot be read is left out.
  init(in folder: String, format: ObjectFormat) {
    self.folder = folder
    self.format = format
  }

  /// The content of an object; nil also if it has more bytes than `limit`, is of another kind, or is damaged.
  func content(of id: ObjectID, _ kind: ObjectKind, limit: Int) -> [UInt8]? {
    guard let (place, pack) = place(of: id),
      let object = object(at: place, in: pack, limit: limit), object.kind == kind
    else { return nil }
    return object.content
  }

  /// As many objects may stand behind a difference, one after the other, as git makes at the most by itself.
  private static let chainLimit = 50

  private func object(at place: Place, in pack: MappedFile, limit: Int, depth: Int = 0) -> Object? {
    guard place.offset >= 0, place.offset < pack.bytes.count, depth <= Self.chainLimit else { return nil }
    var rest = pack.bytes[place.offset...]
    guard let header = PackEntry.takeHeader(from: &rest) else { return nil }
    let base: (Place, MappedFile)?
    switch header.form {
    case .whole(let kind):
      guard header.size <= limit else { return nil }
      return Deflation.expand(UnsafeRawBufferPointer(rebasing: rest), size: header.size).map { (kind, $0) }
    case .offset:
      base = PackEntry.takeDistance(from: &rest).map {
        (Place(pack: place.pack, offset: place.offset - $0), pack)
      }
    case .name:
      let id = ObjectID(bytes: UnsafeRawBufferPointer(rebasing: rest.prefix(format.byteCount)))
      rest = rest.dropFirst(format.byteCount)
      base = id.flatMap(self.place)
    }
    guard let base, let object = self.base(at: base.0, in: base.1, depth: depth + 1),
      let delta = Deflation.expand(UnsafeRawBufferPointer(rebasing: rest), size: header.size),
      let content = Delta.apply(delta, to: object.content, limit: limit)
    else { return nil }
    return (object.kind, content)
  }

  private func base(at place: Place, in pack: MappedFile, depth: Int) -> Object? {
    if let known = lock.whileHeld({ bases[place] }) { return known }
    guard let object = object(at: place, in: pack, limit: Delta.sizeLimit, depth: depth) else { return nil }
    lock.whileHeld {
      if basesSize + object.content.count > Self.basesLimit { (bases, basesSize) = ([:], 0) }
      guard bases[place] == nil, object.content.count <= Self.basesLimit else { return }
      bases[place] = object
      basesSize += object.content.count
    }
    return object
  }

  private func place(of id: ObjectID) -> (Place, MappedFile)? {
    let packs = lock.whileHeld {
      let packs = listed ?? list()
      listed = packs
      return packs
    }
    let first = recent.load(ordering: .relaxed)
    for step in packs.indices {
      let number = (first + step) % packs.count
      let pack = packs[number]
      guard let offset = PackIndex.offset(of: id, in: pack.index.bytes, format: format) else { continue }
      recent.store(number, ordering: .relaxed)
      let content = lock.whileHeld {
        pack.content = pack.content ?? (try? MappedFile(pack.path + ".pack"))
        return pack.content
      }
      return content.map { (Place(pack: number, offset: offset), $0) }
    }
    return nil
  }

  private func list() -> [Pack] {
    let names = (try? Files.list(folder)) ?? []
    return names.filter { $0.hasSuffix(".idx") }.compactMap { name in
      let path = "\(folder)/\(name.dropLast(4))"
      return (try? MappedFile(path + ".idx")).map { Pack(path, $0) }
    }
  }
}

/// How a pack tells an object from another one that it resembles (gitformat-pack).
enum Delta {
  /// In bytes. What is larger is left to libgit2.
  static let sizeLimit = 64 << 20

  /// Nil if it does not fit, is damaged, or makes more than `limit` bytes.
  static func apply(_ delta: [UInt8], to base: [UInt8], limit: Int) -> [UInt8]? {
    var rest = delta[...]
    guard takeNumber(from: &rest) == base.count, let size = takeNumber(from: &rest),
      size <= min(limit, sizeLimit)
    else { return nil }
    var content: [UInt8] = []
    content.reserveCapacity(size)
    while let byte = rest.popFirst() {
      if byte & 0x80 == 0 {
        // So many new bytes follow.
        guard byte > 0, rest.count >= byte, content.count + Int(byte) <= size else { return nil }
        content += rest.prefix(Int(byte))
        rest = rest.dropFirst(Int(byte))
        continue
      }
      // A part of the base: four bytes of where, three of how much, each only if its bit is set.
      var (start, count) = (0, 0)
      for bit in 0..<7 where byte & 1 << bit != 0 {
        guard let next = rest.popFirst() else { return nil }
        if bit < 4 { start |= Int(next) << (8 * bit) } else { count |= Int(next) << (8 * (bit - 4)) }
      }
      if count == 0 { count = 1 << 16 }
      guard start + count <= base.count, content.count + count <= size else { return nil }
      content += base[start..<(start + count)]
    }
    return content.count == size ? content : nil
  }

  /// Seven bits in each byte, the lowest first; the highest bit says that more follow.
  private static func takeNumber(from bytes: inout ArraySlice<UInt8>) -> Int? {
    var (number, shift) = (0, 0)
    while let byte = bytes.popFirst(), shift < 56 {
      number |= Int(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return number }
      shift += 7
    }
    return nil
  }
}
