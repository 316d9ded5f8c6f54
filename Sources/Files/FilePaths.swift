#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where files lie.
extension Files {
  /// The absolute path without links, or nil if it does not exist.
  package static func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Where the file lies that a descriptor stands for; nil if it is none, as a terminal or a pipe, or has no name.
  package static func path(ofDescriptor number: Int32) -> String? {
    var raw = stat()
    guard fstat(number, &raw) == 0, raw.st_mode & S_IFMT == S_IFREG else { return nil }
    #if canImport(Glibc)
      let path = canonical("/proc/self/fd/\(number)")
    #else
      var buffer = [CChar](repeating: 0, count: Int(MAXPATHLEN))
      guard fcntl(number, F_GETPATH, &buffer) == 0 else { return nil }
      let path = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    #endif
    return path
  }

  package static func workingDirectory() -> String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
