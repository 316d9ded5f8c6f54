import Files

/// The packs that multi-pack-indexes name (gitformat-pack). Git and the bitmaps beside them count on each of them.
enum MultiPackIndex {
  /// The names of the packs, by the one file or the chain of files in the folder of packs. Nil if one cannot be read:
  /// it may name any pack.
  static func packs(in folder: String) throws(FileError) -> Set<String>? {
    let chain = folder + "/multi-pack-index.d"
    let files = try Files.list(chain).filter { $0.hasSuffix(".midx") }.map { chain + "/" + $0 }
    var names: Set<String> = []
    for path in [folder + "/multi-pack-index"] + files {
      guard let file = try MappedFile(path) else { continue }
      guard let found = packs(in: file.bytes) else { return nil }
      names.formUnion(found)
    }
    return names
  }

  /// One that is being written names packs that were there when its writing began.
  static func lock(in folder: String) -> String { folder + "/multi-pack-index.lock" }

  /// Nil if the bytes are no such index.
  static func packs(in bytes: UnsafeRawBufferPointer) -> [String]? {
    let (header, width) = (12, 12)
    guard bytes.count >= header, bytes.starts(with: Array("MIDX".utf8)) else { return nil }
    func number(at place: Int) -> Int {
      Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    }
    func offset(at place: Int) -> Int? {
      Int(exactly: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
    }
    let chunks = Int(bytes[6])
    // A last entry says where the last chunk ends.
    guard bytes.count >= header + (chunks + 1) * width else { return nil }
    let entries = stride(from: header, to: header + chunks * width, by: width)
    guard let entry = entries.first(where: { bytes[$0..<($0 + 4)].elementsEqual("PNAM".utf8) }) else {
      return nil
    }
    let (start, end) = (offset(at: entry + 4), offset(at: entry + width + 4))
    guard let start, let end, start <= end, end <= bytes.count else { return nil }
    let names = bytes[start..<end].split(separator: 0).map { name in
      String(String(decoding: name, as: UTF8.self).prefix { $0 != "." })
    }
    return names.count == number(at: 8) ? names : nil
  }
}
