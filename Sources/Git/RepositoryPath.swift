/// A path relative to the top of a work tree: bytes between `/`, in no particular encoding.
package struct RepositoryPath: Hashable, Comparable, Sendable {
  package let bytes: [UInt8]

  // What most are made of, without a look at what a sequence is made of, which the runtime takes its time for.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }
  package init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
  package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  package var components: [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  }

  /// The folder that holds it; nil at the top.
  package var parent: RepositoryPath? {
    bytes.lastIndex(of: UInt8(ascii: "/")).map { RepositoryPath(bytes[..<$0]) }
  }

  package var name: [UInt8] { components.last.map(Array.init) ?? [] }

  /// The folders above it, the outermost first.
  package var ancestors: [RepositoryPath] {
    bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }.map { RepositoryPath(bytes[..<$0]) }
  }

  package func isInside(_ folder: RepositoryPath) -> Bool {
    bytes.count > folder.bytes.count && bytes.starts(with: folder.bytes)
      && bytes[folder.bytes.count] == UInt8(ascii: "/")
  }

  package static func < (left: RepositoryPath, right: RepositoryPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension RepositoryPath: CustomStringConvertible {
  /// UTF-8 as it is; anything else, control characters, and a leading quotation mark in git's C-style quotes.
  package var description: String {
    let text = String(validating: bytes, as: UTF8.self)
    let needsQuotes =
      text == nil || bytes.first == UInt8(ascii: "\"") || bytes.contains { $0 < 0x20 || $0 == 0x7f }
    if let text, !needsQuotes { return text }
    var quoted = "\""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += "\\" + String(Unicode.Scalar(byte))
      case UInt8(ascii: "\n"): quoted += "\\n"
      case UInt8(ascii: "\t"): quoted += "\\t"
      case 0..<0x20, 0x7f...: quoted += "\\" + Self.octal(byte)
      default: quoted.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return quoted + "\""
  }

  /// Reads what ``description`` gives.
  package init?(quoted text: String) {
    // In bytes: a quotation mark and an accent after it would be another character.
    guard text.utf8.first == UInt8(ascii: "\"") else {
      self.init(text.utf8)
      return
    }
    guard text.utf8.count >= 2, text.utf8.last == UInt8(ascii: "\"") else { return nil }
    var bytes: [UInt8] = []
    var rest = text.utf8.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      guard let escape = rest.popFirst() else { return nil }
      switch escape {
      case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): bytes.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(escape)
      default:
        guard let second = rest.popFirst(), let third = rest.popFirst(),
          let value = UInt8(String(decoding: [escape, second, third], as: UTF8.self), radix: 8)
        else { return nil }
        bytes.append(value)
      }
    }
    self.init(bytes)
  }

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
