/// Secrets that programs take behind options without a telling name: `curl -u user:password`, `sshpass -p password`,
/// `mysql -ppassword`.
struct CommandSecret: Hashable, Sendable {
  private let program: [UInt8]
  private let options: [[UInt8]]
  /// The secret follows the option without a space.
  private var isAttached = false
  /// A user and a colon stand before the secret.
  private var hasUser = false

  private init(_ program: String, _ options: [String], isAttached: Bool = false, hasUser: Bool = false) {
    self.program = Array((program + " ").utf8)
    self.options = options.map { Array($0.utf8) }
    (self.isAttached, self.hasUser) = (isAttached, hasUser)
  }

  static let all = [
    CommandSecret("curl", ["-u", "--user", "-U", "--proxy-user"], hasUser: true),
    CommandSecret("sshpass", ["-p"]),
    CommandSecret("mysql", ["-p"], isAttached: true), CommandSecret("mysqldump", ["-p"], isAttached: true),
    CommandSecret("mysqladmin", ["-p"], isAttached: true),
  ]

  private static let kind = "secret"
  /// A command is not longer, or not looked at to its end.
  private static let reach = 512
  private static let blank = ByteClass(" \t")
  /// Up to the end of a command.
  private static let word = BytePattern.any.union(ByteClass("()[]{}<>,".utf8 + [0xff])).subtracting(
    ByteClass("|;"))

  var opening: RuleTable.Opening { program.prefix(4).map { ByteClass([$0]) } }

  /// `place` is where the name of the program may stand.
  func find(in text: Excerpt, at place: Int) -> Finding? {
    guard text[place + program.count - 1] == UInt8(ascii: " "), text.isBoundary(before: place),
      let start = text.skip(ignoringCase: program, from: place)
    else { return nil }
    var next = text.skip(Self.blank, from: start)
    while next < text.end, next - start < Self.reach {
      // What was redacted has changed where the reach ends: nothing behind it may be found the next time.
      if Marker.end(in: text, at: next) != nil { return nil }
      // What is quoted is a word, or several; no option stands in it.
      let end = text.skip(Self.word, from: next)
      if let value = value(in: text, next..<end) {
        return secret(in: text, from: value).map { Finding(kind: Self.kind, ranges: [$0]) }
      }
      if end == next {
        guard let inside = text.skipQuote(from: next) else { return nil }
        next = text.skip(Self.blank, from: inside)
      } else {
        next = text.skip(Self.blank, from: end)
      }
    }
    return nil
  }

  /// Where the value of an option begins, if the word is one, or begins with one.
  private func value(in text: Excerpt, _ word: Range<Int>) -> Int? {
    let content = text.bytes[word]
    let option = options.first { content.starts(with: $0) && isAttached == (content.count > $0.count) }
    return option.map {
      isAttached ? word.lowerBound + $0.count : text.skip(Self.blank, from: word.upperBound)
    }
  }

  private func secret(in text: Excerpt, from place: Int) -> Range<Int>? {
    var start = place
    if let inside = text.skipQuote(from: start) {
      start = inside
      // Behind the end of a string of JSON, not in one.
      if ByteClass(",:]}").contains(text[start]) { return nil }
    }
    let end = text.skip(Self.word, from: start)
    guard end > start, let range = hasUser ? Self.password(in: text, start..<end) : start..<end else {
      return nil
    }
    let value = SecretValue(text.meaning(range))
    return value.bytes.count >= 4 && !value.isPlaceholder && !value.hasBrackets ? range : nil
  }

  private static func password(in text: Excerpt, _ range: Range<Int>) -> Range<Int>? {
    var place = range.lowerBound
    while place < range.upperBound, let unit = text.unit(at: place) {
      if unit.byte == UInt8(ascii: ":") {
        return unit.end < range.upperBound ? unit.end..<range.upperBound : nil
      }
      place = unit.end
    }
    return nil
  }
}
