/// A value that is assigned to something with the name of a secret: is it one, or does it only say where one is?
struct SecretValue {
  let bytes: [UInt8]
  private(set) var hasDigit = false
  private(set) var hasSpace = false
  private(set) var hasBrackets = false
  private var hasLower = false
  private var hasUpper = false
  /// How often a letter stands beside a digit. Names rarely have more than two such places.
  private(set) var alternations = 0
  /// How often letters of two cases stand beside each other.
  private var caseChanges = 0
  /// `${` and the like stand in it.
  private var hasTemplate = false
  /// `****`, `...` or `%s` stands in it.
  private var hasFiller = false
  private var hasOneByteOnly = true

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var (last, run) = (UInt8(0), 1)
    var lastKind = Kind.other
    for byte in bytes {
      let kind = Kind(byte)
      note(kind, after: lastKind)
      if byte == last {
        run += 1
        if Self.isFiller(byte, count: run) { hasFiller = true }
      } else {
        if last != 0 { hasOneByteOnly = false }
        run = 1
      }
      if Self.second.contains(byte) {
        if Self.isOpening(last, byte) { hasTemplate = true }
        if Self.isConversion(last, byte) { hasFiller = true }
      }
      if Self.brackets.contains(byte) { hasBrackets = true }
      (last, lastKind) = (byte, kind)
    }
  }

  private enum Kind {
    case digit, lower, upper, space, other

    init(_ byte: UInt8) {
      switch byte {
      case 0x30...0x39: self = .digit
      case 0x61...0x7a: self = .lower
      case 0x41...0x5a: self = .upper
      case 0x20, 0x09, 0x0a, 0x0d: self = .space
      default: self = .other
      }
    }
  }

  private mutating func note(_ kind: Kind, after last: Kind) {
    switch (last, kind) {
    case (.digit, .lower), (.digit, .upper), (.lower, .digit), (.upper, .digit): alternations += 1
    case (.lower, .upper), (.upper, .lower): caseChanges += 1
    default: break
    }
    switch kind {
    case .digit: hasDigit = true
    case .lower: hasLower = true
    case .upper: hasUpper = true
    case .space: hasSpace = true
    case .other: break
    }
  }

  private static let fillers = ByteClass("xX*.-_#?")
  private static let brackets = ByteClass("(){}[]<>")
  private static let second = ByteClass("{(%sd")

  /// Of something that a program fills in.
  private static func isOpening(_ first: UInt8, _ second: UInt8) -> Bool {
    switch (first, second) {
    case (UInt8(ascii: "$"), UInt8(ascii: "{")), (UInt8(ascii: "$"), UInt8(ascii: "(")),
      (UInt8(ascii: "{"), UInt8(ascii: "{")), (UInt8(ascii: "#"), UInt8(ascii: "{")),
      (UInt8(ascii: "%"), UInt8(ascii: "(")), (UInt8(ascii: "<"), UInt8(ascii: "%")):
      true
    default: false
    }
  }

  /// `%s` of a format.
  private static func isConversion(_ first: UInt8, _ second: UInt8) -> Bool {
    first == UInt8(ascii: "%") && (second == UInt8(ascii: "s") || second == UInt8(ascii: "d"))
  }

  private static func isFiller(_ byte: UInt8, count: Int) -> Bool {
    count >= (byte == UInt8(ascii: ".") ? 3 : 4) && fillers.contains(byte)
  }
}

extension SecretValue {
  /// What stands in the place of characters: `****`, `...`, `%s`.
  private var fillerRanges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      var end = bytes[place...].firstIndex { $0 != byte } ?? bytes.count
      if end < bytes.count, Self.isConversion(byte, bytes[end]) {
        (place, end) = (end - 1, end + 1)
        ranges.append(place..<end)
      } else if Self.isFiller(byte, count: end - place) {
        ranges.append(place..<end)
      }
      place = end
    }
    return ranges
  }

  /// A run of fillers that no secret has.
  private static let longFiller = 7

  /// Whether fillers stand for the value, or for the part of it that was left out. In a secret they may stand by
  /// chance: between letters and digits.
  private var isFilled: Bool {
    guard hasFiller else { return false }
    let fillers = fillerRanges
    guard let first = fillers.first, let last = fillers.last else { return false }
    if first.lowerBound == 0 || last.upperBound == bytes.count { return true }
    if fillers.contains(where: { $0.count >= Self.longFiller || isMask($0) }) { return true }
    var rest = bytes
    for filler in fillers.reversed() { rest.removeSubrange(filler) }
    return 2 * rest.count <= bytes.count || !rest.contains(where: ByteClass.digits.contains)
      || !rest.contains(where: ByteClass.letters.contains)
  }

  /// `****`, or a conversion of a format between signs: `user:%s@host`.
  private func isMask(_ filler: Range<Int>) -> Bool {
    let first = bytes[filler.lowerBound]
    if first == UInt8(ascii: "*") { return true }
    return first == UInt8(ascii: "%") && !ByteClass.name.contains(bytes[filler.lowerBound - 1])
      && !ByteClass.name.contains(bytes[filler.upperBound])
  }

  /// `a1b2...c3d4`: a password may have three points in it, a key has not.
  var isCut: Bool { hasFiller && text.contains("...") }

  /// As what a program made up, from a length of bytes on that names and versions do not have where it stands.
  func looksRandom(from length: Int = 16) -> Bool {
    bytes.count >= length && alternations >= 4 && !isPath && !isExpression && !isCut
  }

  /// A letter stands beside a digit.
  var hasMixedWord: Bool { alternations > 0 }

  /// Letters, digits and what base64 has beside them; no path begins so.
  var isToken: Bool { bytes.first != UInt8(ascii: "/") && bytes.allSatisfy(ByteClass.base64URL.contains) }

  /// An id as RFC 9562 describes it, or one behind words; or the fingerprint of an OpenPGP key.
  var isID: Bool {
    if bytes.count == 40, !hasLower, bytes.allSatisfy(ByteClass.hexadecimal.contains) { return true }
    let groups = bytes.split(separator: UInt8(ascii: "-")).suffix(5)
    return groups.map(\.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.allSatisfy(ByteClass.hexadecimal.contains) }
  }

  func contains(_ word: some Collection<UInt8>) -> Bool {
    let lower = bytes.map { $0 | 0x20 }
    return lower.indices.contains { lower[$0...].starts(with: word) }
  }

  /// As keys and tokens are, while names and words are not.
  var looksLikeKey: Bool {
    (hasLower || hasUpper) && !hasBrackets && !isPath && !isCut
      && (hasDigit || bytes.count >= 20 && 3 * caseChanges >= bytes.count)
  }

  /// `config.password`, `getPassword()`, `args[1]`: names of a program, not what they stand for.
  var isExpression: Bool {
    if hasBrackets { return true }
    guard bytes.contains(UInt8(ascii: ".")) else { return false }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // A token with points in it has digits in all of its parts.
    return parts.contains { !$0.contains(where: ByteClass.digits.contains) }
      && parts.allSatisfy { part in
        part.first.map { !ByteClass.digits.contains($0) } ?? false && part.allSatisfy(ByteClass.name.contains)
      }
  }

  /// A part of it is a name or an expression: `{user}-{id}`, `f(x)`.
  var isTemplate: Bool {
    guard hasBrackets else { return false }
    return zip("({[<".utf8, ")}]>".utf8).contains { opening, closing in
      bytes.firstIndex(of: opening).map { bytes[$0...].contains(closing) } ?? false
    }
  }

  /// A name that says what the value is for: `newPassword`.
  func isName(with word: [UInt8]) -> Bool {
    guard
      bytes.allSatisfy({
        ByteClass.letters.contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
      })
    else { return false }
    return contains(word)
  }

  /// Letters of one case alone.
  var isWord: Bool { hasLower != hasUpper && bytes.allSatisfy(ByteClass.letters.contains) }

  var isPath: Bool {
    alternations < 4
      && (["/", "./", "../", "~/"].contains { bytes.starts(with: $0.utf8) } || text.contains("://"))
  }

  private var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The name of a variable of the environment, `DB_PASSWORD`.
  private var isVariableName: Bool {
    !hasLower && alternations < 4 && bytes.first.map(ByteClass.upper.contains) ?? false
      && bytes.contains(UInt8(ascii: "_")) && bytes.allSatisfy(ByteClass.name.contains)
  }

  /// What stands for a value has a short name.
  private static let longestPlaceholder = 100

  /// Stands for a value that is elsewhere, or for none.
  var isPlaceholder: Bool {
    guard let first = bytes.first, let last = bytes.last, !hasOneByteOnly else { return true }
    if hasTemplate || isFilled || isVariableName { return true }
    switch (first, last) {
    case (UInt8(ascii: "<"), UInt8(ascii: ">")), (UInt8(ascii: "{"), UInt8(ascii: "}")),
      (UInt8(ascii: "["), UInt8(ascii: "]")), (UInt8(ascii: "%"), UInt8(ascii: "%")):
      return true
    case (UInt8(ascii: "$"), _), (UInt8(ascii: "%"), _), (UInt8(ascii: ":"), _), (UInt8(ascii: "@"), _):
      // In a Makefile, `$$DB_PASSWORD`.
      if bytes.drop(while: { $0 == first }).allSatisfy(ByteClass.name.contains) { return true }
    default: break
    }
    if bytes.contains(UInt8(ascii: "[")), Marker.isIn(bytes) { return true }
    return bytes.count <= Self.longestPlaceholder && saysSo
  }

  private var saysSo: Bool {
    let text = text
    if Self.prefixes.contains(where: text.hasPrefix) { return true }
    let words = text.lowercased().split { !($0.isLetter || $0.isNumber) }
    if words.count == 1, let word = words.first, Self.words.contains(String(word)) { return true }
    return words.contains { Self.telling.contains(String($0)) }
  }

  private static let prefixes = [
    "process.env", "os.environ", "os.getenv", "import.meta", "secrets.", "vars.", "env.", "ENV[", "env(",
    "var.", "$env:",
    "!ref", "vault:", "arn:",
  ]
  /// Alone, these are types, states and defaults.
  private static let words: Set<String> = [
    "null", "none", "nil", "undefined", "true", "false", "string", "text", "str", "bytes", "number",
    "integer",
    "boolean", "bool", "any", "unknown", "object", "optional", "required", "hidden", "unset", "empty",
    "default",
    "env", "password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "apikey", "key", "username",
    "user",
    "value", "field", "input", "type", "varchar", "test", "invalid", "valid", "missing", "disabled",
    "enabled",
  ]
  /// Wherever they stand, the value is not meant.
  private static let telling: Set<String> = [
    "your", "yours", "example", "placeholder", "changeme", "dummy", "replace", "insert", "todo", "redacted",
    "replaceme", "yourpassword", "yourtoken", "yourkey", "mypassword", "enter",
  ]
}
