package import Files

/// A file in the git dir of a work tree that keeps what can be found out again: a first line that says what it is and in
/// which format, a checksum, and the rest. One that is not whole, or was written by another version, is as good as none.
package struct MemoFile: Sendable {
  package let path: String
  private let magic: [UInt8]

  private static let sumSize = 8

  package init(_ name: String, in repository: Repository) {
    path = repository.worktreeState + "/" + name
    magic = Array("git-session \(name) 1\n".utf8)
  }

  /// What was written; nil if there is nothing that can be used, whatever is wrong with it.
  package func read() -> ArraySlice<UInt8>? {
    guard let file = try? Files.readIfPresent(path), file.starts(with: magic) else { return nil }
    let content = file.dropFirst(magic.count + Self.sumSize)
    return file[magic.count..<content.startIndex].elementsEqual(Self.checksum(of: content)) ? content : nil
  }

  /// It is not waited for until that is on the disk: the checksum tells.
  package func write(_ content: [UInt8], isPrivate: Bool = false) throws(FileError) {
    try Files.makeDirectory(Files.parent(of: path))
    try Files.overwrite(magic + Self.checksum(of: content[...]) + content, at: path, isPrivate: isPrivate)
  }

  /// Against accidents: eight bytes at a time, each mixed by the multiplication of SplitMix64.
  private static func checksum(of bytes: ArraySlice<UInt8>) -> [UInt8] {
    var sum = UInt64(bytes.count)
    func mix(_ word: UInt64) {
      sum = (sum ^ word) &* 0xbf58_476d_1ce4_e5b9
      sum ^= sum >> 29
    }
    bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset + 8 <= raw.count {
        mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
        offset += 8
      }
      for byte in raw[offset...] { mix(UInt64(byte)) }
    }
    return withUnsafeBytes(of: sum.littleEndian) { Array($0) }
  }
}
