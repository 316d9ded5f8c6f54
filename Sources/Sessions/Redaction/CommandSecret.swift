/// Secrets that programs take behind options without a telling name: `curl -u user:password`, `sshpass -p password`,
/// `mysql -ppassword`, `openssl … -passin pass:password`.
struct CommandSecret: Hashable, Sendable {
  /// The words that it begins with, and a space.
  private let command: [UInt8]
  /// The last of them.
  private let name: [UInt8]
  private let options: [[UInt8]]
  /// Letters of options without a value, which may stand before that of the last in one word: `-su user:password`.
  private let flags: ByteClass
  /// An option may have no value, so that only what is attached to it is one.
  private let isOptional: Bool
  private let lead: Lead

  /// What stands before the secret in the value.
  private enum Lead: Hashable {
    case nothing
    /// A user and a colon.
    case user
    /// `pass:`
    case source
  }

  private init(
    _ command: String, _ options: [String], flags: StaticString = "", isOptional: Bool = false,
    lead: Lead = .nothing
  ) {
    self.command = Array((command + " ").utf8)
    name = command.utf8.split(separator: UInt8(ascii: " ")).last.map(Array.init) ?? []
    self.options = options.map { Array($0.utf8) }
    (self.flags, self.isOptional, self.lead) = (ByteClass(flags), isOptional, lead)
  }

  static let all =
    [
      CommandSecret(
        "curl", ["-u", "-U", "--user", "--proxy-user"], flags: "0123467aBfgGiIjJklLMnNOpqRsSvVZ#:",
        lead: .user),
      CommandSecret("sshpass", ["-p"], flags: "v"), CommandSecret("docker login", ["-p"]),
      CommandSecret("podman login", ["-p"]), CommandSecret("redis-cli", ["-a"]),
      CommandSecret("gh secret set", ["-b", "--body"]),
      CommandSecret("openssl", ["-pass", "-passin", "-passout"], lead: .source),
    ]
    + ["mysql", "mysqldump", "mysqladmin"].map {
      // What none of them takes a value for.
      CommandSecret($0, ["-p"], flags: "ABCEGHNXfnqstv", isOptional: true)
    }

  private static let kind = "secret"
  private static let source = Array("pass:".utf8)

  var opening: RuleTable.Opening { command.prefix(4).map { ByteClass([$0]) } }

  /// `place` is where the command may stand.
  func find(in text: Excerpt, at place: Int) -> Finding? {
    guard text[place + command.count - 1] == UInt8(ascii: " "), text.isBoundary(before: place),
      let start = text.skip(ignoringCase: command, from: place)
    else { return nil }
    var ranges: [Range<Int>] = []
    // Where it stands again and again, each is looked at by itself.
    var repetitions = 0
    var next = CommandWord.skipBlank(in: text, from: start)
    while next - start < CommandWord.reach, repetitions < 2, let word = CommandWord(in: text, at: next) {
      if let value = value(in: text, word), let range = secret(in: text, at: value) { ranges.append(range) }
      if word.ends(with: name, in: text) { repetitions += 1 }
      next = CommandWord.skipBlank(in: text, from: word.end)
    }
    return ranges.isEmpty ? nil : Finding(kind: Self.kind, ranges: ranges)
  }

  /// Where the value of an option begins, if the word is one, or begins with one.
  private func value(in text: Excerpt, _ word: CommandWord) -> Int? {
    guard text[word.range.lowerBound] == UInt8(ascii: "-") else { return nil }
    for case let end? in options.lazy.map({ self.end(of: $0, in: text, word.range) }) {
      if end < word.range.upperBound { return end }
      if text.quote(at: word.end) != nil { return word.end }
      let value = CommandWord.skipBlank(in: text, from: word.end)
      return isOptional || value == word.end || text[value] == UInt8(ascii: "-") ? nil : value
    }
    return nil
  }

  /// Behind the option that the word begins with, and behind `=`.
  private func end(of option: [UInt8], in text: Excerpt, _ word: Range<Int>) -> Int? {
    let isLetter = option.count == 2
    var end = word.lowerBound + 1
    if isLetter {
      while flags.contains(text[end]) { end += 1 }
      guard end < word.upperBound, text[word.lowerBound] == option[0], text[end] == option[1] else {
        return nil
      }
      end += 1
    } else {
      guard text.bytes[word].starts(with: option) else { return nil }
      end = word.lowerBound + option.count
    }
    if end == word.upperBound { return end }
    if text[end] == UInt8(ascii: "=") { return end + 1 }
    return isLetter ? end : nil
  }

  // MARK: - Values

  private func secret(in text: Excerpt, at place: Int) -> Range<Int>? {
    guard let value = CommandValue(in: text, at: place) else { return nil }
    switch lead {
    case .nothing: return value.isSecret(in: text) ? value.range : nil
    case .source:
      guard let start = text.skip(ignoringCase: Self.source, from: value.range.lowerBound) else { return nil }
      return password(in: text, start, of: value)
    case .user: return Self.behindUser(in: text, value.range).flatMap { password(in: text, $0, of: value) }
    }
  }

  /// The rest of the value; what is quoted by itself may be all of it: `user:'password'`.
  private func password(in text: Excerpt, _ start: Int, of value: CommandValue) -> Range<Int>? {
    let rest =
      start == value.range.upperBound && !value.isQuoted
      ? CommandValue(in: text, at: start)
      : CommandValue(range: start..<value.range.upperBound, isQuoted: value.isQuoted)
    return rest.flatMap { $0.isSecret(in: text) ? $0.range : nil }
  }

  /// Behind the first colon.
  private static func behindUser(in text: Excerpt, _ range: Range<Int>) -> Int? {
    var place = range.lowerBound
    while place < range.upperBound, let unit = text.unit(at: place) {
      place = unit.end
      if unit.byte == UInt8(ascii: ":") { return place }
    }
    return nil
  }
}
