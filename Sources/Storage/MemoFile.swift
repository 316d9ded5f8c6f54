import Files
import Git
import Sessions

/// A file in the git dir of a work tree that keeps what can be found out again: a first line that says what it is and in
/// which format, a checksum, and the rest. One that is not whole, or was written by another version, is as good as none.
struct MemoFile {
  let path: String
  private let magic: [UInt8]

  init(_ name: String, in repository: Repository) {
    path = repository.worktreeState + "/" + name
    magic = Array("git-session \(name) 1\n".utf8)
  }

  /// Nil if there is nothing that can be used, whatever is wrong with it.
  func read() -> ByteReader? {
    guard let file = try? Files.readIfPresent(path), file.starts(with: magic) else { return nil }
    var bytes = ByteReader(file[magic.count...])
    guard let sum = try? bytes.integer(), sum == Self.checksum(file[(magic.count + 8)...]) else { return nil }
    return bytes
  }

  /// It is not waited for until that is on the disk: the checksum tells.
  func write(_ content: [UInt8]) throws(FileError) {
    var sum = ByteWriter()
    sum.write(Self.checksum(content[...]))
    try Files.makeDirectory(Files.parent(of: path))
    try Files.overwrite(magic + sum.bytes + content, at: path)
  }

  /// Against accidents: eight bytes at a time, each mixed by the multiplication of SplitMix64.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int64 {
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
    return Int64(bitPattern: sum)
  }
}
