/// How many tokens a text has, nearly: for agents that report nothing.
///
/// The text is cut into pieces as o200k_base does, the vocabulary of OpenAI's models since GPT-4o; that is exact. The
/// bytes of a piece are merged as it does, but with ranks that are known nearly. Decision 22 says how near it comes.
package struct TokenEstimate {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var tokens = 0
  private var merges = TokenMerges()

  private init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  package static func count(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      var estimate = TokenEstimate(bytes)
      while estimate.position < bytes.count { estimate.takePiece() }
      return estimate.tokens
    }
  }

  // MARK: - Pieces

  /// `[^\r\n\p{L}\p{N}]?` and letters; `\p{N}{1,3}`; ` ?[^\s\p{L}\p{N}]+[\r\n/]*`; `\s*[\r\n]+`; `\s+(?!\S)`; `\s+`
  private mutating func takePiece() {
    let start = position
    let first = kind(position)
    let second = after(position)
    if first.isLetter {
      position = endOfWord(position)
    } else if !first.isLineEnd, first != .number, kind(second).isLetter {
      position = endOfWord(second)
    } else if first == .number {
      for _ in 0..<3 where kind(position) == .number { position = after(position) }
    } else if first == .mark || text[position] == UInt8(ascii: " ") && kind(second) == .mark {
      position = endOfMarks(second)
    } else {
      position = endOfSpaces()
    }
    tokens += merges.count(text[start..<position])
  }

  private func endOfMarks(_ start: Int) -> Int {
    var end = start
    while kind(end) == .mark { end = after(end) }
    while end < text.count, kind(end).isLineEnd || text[end] == UInt8(ascii: "/") { end += 1 }
    return end
  }

  /// Up to the last line feed; without one, all but the last space, which belongs to what follows.
  private func endOfSpaces() -> Int {
    var end = position
    var last = position
    var line: Int?
    while kind(end).isSpace {
      last = end
      end = after(end)
      if kind(last).isLineEnd { line = end }
    }
    return line ?? (end < text.count && last > position ? last : end)
  }

  /// Large letters and then small ones, or large ones alone; letters without case are both. An English ending may
  /// follow: `'s`.
  private func endOfWord(_ start: Int) -> Int {
    var end = start
    var caseless: Int?
    while true {
      let kind = kind(end)
      guard kind == .large || kind == .caseless else { break }
      end = after(end)
      if kind == .caseless { caseless = end }
    }
    let large = end
    while true {
      let kind = kind(end)
      guard kind == .small || kind == .caseless else { break }
      end = after(end)
    }
    // The last one without case must be among the small ones.
    if end == large, let caseless { end = caseless }
    return end + ending(end)
  }

  /// The bytes of an English ending at `place`, 0 if there is none.
  private func ending(_ place: Int) -> Int {
    guard place + 1 < text.count, text[place] == UInt8(ascii: "'") else { return 0 }
    // Small letters; what is no letter becomes none of these.
    let letters = text[(place + 1)...].prefix(2).map { $0 | 0x20 }
    if "stmd".utf8.contains(letters[0]) { return 2 }
    return ["re", "ve", "ll"].contains { $0.utf8.elementsEqual(letters) } ? 3 : 0
  }
}

// MARK: - Characters

extension TokenEstimate {
  private enum Kind {
    case small, large, caseless, number, space, lineEnd, mark, end

    var isLetter: Bool { self == .small || self == .large || self == .caseless }
    var isLineEnd: Bool { self == .lineEnd }
    var isSpace: Bool { self == .space || self == .lineEnd }
  }

  /// Where the character behind the one at `place` begins.
  private func after(_ place: Int) -> Int {
    switch text[place] {
    case ..<0x80: place + 1
    case ..<0xe0: place + 2
    case ..<0xf0: place + 3
    default: place + 4
    }
  }

  private func kind(_ place: Int) -> Kind {
    guard place < text.count else { return .end }
    switch text[place] {
    case 0x61...0x7a: return .small
    case 0x41...0x5a: return .large
    case 0x30...0x39: return .number
    case 0x0a, 0x0d: return .lineEnd
    case 0x09, 0x0b, 0x0c, 0x20: return .space
    case ..<0x80: return .mark
    default: break
    }
    let scalar = scalar(place)
    // What most of a text in Russian, Chinese or Korean is; looking it up takes longer.
    switch scalar.value {
    case 0x430...0x44f: return .small
    case 0x4e00...0x9fff, 0xac00...0xd7a3: return .caseless
    default: break
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .lowercaseLetter: return .small
    case .uppercaseLetter, .titlecaseLetter: return .large
    case .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark: return .caseless
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return properties.isWhitespace ? .space : .mark
    }
  }

  /// The character of more than one byte at `place`.
  private func scalar(_ place: Int) -> Unicode.Scalar {
    let length = after(place) - place
    var value = UInt32(text[place]) & (0x7f >> UInt32(length))
    for byte in text[(place + 1)..<(place + length)] { value = value << 6 | UInt32(byte & 0x3f) }
    return Unicode.Scalar(value) ?? "\u{fffd}"
  }
}
