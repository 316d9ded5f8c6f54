import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ObjectBatch {
  /// Writes what can be read from an open file, from where it stands to its end, without ever holding all of it.
  ///
  /// `size` is what it must come to. If the file has changed meanwhile, `.changed` is thrown and nothing written. For
  /// files that are too large for memory: one at a time of them is written.
  package func writeBlob(readingFrom descriptor: Int32, size: Int, path: String) throws(GitError) -> ObjectID
  {
    try largeLock.whileHeld { () throws(GitError) in
      try openLarge()
      let start = large?.end ?? 0
      do throws(GitError) {
        let (id, crc) = try stream(descriptor, size: size, path: path)
        if hold(id) {
          large?.place(id, .blob, size: size, from: start, crc: crc)
        } else {
          large?.rewind(to: start)
        }
        return id
      } catch {
        large?.rewind(to: start)
        throw error
      }
    }
  }

  private func stream(
    _ descriptor: Int32, size: Int, path: String
  ) throws(GitError) -> (ObjectID, crc: UInt32) {
    let naming = try format.naming(.blob, size: size)
    let deflater = try Deflater(level: level)
    var output = PackEntry.header(.blob, size: size)
    var crc: UInt32 = 0
    var rest = size
    repeat {
      let chunk = try Self.read(descriptor, limit: min(rest + 1, 1 << 18), path: path)
      rest -= chunk.count
      guard rest >= 0, !chunk.isEmpty || rest == 0 else {
        throw GitError(.changed, "'\(path)' changed while it was read")
      }
      try naming.update(chunk)
      chunk.withUnsafeBytes { deflater.append($0, onto: &output, isLast: chunk.isEmpty) }
      crc = output.withUnsafeBytes { Deflation.crc($0, after: crc) }
      try withFiles { () throws(FileError) in try large?.append(output) }
      output.removeAll(keepingCapacity: true)
      if chunk.isEmpty { return (try naming.finish(), crc) }
    } while true
  }

  /// Empty at the end.
  private static func read(_ descriptor: Int32, limit: Int, path: String) throws(GitError) -> [UInt8] {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
        count = platformRead(descriptor, buffer.baseAddress, limit)
        initialized = max(0, count)
      }
      if count >= 0 { return bytes }
      if errno != EINTR { throw GitError(FileError("read", path)) }
    }
  }
}

private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
