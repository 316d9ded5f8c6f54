/// The part of a text that a rule may look at, read through the escapes of JSON and of most programming
/// languages, however often they are nested.
///
/// Whatever lies between the ends of two units can be cut out of a JSON string without harming it.
struct Excerpt {
  /// How far before a place a rule may look.
  static let reachBack = 128
  /// How far behind a place a rule may look.
  static let reach = 32 << 10

  let bytes: UnsafeBufferPointer<UInt8>
  /// Nothing before this place counts: the text begins here, or something was redacted.
  let floor: Int
  let end: Int
  /// Whether the text goes on behind `end`.
  let isCut: Bool

  init(_ bytes: UnsafeBufferPointer<UInt8>, around place: Int, floor: Int) {
    self.bytes = bytes
    self.floor = max(floor, place - Self.reachBack)
    end = min(bytes.count, place + Self.reach)
    isCut = end < bytes.count
  }

  /// A byte, or zero where there is none.
  @inline(__always) subscript(place: Int) -> UInt8 { place >= floor && place < end ? bytes[place] : 0 }

  /// One character of what is meant, as a byte; all that is not ASCII is 0xff.
  struct Unit {
    let byte: UInt8
    /// Behind its last byte in the text.
    let end: Int
  }

  @inline(__always) func unit(at place: Int) -> Unit? {
    guard place < end else { return nil }
    let byte = bytes[place]
    if byte == UInt8(ascii: "\\") { return escape(at: place) }
    return Unit(byte: byte < 0x80 ? byte : 0xff, end: place + 1)
  }

  /// A run of backslashes with what it escapes, or by itself.
  private func escape(at start: Int) -> Unit {
    let place = start + backslashes(at: start)
    switch self[place] {
    case UInt8(ascii: "n"): return Unit(byte: UInt8(ascii: "\n"), end: place + 1)
    case UInt8(ascii: "r"): return Unit(byte: UInt8(ascii: "\r"), end: place + 1)
    case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
      return Unit(byte: UInt8(ascii: "\t"), end: place + 1)
    case UInt8(ascii: "/"): return Unit(byte: UInt8(ascii: "/"), end: place + 1)
    case UInt8(ascii: "u"):
      guard let value = hexadecimal(at: place + 1) else { break }
      return Unit(byte: value < 0x80 ? UInt8(value) : 0xff, end: place + 5)
    default: break
    }
    return Unit(byte: UInt8(ascii: "\\"), end: place)
  }

  func backslashes(at start: Int) -> Int {
    var place = start
    while self[place] == UInt8(ascii: "\\") { place += 1 }
    return place - start
  }

  /// The value of four hexadecimal digits.
  private func hexadecimal(at start: Int) -> Int? {
    var value = 0
    for place in start..<(start + 4) {
      guard let digit = Character(Unicode.Scalar(self[place])).hexDigitValue else { return nil }
      value = value << 4 + digit
    }
    return value
  }

  /// Behind a quote, however it is escaped.
  func skipQuote(from start: Int) -> Int? {
    let quote = start + backslashes(at: start)
    return ByteClass.quotes.contains(self[quote]) ? quote + 1 : nil
  }

  /// What the text from one place to another means.
  func meaning(_ range: Range<Int>) -> [UInt8] {
    var result: [UInt8] = []
    var place = range.lowerBound
    while place < range.upperBound, let unit = unit(at: place) {
      result.append(unit.byte)
      place = unit.end
    }
    return result
  }

  /// Behind all units from `start` on that belong to the class.
  func skip(_ members: ByteClass, from start: Int, atMost limit: Int = .max) -> Int {
    var (place, count) = (start, 0)
    while count < limit, let unit = unit(at: place), members.contains(unit.byte) {
      (place, count) = (unit.end, count + 1)
    }
    return place
  }

  /// Behind a literal text, whatever the case of its letters; nil if something else stands there.
  func skip(ignoringCase literal: [UInt8], from start: Int) -> Int? {
    var place = start
    for byte in literal {
      guard let unit = unit(at: place), unit.byte | 0x20 == byte | 0x20 else { return nil }
      place = unit.end
    }
    return place
  }
}

extension Excerpt {
  /// Whether a token may begin at this place: it is no part of an escape, and no word goes on before it.
  func isBoundary(before place: Int) -> Bool {
    guard place > floor else { return true }
    if isInsideEscape(place) { return false }
    let before = self[place - 1]
    if endsEscape(place) { return true }
    if before == UInt8(ascii: "-") {
      return !ByteClass.name.contains(self[place - 2]) && self[place - 2] != before
    }
    guard ByteClass.name.contains(before) else { return true }
    return endsPercentEncoding(place) || endsColour(place)
  }

  /// Whether the byte is escaped by a backslash, or is one of the digits behind `\u`.
  func isInsideEscape(_ place: Int) -> Bool {
    if self[place - 1] == UInt8(ascii: "\\") { return "nrtbfu/\"'`\\".utf8.contains(self[place]) }
    for distance in 1...4 where self[place - distance] == UInt8(ascii: "u") {
      return self[place - distance - 1] == UInt8(ascii: "\\")
        && (place - distance + 1..<place).allSatisfy { ByteClass.hexadecimal.contains(self[$0]) }
    }
    return false
  }

  /// Whether an escape of white space, or of another character that is part of no word, ends just before this place.
  private func endsEscape(_ place: Int) -> Bool {
    if self[place - 2] == UInt8(ascii: "\\"), "nrtbf".utf8.contains(self[place - 1]) { return true }
    guard self[place - 6] == UInt8(ascii: "\\"), self[place - 5] == UInt8(ascii: "u"),
      let value = hexadecimal(at: place - 4)
    else { return false }
    return value >= 0x80 || !ByteClass.name.contains(UInt8(value))
  }

  /// `%3D` of an address.
  private func endsPercentEncoding(_ place: Int) -> Bool {
    self[place - 3] == UInt8(ascii: "%") && ByteClass.hexadecimal.contains(self[place - 2])
      && ByteClass.hexadecimal.contains(self[place - 1])
  }

  /// `[1;32m` of a terminal.
  private func endsColour(_ place: Int) -> Bool {
    guard self[place - 1] == UInt8(ascii: "m") else { return false }
    var start = place - 2
    while self[start] == UInt8(ascii: ";") || ByteClass.digits.contains(self[start]) { start -= 1 }
    return start < place - 1 && self[start] == UInt8(ascii: "[")
  }
}
