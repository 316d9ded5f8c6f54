/// A value that is given to something with the name of a secret: `PASSWORD=…` of a shell, members of JSON, YAML and
/// TOML, string literals of programs, options of commands, headers, parts of connection strings, elements of XML.
///
/// Names alone do not tell: what is assigned in a program is mostly an expression. So the less the place says that
/// the value is meant literally, the more the value has to look like a secret.
struct SecretAssignment {
  let text: Excerpt
  let name: SecretName
  let before: NameStart

  private static let kind = "secret"
  static let blank = ByteClass(" \t")

  /// `place` is where a word of `name` may begin.
  static func find(_ name: SecretName, in text: Excerpt, at place: Int) -> Finding? {
    guard let end = name.end(in: text, at: place) else { return nil }
    let before = NameStart(in: text, before: place)
    return SecretAssignment(text: text, name: name, before: before).find(after: end)
  }

  // MARK: - Between name and value

  enum Separator {
    /// `=` with nothing around it.
    case equals
    /// `=` with space around it, `:`, `:=`, `=>`
    case loose
    /// White space behind an option.
    case space
    /// `>` of an element.
    case element
    /// `is` of a sentence.
    case verb
  }

  private func find(after end: Int) -> Finding? {
    var place = end
    let quote = text.quote(at: place)
    if let quote {
      place = quote.end
      if text[place] == UInt8(ascii: "]") { place += 1 }
    }
    guard let (separator, start) = separator(at: place, nameIsQuoted: quote != nil) else { return nil }
    if let literal = literal(at: start) {
      if let quote, quote.byte == UInt8(ascii: "\""), literal.quote.byte == quote.byte,
        literal.quote.level != quote.level
      {
        return nil
      }
      return judge(quoted: literal.content, separator, isMember: quote?.byte == UInt8(ascii: "\""))
    }
    // A number of JSON, or an expression.
    guard quote == nil else { return nil }
    return judgePlain(from: start, separator)
  }

  private func separator(at start: Int, nameIsQuoted: Bool) -> (Separator, Int)? {
    let sign = text.skip(Self.blank, from: start, atMost: 8)
    switch text[sign] {
    case UInt8(ascii: "="):
      if text[sign + 1] == UInt8(ascii: "=") || text[sign + 1] == UInt8(ascii: "~") { return nil }
      let isArrow = text[sign + 1] == UInt8(ascii: ">")
      let value = text.skip(Self.blank, from: sign + (isArrow ? 2 : 1), atMost: 8)
      return (!isArrow && sign == start && value == sign + 1 ? .equals : .loose, value)
    case UInt8(ascii: ":"):
      if text[sign + 1] == UInt8(ascii: ":") { return nil }
      let isWalrus = text[sign + 1] == UInt8(ascii: "=")
      let value = text.skip(Self.blank, from: sign + (isWalrus ? 2 : 1), atMost: 8)
      return (.loose, annotated(value) ?? value)
    case UInt8(ascii: ">") where sign == start && !nameIsQuoted && isElement: return (.element, sign + 1)
    default:
      guard sign > start, !nameIsQuoted else { return nil }
      if before.isOption { return (.space, sign) }
      if let value = behindVerb(sign) { return (.verb, value) }
      return before.isSet || isClause(sign) ? (.space, sign) : nil
    }
  }

  /// What a program adds to a statement is no value: `PASSWORD '+pw+'`.
  private func isClause(_ start: Int) -> Bool {
    text[start] == UInt8(ascii: "'") && !Self.joining.contains(text[start + 1]) && name.family == .password
      && before.isClause
  }

  private static let joining = ByteClass("+.'\"")

  /// Behind `is `, or `is: `.
  private func behindVerb(_ start: Int) -> Int? {
    guard let verb = text.skip(ignoringCase: Array("is".utf8), from: start) else { return nil }
    let end = text[verb] == UInt8(ascii: ":") ? verb + 1 : verb
    let value = text.skip(Self.blank, from: end, atMost: 8)
    return value > end ? value : nil
  }

  private var isElement: Bool { text[before.start - 1] == UInt8(ascii: "<") }

  private static let type = ByteClass.name.union(ByteClass(".?<>[]"))

  /// Behind `String = ` of `let token: String = "…"`.
  private func annotated(_ start: Int) -> Int? {
    let type = text.skip(Self.type, from: start, atMost: 32)
    let sign = text.skip(Self.blank, from: type, atMost: 4)
    guard type > start, text[sign] == UInt8(ascii: "="), text[sign + 1] != UInt8(ascii: "=") else {
      return nil
    }
    let value = text.skip(Self.blank, from: sign + 1, atMost: 4)
    return text.quote(at: value) == nil ? nil : value
  }

  // MARK: - Quoted values

  private static let prefixes = ByteClass("bBrRuUfF@")

  private func literal(at start: Int) -> (quote: Quote, content: Range<Int>)? {
    let prefix = text.skip(Self.prefixes, from: start, atMost: 2)
    guard let quote = text.quote(at: prefix), let content = text.content(of: quote) else { return nil }
    return (quote, content.range)
  }

  private func judge(quoted range: Range<Int>, _ separator: Separator, isMember: Bool) -> Finding? {
    let value = SecretValue(text.meaning(range))
    guard let first = value.bytes.first else { return nil }
    // Behind the end of a string of JSON, not in one.
    if !isMember, ByteClass.behindString.contains(first) { return nil }
    if name.family == .authorization { return Credentials.find(in: text, range) }
    let isFound =
      switch separator {
      case _ where name.isParameter: false
      case _ where value.hasSpace: isPhrase(value, separator)
      case .verb where Self.joining.contains(first): false
      case .verb: isSecret(value, isPlain: false) && isSaid(value, isQuoted: true)
      default: isSecret(value, isPlain: false)
      }
    guard isFound, !value.isPlaceholder else { return nil }
    return Finding(kind: Self.kind, ranges: [range])
  }

  /// Several words.
  private func isPhrase(_ value: SecretValue, _ separator: Separator) -> Bool {
    guard name.family == .password else { return false }
    let isSetting = separator == .equals && before.isUpper && before.beginsLine
    if value.isMixedPhrase
      || isSetting && (value.hasMixedWord && !value.hasBrackets || value.isPassphrase && before.isOfService)
    {
      return !value.contains(name.word.drop { "_-".utf8.contains($0) })
    }
    return name.word.elementsEqual("passphrase".utf8) && value.bytes.count(where: { $0 == 0x20 }) >= 2
  }

  private func isSecret(_ value: SecretValue, isPlain: Bool, isPart: Bool = false) -> Bool {
    let isLiteral =
      value.hasDigit && !value.hasBrackets
      && (before.isUpper || before.isOption || isPart || before.isArgument)
    if isPlain, value.isExpression, !isLiteral { return false }
    if isChosenSecret(value) { return true }
    if isFolder(value) || value.isName(with: name.word) { return false }
    switch name.family {
    case .password:
      return value.bytes.count >= 4
    case .key, .authorization: return value.bytes.count >= 8 && value.looksLikeKey
    case .ambiguous:
      return (name.isParameter || before.isKey) && value.looksRandom() && value.isToken && !value.isID
    }
  }

  /// What people choose, though it is called a secret: `JWT_SECRET=…`. With a hyphen, or letters of two cases, it may
  /// be the name of one.
  private func isChosenSecret(_ value: SecretValue) -> Bool {
    name.word.elementsEqual("secret".utf8) && value.bytes.count >= 8 && value.isWord && before.isChosen
      && !value.bytes.elementsEqual((before.qualifier.lowercased() + "secret").utf8)
  }

  // MARK: - Values without quotes

  /// Longer values are judged by their beginning.
  static let head = 256

  /// Ends at white space, at quotes, and where a backslash says more than `\/`.
  static let plain = BytePattern.any.union(ByteClass("[](){}<>,;".utf8 + [0xff]))
  /// Where more than the value may stand in the line.
  private static let short = plain.subtracting(ByteClass("&;|)<>,"))
  /// In a sentence no command ends.
  private static let said = short.union(ByteClass("&"))
  /// Where only a bracket or another part may stand behind the value.
  private static let part = plain.subtracting(ByteClass(")<>"))

  private struct Extent {
    var end: Int
    var members: ByteClass
    /// Nothing follows in the line, or in the string.
    let endsLine: Bool
    /// Other parts of a connection string stand beside it.
    let isPart: Bool
  }

  private func extent(from start: Int, _ separator: Separator) -> Extent {
    let line = text.skip(Self.plain, from: start, atMost: Self.head)
    let endsLine = endsLine(line)
    let isFollowed = separator == .equals && ConnectionString.follows(line, in: text)
    let isPart =
      isFollowed || separator == .equals && ConnectionString.precedes(before.start, in: text)
    if before.beginsLine, endsLine, separator == .equals {
      return Extent(end: line, members: Self.plain, endsLine: true, isPart: isPart)
    }
    let members =
      isFollowed || isPart && endsLine ? Self.part : separator == .verb ? Self.said : Self.short
    let end = text.skip(members, from: start, atMost: Self.head)
    return Extent(end: end, members: members, endsLine: endsLine && end == line, isPart: isPart)
  }

  private func judgePlain(from start: Int, _ separator: Separator) -> Finding? {
    if name.family == .authorization { return Credentials.find(in: text, start..<text.end) }
    let extent = extent(from: start, separator)
    let end = extent.end
    guard end > start else { return nil }
    let value = SecretValue(text.meaning(start..<end))
    guard isFound(value, in: extent, separator), !isOpen(value, end), !isFolder(value), !value.isPlaceholder
    else { return nil }
    let continues = text.unit(at: end).map { extent.members.contains($0.byte) } ?? false
    return Finding(kind: Self.kind, ranges: [start..<end], continues: continues ? extent.members : nil)
  }

  private func isFound(_ value: SecretValue, in extent: Extent, _ separator: Separator) -> Bool {
    if name.isParameter, separator != .equals { return false }
    if name.family == .ambiguous { return isSecret(value, isPlain: true) }
    if separator == .verb { return isSaid(value, isQuoted: false) }
    let isLiteral =
      switch separator {
      case .equals:
        before.isUpper || before.isOption || before.isParameter || before.isArgument || extent.isPart
          || value.hasDigit && isFollowedByParameter(extent.end)
      // In a sentence a word may follow the name of an option.
      case .space: !value.isWord && value.bytes.first != UInt8(ascii: "-")
      case .element: text[extent.end] == UInt8(ascii: "<")
      case .loose, .verb: false
      }
    return isLiteral && isSecret(value, isPlain: true, isPart: extent.isPart)
      || extent.endsLine && before.isLineOfItsOwn(separator == .loose) && isLineValue(value)
      || looksRandom(value) || isTold(value, until: extent.end, separator)
  }

  /// `the password is hunter22x9`; a sentence may end behind it.
  private func isSaid(_ value: SecretValue, isQuoted: Bool) -> Bool {
    if looksRandom(value) { return true }
    guard name.family == .password else { return false }
    return isQuoted ? value.bytes.count >= 7 && value.hasMixedWord : value.withoutStop.looksChosen
  }

  /// In the middle of a sentence: `password=Xk93kd0f2jLq8 on staging`. A function may have a digit at each end of its
  /// words as well: `password = utf8_to_utf16`.
  private func looksRandom(_ value: SecretValue) -> Bool {
    let isShort = name.family == .password && !value.bytes.contains(UInt8(ascii: "_"))
    return value.looksRandom(from: isShort ? 8 : 16)
  }

  /// `PWD` of a shell.
  private func isFolder(_ value: SecretValue) -> Bool {
    name.word.elementsEqual("pwd".utf8) && value.bytes.first == UInt8(ascii: "/")
  }

  /// Part of an expression that goes on: `f"{x}`, `call(`.
  private func isOpen(_ value: SecretValue, _ end: Int) -> Bool {
    text.unit(at: end).map { ByteClass("([{").contains($0.byte) } ?? false
  }

  private func isFollowedByParameter(_ end: Int) -> Bool {
    (text[end] == UInt8(ascii: "&") || text[end] == UInt8(ascii: ";")) && !before.beginsLine
  }

  /// A line such as `password: hunter2` of YAML or of a file of settings.
  func isLineValue(_ value: SecretValue) -> Bool {
    guard !value.isExpression, let last = value.bytes.last, !ByteClass(",;").contains(last) else {
      return false
    }
    let word = name.word.prefix(4)
    if value.bytes.prefix(word.count).map({ $0 | 0x20 }).elementsEqual(word) { return false }
    switch name.family {
    case .password: return value.bytes.count >= 6 && value.hasDigit
    case .key, .authorization, .ambiguous:
      return value.bytes.count >= 12 && value.hasDigit && value.looksLikeKey
    }
  }

  func endsLine(_ place: Int) -> Bool {
    guard let unit = text.unit(at: place) else { return !text.isCut }
    // A string ends where a quote stands that no backslash precedes, or one that closes the string around.
    return unit.byte == 0x0a || unit.byte == 0x0d || ByteClass.quotes.contains(unit.byte)
      || text.quote(at: place) != nil
  }
}
