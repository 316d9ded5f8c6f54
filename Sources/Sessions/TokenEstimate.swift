/// How many tokens a text has, nearly: for agents that report nothing.
///
/// The text is cut into pieces as o200k_base does, the vocabulary of OpenAI's models since GPT-4o; that is exact. How
/// many tokens a piece has is estimated from its kind, its length and the letters that follow each other in it, by
/// tables that were learned once. Decision 22 says how near it comes.
package struct TokenEstimate {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var tokens = 0.0

  /// What was learned from manuals and programs tells a little too much of everyday words.
  private static let everyday = 0.985

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  package static func count(_ text: String) -> Int {
    var estimate = TokenEstimate(text)
    while estimate.position < estimate.scalars.count { estimate.takePiece() }
    return text.isEmpty ? 0 : max(1, Int((estimate.tokens * everyday).rounded()))
  }

  // MARK: - Pieces

  /// `[^\r\n\p{L}\p{N}]?` and letters; `\p{N}{1,3}`; ` ?[^\s\p{L}\p{N}]+[\r\n/]*`; `\s*[\r\n]+`; `\s+(?!\S)`; `\s+`
  private mutating func takePiece() {
    let first = kind(position)
    let letters = first.isLetter ? position : position + 1
    if first.isLetter || !first.isLineEnd && first != .number && kind(letters).isLetter {
      let end = endOfWord(letters)
      let before = letters == position ? 0 : scalars[position] == " " ? 1 : 2
      tokens += Self.tokens(ofWord: scalars[letters..<end], before: before)
      position = end
    } else if first == .number {
      let end = min(position + 3, scalars.count)
      position = (position..<end).first { kind($0) != .number } ?? end
      tokens += 1
    } else if first == .mark || scalars[position] == " " && kind(position + 1) == .mark {
      takeMarks()
    } else {
      takeSpaces()
    }
  }

  private mutating func takeMarks() {
    let start = scalars[position] == " " ? position + 1 : position
    var end = start
    while kind(end) == .mark { end += 1 }
    tokens += Self.tokens(ofMarks: scalars[start..<end], isBehindSpace: start > position)
    while end < scalars.count, kind(end).isLineEnd || scalars[end] == "/" { end += 1 }
    position = end
  }

  /// Up to the last line feed; without one, all but the last space, which belongs to what follows.
  private mutating func takeSpaces() {
    var end = position
    var line: Int?
    while end < scalars.count, kind(end).isSpace {
      end += 1
      if kind(end - 1).isLineEnd { line = end }
    }
    let isInner = line == nil && end < scalars.count && end - position > 1
    end = line ?? (isInner ? end - 1 : end)
    let place = (line == nil ? 0 : 32) + min(end - position, 32) - 1
    tokens += Double(TokenTables.spaces[place]) / 10
    position = end
  }

  /// Large letters and then small ones, or large ones alone; letters without case are both. An English ending may
  /// follow: `'s`.
  private func endOfWord(_ start: Int) -> Int {
    var end = start
    var caseless: Int?
    while kind(end) == .large || kind(end) == .caseless {
      if kind(end) == .caseless { caseless = end }
      end += 1
    }
    let large = end
    while kind(end) == .small || kind(end) == .caseless { end += 1 }
    // The last one without case must be among the small ones.
    if end == large, let caseless { end = caseless + 1 }
    guard end < scalars.count, scalars[end] == "'" else { return end }
    let rest = String(String.UnicodeScalarView(scalars[(end + 1)...].prefix(2))).lowercased()
    if ["s", "t", "m", "d"].contains(rest.prefix(1)) { return end + 2 }
    return ["re", "ve", "ll"].contains(rest) ? end + 3 : end
  }

  private enum Kind {
    case small, large, caseless, number, space, lineEnd, mark, end

    var isLetter: Bool { self == .small || self == .large || self == .caseless }
    var isLineEnd: Bool { self == .lineEnd }
    var isSpace: Bool { self == .space || self == .lineEnd }
  }

  private func kind(_ place: Int) -> Kind {
    guard place < scalars.count else { return .end }
    switch scalars[place].value {
    case 0x61...0x7a: return .small
    case 0x41...0x5a: return .large
    case 0x30...0x39: return .number
    case 0x0a, 0x0d: return .lineEnd
    case 0x09, 0x0b, 0x0c, 0x20: return .space
    case ..<0x80: return .mark
    default: break
    }
    switch scalars[place].properties.generalCategory {
    case .lowercaseLetter: return .small
    case .uppercaseLetter, .titlecaseLetter: return .large
    case .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark: return .caseless
    case .decimalNumber, .letterNumber, .otherNumber: return .number
    default: return scalars[place].properties.isWhitespace ? .space : .mark
    }
  }
}

// MARK: - Tokens of a piece

extension TokenEstimate {
  private static func tokens(ofWord word: ArraySlice<Unicode.Scalar>, before: Int) -> Double {
    let script = Script(word)
    var tokens: Double
    if script == .ascii || script == .latin {
      let hasSmall = word.contains { $0.properties.isLowercase }
      let isLarge = word.first?.properties.isUppercase ?? false
      let letterCase = isLarge ? (!hasSmall && word.count > 1 ? 2 : 1) : 0
      let row = (before * 3 + letterCase) * 2 + script.rawValue
      tokens = Double(TokenTables.letters[row * 16 + min(word.count, 16) - 1]) / 10
      if word.count >= 16 { tokens *= Double(word.count) / 17 }
    } else {
      let place = (script.rawValue - 2) * 24 + min(word.count, 24) - 1
      tokens = Double(TokenTables.others[place]) * Double(word.count) / 50
    }
    guard let table = script.neighbours else { return tokens }
    return tokens + Double(sum(over: word, before: before, table, isByTwo: script.isByTwo)) / 20
  }

  /// What letters that follow each other add: three at a time, or two. Where the word begins and ends counts as one.
  private static func sum(
    over word: ArraySlice<Unicode.Scalar>, before: Int, _ table: [Int16], isByTwo: Bool
  ) -> Int {
    var sum = 0
    var (first, second) = (UInt32(5), UInt32(before + 1))
    for scalar in word {
      let third = lowercase(scalar)
      if isByTwo || first != 5 { sum += weight(isByTwo ? 5 : first, second, third, table) }
      (first, second) = (second, third)
    }
    return sum + weight(isByTwo ? 5 : first, second, 4, table)
  }

  private static func weight(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ table: [Int16]) -> Int {
    var mixed = first &* 0x9e37_79b1 &+ second &* 0x85eb_ca6b &+ third &* 0xc2b2_ae35
    mixed ^= mixed >> 15
    mixed &*= 0x2c1b_3c6d
    mixed ^= mixed >> 12
    return Int(table[Int(mixed) % table.count]) - 25
  }

  private static func tokens(ofMarks marks: ArraySlice<Unicode.Scalar>, isBehindSpace: Bool) -> Double {
    let isOne = marks.allSatisfy { $0 == marks.first }
    let isASCII = marks.allSatisfy(\.isASCII)
    let row = (isBehindSpace ? 4 : 0) + (isOne ? 2 : 0) + (isASCII ? 1 : 0)
    return Double(TokenTables.marks[row * 12 + min(marks.count, 12) - 1]) / 10
  }

  private static func lowercase(_ scalar: Unicode.Scalar) -> UInt32 {
    if scalar.isASCII { return (0x41...0x5a).contains(scalar.value) ? scalar.value + 32 : scalar.value }
    return scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value
  }

  private enum Script: Int {
    case ascii, latin, greek, cyrillic, kana, hangul, han, other

    init(_ word: ArraySlice<Unicode.Scalar>) {
      self = .ascii
      for scalar in word where !scalar.isASCII {
        switch scalar.value {
        case ..<0x370, 0x1e00..<0x1f00: self = .latin
        case ..<0x400: self = .greek
        case ..<0x530: self = .cyrillic
        case 0x3040..<0x3100: self = .kana
        case 0xac00..<0xd7b0: self = .hangul
        case 0x3400..<0xa000, 0xf900..<0xfb00: self = .han
        default: self = .other
        }
        if self != .latin { return }
      }
    }

    /// What letters that follow each other add; nil if nobody knows.
    var neighbours: [Int16]? {
      switch self {
      case .ascii, .latin: TokenTables.latin
      case .greek, .cyrillic: TokenTables.cyrillic
      case .kana, .hangul, .han: TokenTables.han
      case .other: nil
      }
    }

    var isByTwo: Bool { self == .kana || self == .hangul || self == .han }
  }
}
