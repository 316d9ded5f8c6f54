package import Git

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All that lies in a folder, byte for byte, but the `.git` at its top. Empty folders do not count.
package struct FileTree: Equatable {
  package enum Entry: Hashable, Sendable {
    case file(String, executable: Bool = false)
    case link(String)
    case fifo
  }

  package private(set) var entries: [RepositoryPath: Entry] = [:]

  package init() {}

  package init(of folder: String) { collect(Array(folder.utf8), below: []) }

  private mutating func collect(_ folder: [UInt8], below prefix: [UInt8]) {
    for name in Self.names(in: folder) where !(prefix.isEmpty && name == Array(".git".utf8)) {
      let (place, path) = (folder + [UInt8(ascii: "/")] + name, prefix + name)
      switch Self.kind(of: place) {
      case S_IFDIR: collect(place, below: path + [UInt8(ascii: "/")])
      default: entries[RepositoryPath(path)] = Self.entry(at: place)
      }
    }
  }

  package subscript(path: RepositoryPath) -> Entry? {
    get { entries[path] }
    set { entries[path] = newValue }
  }

  package var paths: Set<RepositoryPath> { Set(entries.keys) }

  package func filter(_ isIncluded: (RepositoryPath) -> Bool) -> FileTree {
    var tree = self
    tree.entries = entries.filter { isIncluded($0.key) }
    return tree
  }

  // MARK: - Single entries, named by bytes

  /// Nil if nothing is there or a folder above it is none.
  package static func entry(at place: [UInt8]) -> Entry? {
    switch kind(of: place) {
    case S_IFREG:
      var raw = stat()
      _ = withName(place) { stat($0, &raw) }
      return .file(content(of: place), executable: raw.st_mode & S_IXUSR != 0)
    case S_IFLNK:
      var target = [CChar](repeating: 0, count: 4096)
      let count = withName(place) { readlink($0, &target, 4096) }
      return .link(String(decoding: target.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self))
    case nil, S_IFDIR: return nil
    default: return .fifo
    }
  }

  /// Puts an entry at `path`, with the folders above it and in place of whatever stands in its way.
  package static func put(_ entry: Entry, at path: RepositoryPath, below folder: String) {
    for ancestor in path.ancestors {
      let place = Array((folder + "/").utf8) + ancestor.bytes
      if kind(of: place) != S_IFDIR { removeAll(place) }
      _ = withName(place) { mkdir($0, 0o777) }
    }
    let place = Array((folder + "/").utf8) + path.bytes
    removeAll(place)
    switch entry {
    case .file(let text, let executable):
      do {
        try write(Array(text.utf8), executable: executable, to: place)
      } catch {
        preconditionFailure("\(error)")
      }
    case .link(let target): _ = withName(place) { symlink(target, $0) }
    case .fifo: _ = withName(place) { mkfifo($0, 0o666) }
    }
  }

  /// Removes what is at `path`, and the folders above it that are left empty.
  package static func remove(_ path: RepositoryPath, below folder: String) {
    let top = Array((folder + "/").utf8)
    removeAll(top + path.bytes)
    for ancestor in path.ancestors.reversed() { _ = withName(top + ancestor.bytes) { rmdir($0) } }
  }

  private static func removeAll(_ place: [UInt8]) {
    guard let kind = kind(of: place) else { return }
    guard kind == S_IFDIR else {
      _ = withName(place) { unlink($0) }
      return
    }
    for name in names(in: place) { removeAll(place + [UInt8(ascii: "/")] + name) }
    _ = withName(place) { rmdir($0) }
  }

  /// Writes a file anew, or over what it holds.
  ///
  /// It is closed for the programs that other tests start meanwhile, which `Data.write` does not do: Linux executes no
  /// script that somebody has open for writing.
  package static func write(_ bytes: [UInt8], executable: Bool = false, to place: [UInt8]) throws {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let descriptor = withName(place) { open($0, flags, executable ? 0o777 : 0o666) }
    guard descriptor >= 0 else { throw Unwritable(name: String(decoding: place, as: UTF8.self), code: errno) }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { platformWrite(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw Unwritable(name: String(decoding: place, as: UTF8.self), code: errno) }
      rest = rest.dropFirst(written)
    }
  }

  private struct Unwritable: Error {
    let name: String
    /// Of `errno`.
    let code: Int32
  }

  private static func content(of place: [UInt8]) -> String {
    let descriptor = withName(place) { open($0, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk.prefix(count)
    }
  }

  private static func kind(of place: [UInt8]) -> mode_t? {
    var raw = stat()
    return withName(place) { lstat($0, &raw) } == 0 ? raw.st_mode & S_IFMT : nil
  }

  private static func names(in folder: [UInt8]) -> [[UInt8]] {
    guard let stream = withName(folder, { opendir($0) }) else { return [] }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8) && name != Array("..".utf8) { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

extension FileTree: CustomStringConvertible {
  package var description: String {
    entries.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
  }

  /// The paths in which two trees differ, with what is there on either side: short enough for a failed test.
  package func differences(from other: FileTree) -> [String] {
    paths.union(other.paths).sorted().filter { self[$0] != other[$0] }.map { path in
      "\(path): \(self[path].map(String.init(describing:)) ?? "nothing") "
        + "instead of \(other[path].map(String.init(describing:)) ?? "nothing")"
    }
  }
}

private func platformWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}

/// Lends bytes as a NUL-terminated name.
private func withName<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  let terminated = bytes.map(CChar.init(bitPattern:)) + [0]
  return terminated.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return "".withCString(body) }
    return body(base)
  }
}
