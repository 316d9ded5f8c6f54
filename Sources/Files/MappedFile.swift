#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is read in place. It may be replaced meanwhile by a rename: what was opened stays what it was.
package final class MappedFile: @unchecked Sendable {
  // Unchecked, because the memory is mapped for reading and belongs to this value until it goes.
  package let bytes: UnsafeRawBufferPointer
  /// Of the very file that is mapped.
  package let status: FileStatus

  /// Nil if there is no such file.
  package init?(_ path: String) throws(FileError) {
    let descriptor: Descriptor
    do {
      descriptor = try Descriptor(opening: path, flags: O_RDONLY | O_CLOEXEC)
    } catch  where error.isMissing {
      return nil
    }
    status = try descriptor.status()
    guard status.kind == .file else { throw FileError("map", path, code: EINVAL) }
    guard status.size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let memory = mmap(nil, Int(status.size), PROT_READ, MAP_PRIVATE, descriptor.number, 0)
    guard memory != MAP_FAILED else { throw FileError("map", path) }
    bytes = UnsafeRawBufferPointer(start: memory, count: Int(status.size))
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}
