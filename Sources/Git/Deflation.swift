import Cdeflate
import Czlib
import Synchronization

/// Compresses one whole object after the other, as git stores them.
///
/// Its state is larger than most objects: it is kept from object to object. Belongs to one thread at a time.
final class Compressor {
  private let state: OpaquePointer

  /// `level` is one of zlib's, from 0 to 9, which say about the same here.
  init(level: Int32) throws(GitError) {
    guard let state = libdeflate_alloc_compressor(level) else {
      throw GitError(.other, "cannot compress: libdeflate does not start")
    }
    self.state = state
  }

  deinit { libdeflate_free_compressor(state) }

  /// Appends the compressed form of `bytes`.
  func compress(_ bytes: UnsafeRawBufferPointer, onto output: inout [UInt8]) {
    output.append(addingCapacity: libdeflate_zlib_compress_bound(state, bytes.count)) { target in
      // Never 0, which would mean that the room is too small.
      libdeflate_zlib_compress(state, bytes.baseAddress, bytes.count, target.baseAddress, target.count)
    }
  }
}

/// Takes apart one whole object after the other. Belongs to one thread at a time.
private final class Decompressor: @unchecked Sendable {
  // Unchecked, because only the thread that has borrowed it comes near it.
  private let state: OpaquePointer

  private init?() {
    guard let state = libdeflate_alloc_decompressor() else { return nil }
    self.state = state
  }

  deinit { libdeflate_free_decompressor(state) }

  /// Those that nobody has borrowed. To set up another one takes longer than to take apart a small object, and what one
  /// knows of codes it keeps.
  private static let idle = Mutex<[Decompressor]>([])

  /// Nil where there is no memory for one.
  static func borrow<Result>(_ body: (Decompressor) -> Result?) -> Result? {
    guard let own = idle.withLock({ $0.popLast() }) ?? Decompressor() else { return nil }
    defer { idle.withLock { $0.append(own) } }
    return body(own)
  }

  /// Nil if the bytes do not make `size` bytes, or are damaged.
  func expand(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    var code = LIBDEFLATE_BAD_DATA
    let output = [UInt8](unsafeUninitializedCapacity: size) { target, initialized in
      var used = 0
      code = libdeflate_zlib_decompress_ex(
        state, bytes.baseAddress, bytes.count, target.baseAddress, size, &used, nil)
      initialized = code == LIBDEFLATE_SUCCESS ? size : 0
    }
    return code == LIBDEFLATE_SUCCESS ? output : nil
  }
}

/// Compresses what comes piece by piece. Belongs to one thread at a time.
final class Deflater {
  private var stream = z_stream()

  init(level: Int32) throws(GitError) {
    guard czlib_deflate_init(&stream, level) == Z_OK else {
      throw GitError(.other, "cannot compress: zlib does not start")
    }
  }

  deinit { deflateEnd(&stream) }

  /// Appends what the next piece gives, which may be nothing yet.
  func append(_ bytes: UnsafeRawBufferPointer, onto output: inout [UInt8], isLast: Bool) {
    var rest = bytes[...]
    repeat {
      // zlib counts in 32 bits.
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      rest = rest.dropFirst(piece.count)
      stream.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: Bytef.self).baseAddress)
      stream.avail_in = uInt(piece.count)
      drain(onto: &output, flush: isLast && rest.isEmpty ? Z_FINISH : Z_NO_FLUSH)
    } while !rest.isEmpty
  }

  private func drain(onto output: inout [UInt8], flush: Int32) {
    let room = 1 << 14
    while true {
      let start = output.count
      var code = Z_OK
      output.append(addingCapacity: room) { target in
        stream.next_out = target.bindMemory(to: Bytef.self).baseAddress
        stream.avail_out = uInt(room)
        code = deflate(&stream, flush)
        return room - Int(stream.avail_out)
      }
      if flush == Z_FINISH ? code == Z_STREAM_END : output.count - start < room { return }
    }
  }
}

extension [UInt8] {
  /// Appends what `fill` writes into room for `count` bytes; it says how much that was.
  fileprivate mutating func append(
    addingCapacity count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int
  ) {
    withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { room in
      append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<fill(room)]))
    }
  }
}

/// What zlib makes of bytes.
enum Deflation {
  /// The bytes as they are, in zlib's frame (RFC 1950, 1951): for what hardly gets smaller.
  static func store(_ bytes: UnsafeRawBufferPointer, onto output: inout [UInt8]) {
    output += [0x78, 0x01]
    var rest = bytes[...]
    repeat {
      let piece = rest.prefix(0xffff)
      rest = rest.dropFirst(piece.count)
      let count = UInt16(piece.count)
      output.append(rest.isEmpty ? 1 : 0)
      output += [UInt8(count & 0xff), UInt8(count >> 8), UInt8(~count & 0xff), UInt8(~count >> 8)]
      output += piece
    } while !rest.isEmpty
    append(
      UInt32(truncatingIfNeeded: adler32_z(1, bytes.bindMemory(to: Bytef.self).baseAddress, bytes.count)),
      to: &output)
  }

  /// Takes apart an object of `size` bytes, which other bytes may follow; nil if they are not that many, or damaged.
  static func expand(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    // No byte stands for more than 1032: what is said to be larger is not even given memory.
    guard size / 1032 <= bytes.count else { return nil }
    return Decompressor.borrow { $0.expand(bytes, size: size) }
  }

  /// The first `limit` bytes of an object, or all; fewer where it is damaged.
  static func expand(_ bytes: UnsafeRawBufferPointer, upTo limit: Int) -> [UInt8] {
    var stream = z_stream()
    guard czlib_inflate_init(&stream) == Z_OK else { return [] }
    defer { inflateEnd(&stream) }
    var source = bytes[...]
    var code = Z_OK
    return [UInt8](unsafeUninitializedCapacity: limit) { target, initialized in
      while code == Z_OK && initialized < limit {
        // zlib counts in 32 bits.
        let (input, room) = (source.prefix(1 << 30), min(limit - initialized, 1 << 30))
        stream.next_in = UnsafeMutablePointer(
          mutating: UnsafeRawBufferPointer(rebasing: input).bindMemory(to: Bytef.self).baseAddress)
        stream.avail_in = uInt(input.count)
        stream.next_out = target.baseAddress?.advanced(by: initialized)
        stream.avail_out = uInt(room)
        code = inflate(&stream, Z_NO_FLUSH)
        source = source.dropFirst(input.count - Int(stream.avail_in))
        initialized += room - Int(stream.avail_out)
      }
    }
  }

  /// The checksum that the index of a pack keeps of each entry.
  static func crc(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    // Without bytes libdeflate would begin anew.
    bytes.isEmpty ? previous : libdeflate_crc32(previous, bytes.baseAddress, bytes.count)
  }

  /// In network order.
  static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
  }
}
