extension JSONValue {
  package struct Malformed: Error, CustomStringConvertible {
    /// The offset of the byte where reading stopped.
    package let offset: Int
    package var description: String { "not JSON at byte \(offset)" }
  }

  /// How deep arrays and objects may be nested.
  package static let depthLimit = 128

  /// Throws unless the bytes are one JSON value in UTF-8 (RFC 8259), in no object two members of one name.
  ///
  /// Not Foundation's decoder: input may be hostile, and that one takes 30 times as long to find out what a
  /// value is.
  package init(parsing bytes: [UInt8]) throws(Malformed) {
    var parser = JSONParser(bytes: bytes, isForgiving: false)
    self = try parser.document()
  }

  /// The same, but in strings halves of surrogate pairs, which programs in JavaScript write where they have cut a text,
  /// and bytes that are no UTF-8 are read as U+FFFD; of two members of one name the last one counts, as for
  /// `JSON.parse`. Takes no longer, and nothing is copied first.
  package init(forgiving bytes: [UInt8]) throws(Malformed) {
    var parser = JSONParser(bytes: bytes, isForgiving: true)
    self = try parser.document()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  let isForgiving: Bool
  private var position = 0

  init(bytes: [UInt8], isForgiving: Bool) { (self.bytes, self.isForgiving) = (bytes, isForgiving) }

  mutating func document() throws(JSONValue.Malformed) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw malformed }
    return value
  }

  private var malformed: JSONValue.Malformed { JSONValue.Malformed(offset: position) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  /// Consumes one byte if it is the next one.
  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONValue.Malformed) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    default: return try number()
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONValue.Malformed) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
      throw malformed
    }
    position = end
    return value
  }

  private mutating func array(depth: Int) throws(JSONValue.Malformed) -> [JSONValue] {
    guard depth <= JSONValue.depthLimit, take("[") else { throw malformed }
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return elements }
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if take("]") { return elements }
      guard take(",") else { throw malformed }
    }
  }

  private mutating func object(depth: Int) throws(JSONValue.Malformed) -> [String: JSONValue] {
    guard depth <= JSONValue.depthLimit, take("{") else { throw malformed }
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return members }
    while true {
      skipSpace()
      let key = try string()
      skipSpace()
      guard take(":") else { throw malformed }
      guard members.updateValue(try value(depth: depth), forKey: key) == nil || isForgiving else {
        throw malformed
      }
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw malformed }
    }
  }
}

extension JSONParser {
  private mutating func string() throws(JSONValue.Malformed) -> String {
    guard take("\"") else { throw malformed }
    let start = position
    skipPlain()
    if take("\"") { return try text(bytes[start..<position - 1]) }
    var content = Array(bytes[start..<position])
    while !take("\"") {
      guard take("\\") else { throw malformed }
      try appendEscaped(to: &content)
      let start = position
      skipPlain()
      content += bytes[start..<position]
    }
    return try text(content[...])
  }

  /// What stands for itself in a string.
  private mutating func skipPlain() {
    position = bytes.withUnsafeBytes { bytes in
      var end = position
      while let eight = EightBytes(bytes, at: end), !eight.holdsLess(than: 0x20),
        !eight.holds(UInt8(ascii: "\"")), !eight.holds(UInt8(ascii: "\\"))
      {
        end += 8
      }
      while end < bytes.count, Self.isPlain(bytes[end]) { end += 1 }
      return end
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private func text(_ content: ArraySlice<UInt8>) throws(JSONValue.Malformed) -> String {
    if isForgiving { return String(decoding: content, as: UTF8.self) }
    guard let text = String(validating: content, as: UTF8.self) else { throw malformed }
    return text
  }

  /// What an escape stands for; its backslash is consumed.
  private mutating func appendEscaped(to content: inout [UInt8]) throws(JSONValue.Malformed) {
    guard let byte = next else { throw malformed }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content += try escapedScalar().utf8
    default: throw malformed
    }
  }

  /// One UTF-16 code unit, or a pair of surrogates; half a pair is no text.
  private mutating func escapedScalar() throws(JSONValue.Malformed) -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    let end = position
    if unit < 0xdc00, take("\\"), take("u") {
      let low = try fourDigits()
      if (0xdc00...0xdfff).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
      {
        return scalar
      }
    }
    guard isForgiving else { throw malformed }
    position = end
    return "\u{fffd}"
  }

  private mutating func fourDigits() throws(JSONValue.Malformed) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else { throw malformed }
      value = value << 4 + UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
    let start = position
    _ = take("-")
    if !take("0") { try digits() }
    let endOfInteger = position
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if position == endOfInteger, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw malformed }
    return .number(number)
  }

  /// At least one.
  private mutating func digits() throws(JSONValue.Malformed) {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw malformed }
  }
}
