import TestSupport
import Testing

@testable import Git

@Suite struct Digests {
  /// From FIPS 180-4's examples, and one that takes many blocks.
  @Test(arguments: [
    (
      "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func knownValues(text: String, times: Int, sha1: String, sha256: String) {
    for (format, expected) in [(ObjectFormat.sha1, sha1), (.sha256, sha256)] {
      var digest = Digest(format)
      digest.update(Array(String(repeating: text, count: times).utf8))
      #expect(digest.finish().hex == expected)
    }
  }

  @Test func piecesOfAnySizeGiveTheSame() {
    var random = Random(1)
    for size in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000] {
      let bytes = (0..<size).map { _ in UInt8(random.number(0...255)) }
      for format in [ObjectFormat.sha1, .sha256] {
        var (whole, pieces) = (Digest(format), Digest(format))
        whole.update(bytes)
        var rest = bytes[...]
        while !rest.isEmpty {
          let piece = rest.prefix(random.number(1...100))
          pieces.update(Array(piece))
          rest = rest.dropFirst(piece.count)
        }
        #expect(whole.finish() == pieces.finish(), "\(size)")
      }
    }
  }

  @Test(arguments: [0, 1, 31, 32, 0xffff, 0x10000, 200_000]) func whatIsCompressedComesBack(size: Int) throws
  {
    var random = Random(size)
    let bytes = (0..<size).map { _ in UInt8(random.number(0...3)) }
    var (stored, compressed): ([UInt8], [UInt8]) = ([], [])
    bytes.withUnsafeBytes { Deflation.store($0, onto: &stored) }
    let compressor = try Compressor(level: 1)
    bytes.withUnsafeBytes { compressor.compress($0, onto: &compressed) }
    for form in [stored, compressed] {
      form.withUnsafeBytes { form in
        #expect(Deflation.expand(form, size: size) == bytes)
        #expect(Deflation.expand(form, size: size + 1) == nil)
        if size > 0 { #expect(Deflation.expand(form, size: size - 1) == nil) }
        #expect(Deflation.expand(form, size: .max) == nil)
        #expect(Deflation.expand(form, upTo: 10) == Array(bytes.prefix(10)))
        let short = UnsafeRawBufferPointer(rebasing: form.dropLast())
        #expect(Deflation.expand(short, size: size) == nil)
      }
    }
  }

  /// An index whose pack is larger than 2 GiB has a table more.
  @Test func offsetsBeyond31Bits() throws {
    let ids = (0..<3).compactMap { ObjectID(String(repeating: "\($0)", count: 40)) }
    let entries = zip(ids, [12, 1 << 31, 1 << 40]).map { id, offset in
      PackEntry(id: id, kind: .blob, size: 1, offset: offset, length: 1, crc: 7)
    }
    let bytes = PackIndex.bytes(of: entries.reversed(), checksum: .none, format: .sha1)
    #expect(PackIndex.ids(in: bytes, format: .sha1) == ids)
    let offsets = bytes.dropLast(40).suffix(3 * 4 + 2 * 8)
    #expect(
      Array(offsets) == [
        0, 0, 0, 12, 0x80, 0, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
      ])
    #expect(PackIndex.ids(in: Array(bytes.prefix(1000)), format: .sha1) == nil)
    bytes.withUnsafeBytes { bytes in
      #expect(ids.map { PackIndex.offset(of: $0, in: bytes, format: .sha1) } == [12, 1 << 31, 1 << 40])
      #expect(PackIndex.offset(of: .emptyTree, in: bytes, format: .sha1) == nil)
      for length in 0..<bytes.count - 40 {
        let short = UnsafeRawBufferPointer(rebasing: bytes[..<length])
        #expect(PackIndex.offset(of: ids[2], in: short, format: .sha1) == nil)
      }
    }
  }
}
