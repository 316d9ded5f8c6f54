/// Reads a file of git's configuration (git-config, "Syntax").
///
/// Meant for the usual: whatever git might read in another way, or refuse, gives nil, and git has to be asked.
struct ConfigurationFile {
  /// In lower case but for the middle part, with values that are `true` where there is none.
  private(set) var entries: [(key: String, value: String)] = []

  private var rest: ArraySlice<UInt8>
  private var section: [UInt8] = []

  init?(_ bytes: [UInt8]) {
    rest = bytes[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    while let byte = next() {
      switch byte {
      case 0x23, 0x3b: while let skipped = next(), skipped != 0x0a {}
      case let space where Self.isSpace(space): continue
      case 0x5b: guard readSection() else { return nil }
      case let letter where Self.isLetter(letter): guard readVariable(from: letter) else { return nil }
      default: return nil
      }
    }
  }

  /// A carriage return before a line feed belongs to it.
  private mutating func next() -> UInt8? {
    guard let byte = rest.popFirst() else { return nil }
    if byte == 0x0d, rest.first == 0x0a { return rest.popFirst() }
    return byte
  }

  /// `section]` or `section "middle"]`.
  private mutating func readSection() -> Bool {
    section = []
    while let byte = next() {
      if byte == 0x5d { return true }
      if byte == 0x20 || byte == 0x09 { return readMiddle() }
      guard Self.isKey(byte) || byte == 0x2e else { return false }
      section.append(Self.lowercased(byte))
    }
    return false
  }

  private mutating func readMiddle() -> Bool {
    var byte = next()
    while byte == 0x20 || byte == 0x09 { byte = next() }
    guard byte == 0x22 else { return false }
    section.append(0x2e)
    while let byte = next(), byte != 0x0a, byte != 0 {
      if byte == 0x22 { return next() == 0x5d }
      guard byte == 0x5c else {
        section.append(byte)
        continue
      }
      guard let escaped = next(), escaped != 0x0a else { return false }
      section.append(escaped)
    }
    return false
  }

  private mutating func readVariable(from letter: UInt8) -> Bool {
    guard !section.isEmpty else { return false }
    var name = [Self.lowercased(letter)]
    var byte = next()
    while let letter = byte, Self.isKey(letter) {
      name.append(Self.lowercased(letter))
      byte = next()
    }
    while byte == 0x20 || byte == 0x09 { byte = next() }
    var value = Array("true".utf8)
    if byte != nil && byte != 0x0a {
      guard byte == 0x3d, let read = readValue() else { return false }
      value = read
    }
    entries.append(
      (String(decoding: section + [0x2e] + name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    return true
  }

  private mutating func readValue() -> [UInt8]? {
    var value: [UInt8] = []
    var (isQuoted, isComment, spaces) = (false, false, 0)
    while let byte = next(), byte != 0x0a || isQuoted {
      if byte == 0x0a || byte == 0 { return nil }
      if isComment { continue }
      if Self.isSpace(byte) && !isQuoted {
        // Versions of git differ in what they make of others between words; at the end all drop them.
        if byte != 0x20 { spaces = .min / 2 }
        if !value.isEmpty { spaces += 1 }
        continue
      }
      if !isQuoted && (byte == 0x23 || byte == 0x3b) {
        isComment = true
        continue
      }
      if !value.isEmpty && spaces < 0 { return nil }
      value += [UInt8](repeating: 0x20, count: max(0, spaces))
      spaces = 0
      switch byte {
      case 0x22: isQuoted.toggle()
      case 0x5c:
        guard let escaped = next() else { return nil }
        if escaped == 0x0a { continue }
        guard let meant = Self.escapes[escaped] else { return nil }
        value.append(meant)
      default: value.append(byte)
      }
    }
    return isQuoted ? nil : value
  }

  private static let escapes: [UInt8: UInt8] = [0x74: 0x09, 0x62: 0x08, 0x6e: 0x0a, 0x22: 0x22, 0x5c: 0x5c]

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(lowercased(byte)) }
  private static func isKey(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2d
  }
  private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}
