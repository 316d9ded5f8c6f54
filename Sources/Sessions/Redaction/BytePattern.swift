/// The small language in which formats of secrets are written, here and in the user's settings.
///
/// - `[A-Za-z0-9_-]` is one character of a class; a `-` at its end stands for itself.
/// - `?` is one character that of ASCII that is no white space, quote, backslash, bracket, comma or semicolon, `*` any number of
///   these.
/// - `{20}`, `{20,40}` or `{20,}` behind a character or class says how often it stands there.
/// - `\` takes the special meaning from the next character. All others stand for themselves; case counts.
///
/// There is no choice and no way back: each part takes as much as it can. That is enough for the formats of tokens,
/// and what it costs does not depend on the text.
package struct BytePattern: Hashable, Sendable {
  struct Part: Hashable, Sendable {
    var bytes: ByteClass
    var minimum = 1
    var maximum = 1

    var isSingle: Bool { minimum == 1 && maximum == 1 }
  }

  /// Why a text is no pattern, as the end of a sentence.
  package struct Malformed: Error, Hashable, CustomStringConvertible {
    package let description: String
  }

  var parts: [Part]

  /// More repetitions than any token has characters.
  private static let limit = 10_000

  static let any = ByteClass(0x21...0x7e).subtracting(ByteClass("\"'`\\[](){}<>,;"))

  package init(_ text: String) throws(Malformed) {
    parts = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "["): parts.append(Part(bytes: try Self.members(&rest)))
      case UInt8(ascii: "{"): try Self.repeat(&parts, &rest)
      case UInt8(ascii: "?"): parts.append(Part(bytes: Self.any))
      case UInt8(ascii: "*"): parts.append(Part(bytes: Self.any, minimum: 0, maximum: .max))
      case UInt8(ascii: "\\"):
        guard let next = rest.popFirst() else { throw Malformed(description: "it ends in a backslash") }
        parts.append(try Self.literal(next))
      default: parts.append(try Self.literal(byte))
      }
    }
    if parts.isEmpty { throw Malformed(description: "it is empty") }
  }

  private static let literals = ByteClass(0x21...0x7e).subtracting(ByteClass("\"\\"))

  private static func literal(_ byte: UInt8) throws(Malformed) -> Part {
    guard literals.contains(byte) else {
      throw Malformed(
        description: "white space, quotes, backslashes and letters beyond ASCII cannot be part of it")
    }
    return Part(bytes: ByteClass([byte]))
  }

  private static func members(_ rest: inout ArraySlice<UInt8>) throws(Malformed) -> ByteClass {
    guard let end = rest.firstIndex(of: UInt8(ascii: "]")), end > rest.startIndex else {
      throw Malformed(description: "a class has no end, or no members")
    }
    var members = rest[..<end]
    rest = rest[(end + 1)...]
    var result = ByteClass()
    while let first = members.popFirst() {
      var last = first
      if members.count >= 2, members.first == UInt8(ascii: "-") { last = members[members.startIndex + 1] }
      guard first <= last else { throw Malformed(description: "a range runs backwards") }
      if last != first { members.removeFirst(2) }
      for byte in first...last {
        _ = try literal(byte)
        result.insert(byte)
      }
    }
    return result
  }

  private static func `repeat`(
    _ parts: inout [Part], _ rest: inout ArraySlice<UInt8>
  ) throws(Malformed) {
    let malformed = Malformed(
      description: "'{' must follow a character and be followed by a count such as '20,40}'")
    guard let end = rest.firstIndex(of: UInt8(ascii: "}")), var part = parts.popLast() else {
      throw malformed
    }
    let bounds = rest[..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    rest = rest[(end + 1)...]
    let numbers = bounds.map { Int(String(decoding: $0, as: UTF8.self)) }
    guard let minimum = numbers.first ?? nil, minimum >= 0, numbers.count <= 2 else { throw malformed }
    part.minimum = minimum
    part.maximum = numbers.count == 1 ? minimum : numbers[1] ?? .max
    guard part.minimum <= part.maximum, part.minimum <= limit else { throw malformed }
    if bounds.count == 2, numbers[1] == nil, !bounds[1].isEmpty { throw malformed }
    parts.append(part)
  }

  /// Whether these bytes, from first to last, have this form.
  func matches(_ bytes: [UInt8]) -> Bool {
    var place = 0
    for part in parts {
      var count = 0
      while count < part.maximum, place < bytes.count, part.bytes.contains(bytes[place]) {
        (place, count) = (place + 1, count + 1)
      }
      if count < part.minimum { return false }
    }
    return place == bytes.count
  }
}
