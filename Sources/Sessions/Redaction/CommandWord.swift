/// A word of a command, or a part of one that is quoted.
struct CommandWord {
  let range: Range<Int>
  /// Behind it, and behind the quote that closes it.
  let end: Int

  /// A command is not longer, or not looked at to its end; nor is a string in it.
  static let reach = 512

  /// Up to the end of a command.
  fileprivate static let plain = BytePattern.any.union(ByteClass("()[]{}<>,".utf8 + [0xff])).subtracting(
    ByteClass("|;"))
  private static let blank = ByteClass(" \t")

  /// nil where the command ends, or where something was redacted: that has changed how far a rule sees, so nothing
  /// behind it may be found the next time.
  init?(in text: Excerpt, at start: Int) {
    let end = text.skip(Self.plain, from: start, atMost: Self.reach)
    if end > start {
      (range, self.end) = (start..<end, end)
      // `&&`, or `&`
      if text.bytes[range].allSatisfy({ $0 == UInt8(ascii: "&") }) { return nil }
      if Marker.isIn(text.bytes[range]) { return nil }
    } else {
      guard let quote = text.quote(at: start) else { return nil }
      let isBehindBlank = Self.blank.contains(text[start - 1])
      // Where a string around the command ends.
      if text[quote.end] == UInt8(ascii: ",") { return nil }
      if !isBehindBlank, ByteClass(":)]}").contains(text[quote.end]) { return nil }
      let isEnd = !isBehindBlank && Self.blank.contains(text[quote.end])
      let content = isEnd ? nil : text.content(of: quote, atMost: Self.reach)
      if !isEnd, Self.isRedacted(text, behind: quote, content) { return nil }
      range = content?.range ?? quote.end..<quote.end
      self.end = content?.end ?? quote.end
    }
  }

  /// Whether something was redacted in what tells where a string ends.
  fileprivate static func isRedacted(_ text: Excerpt, behind quote: Quote, _ content: Quote.Content?) -> Bool
  {
    let end = content?.range.upperBound ?? min(quote.end + reach, text.end)
    return Marker.isIn(text.bytes[quote.end..<end])
  }

  /// Whatever the case of its letters, and however they are written.
  func ends(with name: [UInt8], in text: Excerpt) -> Bool {
    let isEscaped = text.bytes[range].contains(UInt8(ascii: "\\"))
    let end =
      isEscaped ? text.meaning(range).suffix(name.count) : Array(text.bytes[range].suffix(name.count))[...]
    return end.elementsEqual(name) { $0 | 0x20 == $1 | 0x20 }
  }

  /// Behind blanks, and behind line ends that a backslash takes back.
  static func skipBlank(in text: Excerpt, from start: Int) -> Int {
    var place = text.skip(blank, from: start)
    while let next = continuation(in: text, at: place) { place = text.skip(blank, from: next) }
    return place
  }

  /// Behind a backslash and a line end; in strings these are `\\\n`, or `\\\\\\n`.
  private static func continuation(in text: Excerpt, at place: Int) -> Int? {
    guard text[place] == UInt8(ascii: "\\") else { return nil }
    let run = text.backslashes(at: place)
    let behind = place + run
    if run == 1, text[behind] == 0x0a { return behind + 1 }
    guard text[behind] == UInt8(ascii: "n"), run % 3 == 0, (run / 3).nonzeroBitCount == 1 else { return nil }
    return behind + 1
  }
}

/// The value of an option of a command, with or without quotes.
struct CommandValue {
  let range: Range<Int>
  let isQuoted: Bool
}

extension CommandValue {
  init?(in text: Excerpt, at place: Int) {
    guard let quote = text.quote(at: place) else {
      self.init(in: text, from: place)
      return
    }
    // Behind the end of a string, not in one.
    if quote.byte == UInt8(ascii: "`") || Self.behindString.contains(text[quote.end]) { return nil }
    let content = text.content(of: quote, atMost: CommandWord.reach)
    if CommandWord.isRedacted(text, behind: quote, content) { return nil }
    // A string of JSON in one may end between two of the others.
    guard let range = content?.range,
      quote.byte == UInt8(ascii: "\"") || !text.bytes[range].contains(UInt8(ascii: "\""))
    else {
      self.init(in: text, from: quote.end)
      return
    }
    // `'… -p'+password+'…'` of a program.
    let (first, last) = (text[quote.end], text[range.upperBound - 1])
    if first == last, ByteClass("+.").contains(first) { return nil }
    self.init(range: range, isQuoted: true)
  }

  private init?(in text: Excerpt, from start: Int) {
    let range = start..<text.skip(CommandWord.plain, from: start)
    if Marker.isIn(text.bytes[range]) { return nil }
    self.init(range: range, isQuoted: false)
  }

  private static let behindString = ByteClass.behindString.union(ByteClass(");&|"))

  func isSecret(in text: Excerpt) -> Bool {
    let value = SecretValue(text.meaning(range))
    guard value.bytes.count >= 4, !value.isPlaceholder else { return false }
    guard isQuoted else { return !value.hasBrackets }
    return !value.isTemplate && (value.hasDigit || !value.hasSpace)
  }
}
