/// The patterns of one ignore file, as gitignore(5) describes them.
struct IgnorePatterns: Sendable {
  /// What an ignore file says of a path.
  enum Verdict: Sendable { case ignored, included }

  private struct Pattern: Sendable {
    /// Without the marks for negation and folders.
    var bytes: [UInt8]
    var isNegated = false
    var onlyFolders = false
    /// Matched with the last component alone, since it holds no slash.
    var isName = true
    /// How many bytes at the start stand for themselves.
    var literalLength = 0
    /// A star and then a text that stands for itself.
    var isSuffix = false
  }

  private let patterns: [Pattern]
  /// The folder of the file as a prefix of paths: empty, or ending with a slash.
  private let folder: [UInt8]

  var isEmpty: Bool { patterns.isEmpty }

  /// `content` is that of a file in `folder`, which is empty for the top and for files that lie elsewhere.
  init(_ content: some Collection<UInt8>, in folder: [UInt8]) {
    self.folder = folder
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = content.starts(with: mark) ? Array(content.dropFirst(3)) : Array(content)
    patterns = text.split(separator: UInt8(ascii: "\n")).compactMap(Self.pattern)
  }

  private static func pattern(_ line: ArraySlice<UInt8>) -> Pattern? {
    if line.first == UInt8(ascii: "#") { return nil }
    var rest = trimmingSpaces(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    var pattern = Pattern(bytes: [])
    if rest.first == UInt8(ascii: "!") {
      pattern.isNegated = true
      rest = rest.dropFirst()
    }
    if rest.isEmpty { return nil }
    let whole = rest
    if rest.last == UInt8(ascii: "/") {
      pattern.onlyFolders = true
      rest = rest.dropLast()
    }
    pattern.isName = !rest.contains(UInt8(ascii: "/"))
    // A slash at the start only ties the pattern to its folder.
    if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
    pattern.bytes = Array(rest)
    pattern.literalLength = pattern.bytes.firstIndex(where: isSpecial) ?? pattern.bytes.count
    pattern.isSuffix = whole.first == UInt8(ascii: "*") && !whole.dropFirst().contains(where: isSpecial)
    return pattern
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\")].contains(byte)
  }

  /// Spaces at the end do not count unless the first of them is escaped.
  private static func trimmingSpaces(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.startIndex
    var place = line.startIndex
    while place < line.endIndex {
      if line[place] == UInt8(ascii: "\\") {
        place = min(place + 2, line.endIndex)
        end = place
      } else {
        if line[place] != UInt8(ascii: " ") { end = place + 1 }
        place += 1
      }
    }
    return line[..<end]
  }

  /// What the last pattern that fits says; nil if none does. `path` is from the top, `name` its last component.
  func verdict(_ path: Glob.Bytes, name: Glob.Bytes, isFolder: Bool) -> Verdict? {
    for pattern in patterns.reversed() where isFolder || !pattern.onlyFolders {
      if fits(pattern, path, name) { return pattern.isNegated ? .included : .ignored }
    }
    return nil
  }

  private func fits(_ pattern: Pattern, _ path: Glob.Bytes, _ name: Glob.Bytes) -> Bool {
    pattern.bytes.withUnsafeBufferPointer { bytes in
      if pattern.isName {
        if pattern.literalLength == bytes.count { return bytes.elementsEqual(name) }
        if pattern.isSuffix {
          let suffix = bytes.dropFirst()
          return name.count >= suffix.count && name.suffix(suffix.count).elementsEqual(suffix)
        }
        return Glob.matches(bytes, name, isPath: false)
      }
      guard path.count >= folder.count, path.prefix(folder.count).elementsEqual(folder) else { return false }
      let below = path[folder.count...]
      let literal = pattern.literalLength
      guard below.count >= literal, below.prefix(literal).elementsEqual(bytes.prefix(literal)) else {
        return false
      }
      return Glob.matches(
        Glob.Bytes(rebasing: bytes[literal...]), Glob.Bytes(rebasing: below.dropFirst(literal)), isPath: true)
    }
  }
}
