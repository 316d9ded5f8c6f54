/// Shell patterns as git matches them: gitignore(5), and glob(7) for what stands in brackets.
struct Glob {
  typealias Bytes = UnsafeBufferPointer<UInt8>

  private let pattern: Bytes
  private let text: Bytes
  /// Whether `*`, `?` and brackets leave `/` alone, and `**` between slashes stands for any number of folders.
  private let isPath: Bool

  static func matches(_ pattern: Bytes, _ text: Bytes, isPath: Bool) -> Bool {
    Glob(pattern: pattern, text: text, isPath: isPath).match(0, 0) == .match
  }

  /// Beside "no", how far back another try makes sense: without this, a pattern with many stars takes forever.
  private enum Outcome {
    case match, noMatch
    /// The text ended too early: no star can help by taking more of it.
    case textTooShort
    /// A single star met a slash: only a double star before it can help.
    case stoppedAtSlash
  }

  /// The byte at a place of the pattern; 0 behind its end.
  private func at(_ place: Int) -> UInt8 { place < pattern.count ? pattern[place] : 0 }

  private func match(_ patternStart: Int, _ textStart: Int) -> Outcome {
    var (place, position) = (patternStart, textStart)
    while place < pattern.count {
      let byte = pattern[place]
      guard position < text.count || byte == UInt8(ascii: "*") else { return .textTooShort }
      switch byte {
      case UInt8(ascii: "*"):
        let star = star(at: place)
        place = star.end
        guard place < pattern.count else {
          return star.crossesSlashes || slash(from: position) == nil ? .match : .noMatch
        }
        if star.isFolders, at(place) == UInt8(ascii: "/"), match(place + 1, position) == .match {
          return .match
        }
        guard !star.crossesSlashes, at(place) == UInt8(ascii: "/") else {
          return match(afterStar: place, position, crossesSlashes: star.crossesSlashes)
        }
        guard let slash = slash(from: position) else { return .noMatch }
        position = slash
      case UInt8(ascii: "?"):
        if isPath, text[position] == UInt8(ascii: "/") { return .noMatch }
      case UInt8(ascii: "["):
        guard let set = Bracket(self, at: place, against: text[position]) else { return .textTooShort }
        if !set.holds || isPath && text[position] == UInt8(ascii: "/") { return .noMatch }
        place = set.end
      case UInt8(ascii: "\\"):
        place += 1
        if at(place) != text[position] { return .noMatch }
      default:
        if byte != text[position] { return .noMatch }
      }
      place += 1
      position += 1
    }
    return position == text.count ? .match : .noMatch
  }

  private struct Star {
    /// Behind the last one.
    var end: Int
    var crossesSlashes: Bool
    /// A double star that stands for folders.
    var isFolders: Bool
  }

  private func star(at start: Int) -> Star {
    var end = start
    while at(end) == UInt8(ascii: "*") { end += 1 }
    guard isPath else { return Star(end: end, crossesSlashes: true, isFolders: false) }
    let startsFolder = start == 0 || pattern[start - 1] == UInt8(ascii: "/")
    let endsFolder =
      end == pattern.count || at(end) == UInt8(ascii: "/")
      || at(end) == UInt8(ascii: "\\") && at(end + 1) == UInt8(ascii: "/")
    let isFolders = end - start > 1 && startsFolder && endsFolder
    return Star(end: end, crossesSlashes: isFolders, isFolders: isFolders)
  }

  private func slash(from position: Int) -> Int? { text[position...].firstIndex(of: UInt8(ascii: "/")) }

  /// The rest of the pattern against what remains of the text when a star has taken more and more of it.
  private func match(afterStar place: Int, _ start: Int, crossesSlashes: Bool) -> Outcome {
    var position = start
    while position < text.count {
      switch match(place, position) {
      case .noMatch:
        if !crossesSlashes, text[position] == UInt8(ascii: "/") { return .stoppedAtSlash }
      case .stoppedAtSlash where crossesSlashes: break
      case let outcome: return outcome
      }
      position += 1
    }
    return .textTooShort
  }

  /// A set in brackets, matched with one byte.
  private struct Bracket {
    var holds: Bool
    /// Where the closing bracket stands.
    var end: Int

    /// Nil if the set does not end or names a class that there is not.
    init?(_ glob: Glob, at start: Int, against byte: UInt8) {
      var place = start + 1
      let isNegated = [UInt8(ascii: "!"), UInt8(ascii: "^")].contains(glob.at(place))
      if isNegated { place += 1 }
      var found = false
      // The start of a range; 0 if none can begin here.
      var last: UInt8 = 0
      repeat {
        var current = glob.at(place)
        if current == 0 { return nil }
        if current == UInt8(ascii: "-"), last != 0, ![0, UInt8(ascii: "]")].contains(glob.at(place + 1)) {
          place += glob.at(place + 1) == UInt8(ascii: "\\") ? 2 : 1
          if glob.at(place) == 0 { return nil }
          found = found || last <= byte && byte <= glob.at(place)
          current = 0
        } else if current == UInt8(ascii: "["), glob.at(place + 1) == UInt8(ascii: ":") {
          guard
            let close = (place + 2..<glob.pattern.count).first(where: {
              glob.pattern[$0] == UInt8(ascii: "]")
            })
          else { return nil }
          if close > place + 2, glob.at(close - 1) == UInt8(ascii: ":") {
            let name = String(decoding: glob.pattern[(place + 2)..<(close - 1)], as: UTF8.self)
            guard let isMember = Self.classes[name] else { return nil }
            found = found || isMember(byte)
            place = close
            current = 0
          } else {
            found = found || current == byte
          }
        } else {
          if current == UInt8(ascii: "\\") {
            place += 1
            current = glob.at(place)
            if current == 0 { return nil }
          }
          found = found || current == byte
        }
        last = current
        place += 1
      } while glob.at(place) != UInt8(ascii: "]")
      holds = found != isNegated
      end = place
    }

    private static let classes: [String: @Sendable (UInt8) -> Bool] = [
      "alnum": { isDigit($0) || isLower($0) || isUpper($0) }, "alpha": { isLower($0) || isUpper($0) },
      "blank": { $0 == 0x20 || $0 == 0x09 }, "cntrl": { $0 < 0x20 || $0 == 0x7f }, "digit": isDigit,
      "graph": { (0x21...0x7e).contains($0) }, "lower": isLower, "print": { (0x20...0x7e).contains($0) },
      "punct": { (0x21...0x7e).contains($0) && !isDigit($0) && !isLower($0) && !isUpper($0) },
      "space": { $0 == 0x20 || (0x09...0x0d).contains($0) }, "upper": isUpper,
      "xdigit": { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) },
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) }
    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
  }
}
