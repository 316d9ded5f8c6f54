/// What stands before the word of a name.
struct NameStart {
  private let text: Excerpt
  private let word: Int
  let start: Int

  init(in text: Excerpt, before word: Int) {
    (self.text, self.word) = (text, word)
    start = Self.start(in: text, before: word)
  }

  private static let name = ByteClass.name.union(ByteClass("-."))

  private static func start(in text: Excerpt, before end: Int) -> Int {
    var start = end
    while start > text.floor, name.contains(text[start - 1]) { start -= 1 }
    guard start > text.floor, start < end, text.isInsideEscape(start) else { return start }
    return min(end, start + (text[start] == UInt8(ascii: "u") ? 5 : 1))
  }

  /// All letters up to the word are capitals, and those with which it begins.
  var isUpper: Bool { (start..<word + 2).allSatisfy { !ByteClass.lower.contains(text[$0]) } }

  /// Of a name with points, the last part is in capitals: `process.env.OPENAI_KEY`.
  var isUpperMember: Bool {
    let point = (start..<word).last { text[$0] == UInt8(ascii: ".") }
    return ((point ?? start)..<word).allSatisfy { !ByteClass.lower.contains(text[$0]) }
  }

  /// `--db-password`
  var isOption: Bool { text[start] == UInt8(ascii: "-") && text[start + 1] == UInt8(ascii: "-") }

  /// Behind `;`, `&` or `?`, as in connection strings and addresses.
  var isParameter: Bool {
    let before = text[start - 1]
    if before == UInt8(ascii: ";") || before == UInt8(ascii: "&") || before == UInt8(ascii: "?") {
      return true
    }
    return before == UInt8(ascii: "6") && ends(at: start, in: "\\u0026")
  }

  /// Only white space, `export` or the like stands between it and the beginning of the line.
  var beginsLine: Bool {
    var place = skipSpace(before: start)
    for word: StaticString in ["export", "set", "-", "+", "ENV", "ARG"] where ends(at: place, in: word) {
      place = skipSpace(before: place - word.utf8CodeUnitCount)
      break
    }
    return isLineStart(place)
  }

  private func isLineStart(_ place: Int) -> Bool {
    if place <= text.floor { return true }
    let before = text[place - 1]
    if before == 0x0a || before == 0x0d || ByteClass.quotes.contains(before) { return true }
    return text[place - 2] == UInt8(ascii: "\\")
      && (before == UInt8(ascii: "n") || before == UInt8(ascii: "r"))
  }

  /// A setting stands alone in its line; with `:` also as an element of a list.
  func isLineOfItsOwn(_ isLoose: Bool) -> Bool { beginsLine || isLoose && isOption }

  private func skipSpace(before end: Int) -> Int {
    var place = end
    while place > text.floor, text[place - 1] == 0x20 || text[place - 1] == 0x09 { place -= 1 }
    return place
  }

  private func ends(at end: Int, in word: StaticString) -> Bool {
    let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    return bytes.indices.allSatisfy { text[end - bytes.count + $0] == bytes[$0] }
  }

  // MARK: - Words before it

  /// The word that only blanks separate from a place.
  private func word(before end: Int) -> Range<Int>? {
    let last = skipSpace(before: end)
    let first = Self.start(in: text, before: last)
    return first < last && last < end ? first..<last : nil
  }

  private func spelled(_ range: Range<Int>) -> String {
    String(decoding: text.meaning(range), as: UTF8.self)
  }

  /// What only blanks separate from it is its value: `set -x TOKEN …`, `ENV TOKEN …`, `aws configure set …`.
  var isSet: Bool {
    guard let last = word(before: start) else { return false }
    switch spelled(last) {
    case "ENV": return isUpper && beginsLine
    case "setenv", "setx": return isUpper
    case "set": return word(before: last.lowerBound).map { spelled($0) == "configure" } ?? false
    case let option where option.first == "-":
      return isUpper && option.dropFirst().allSatisfy("gxUl".contains)
        && word(before: last.lowerBound).map { spelled($0) == "set" } ?? false
    default: return false
    }
  }

  private static let assigning: Set<String> = [
    "-var", "--var", "--set", "--set-string", "--build-arg", "--extra-vars", "--env",
  ]

  /// The value of an option that takes a name and a value: `-var db_password=…`, `--set 'auth.password=…'`.
  var isArgument: Bool {
    var end = start
    if ByteClass.quotes.contains(text[end - 1]) {
      end -= 1
      while text[end - 1] == UInt8(ascii: "\\") { end -= 1 }
    }
    if text[end - 1] == UInt8(ascii: "=") {
      return Self.assigning.contains(spelled(Self.start(in: text, before: end - 1)..<end - 1))
    }
    return word(before: end).map { Self.assigning.contains(spelled($0)) } ?? false
  }

  private static let clauses: Set<String> = ["with", "encrypted", "login", "superuser", "createdb"]

  /// Part of a statement of SQL: `WITH PASSWORD '…'`, `CREATE USER app PASSWORD '…'`.
  var isClause: Bool {
    guard let last = word(before: start) else { return false }
    if Self.clauses.contains(spelled(last).lowercased()) { return true }
    return word(before: last.lowerBound).map { ["USER", "ROLE"].contains(spelled($0).uppercased()) } ?? false
  }

  private static let commands: Set<String> = [
    "echo", "printf", "export", "env", "-e", "-d", "-F", "--data", "--form",
  ]

  /// Where a shell takes `name=value` as it stands: `echo password=…`, `curl -d password=…`.
  var isArgumentOfCommand: Bool { word(before: start).map { Self.commands.contains(spelled($0)) } ?? false }

  /// Nothing but other variables stands between it and the beginning of a command: `A=b password=… ./run`.
  var beginsCommand: Bool {
    var end = start
    while true {
      let last = skipSpace(before: end)
      if isLineStart(last) || ByteClass(";&|").contains(text[last - 1]) { return true }
      guard let value = word(before: end), text[value.lowerBound - 1] == UInt8(ascii: "=") else {
        return false
      }
      end = Self.start(in: text, before: value.lowerBound - 1)
      guard ByteClass.upper.contains(text[end]) else { return false }
    }
  }

  /// `my password`
  var isMine: Bool { word(before: start).map { spelled($0).lowercased() == "my" } ?? false }

  /// An element of a list, or an argument.
  var isElement: Bool { ByteClass(",([{").contains(text[skipSpace(before: start) - 1]) }

  // MARK: - What it begins with

  /// Up to the last `_` before the word: `SORT` of `SORT_KEY`.
  var qualifier: String {
    let end = text[word - 1] == UInt8(ascii: "_") ? word - 1 : word
    return spelled(start..<end).split { "_.".contains($0) }.last.map(String.init) ?? ""
  }

  /// Of tables, caches and lists, and of what everybody may see.
  private static let otherKeys: Set<String> = [
    "PUBLIC", "PUB", "PUBLISHABLE", "SITE", "ANON", "PRIMARY", "FOREIGN", "UNIQUE", "SORT", "PARTITION",
    "SHARD", "HASH", "RANGE", "ROW", "INDEX", "GROUP", "CACHE", "RESTORE", "S3", "OBJECT", "FILE", "IMAGE",
    "MEDIA", "BUCKET", "CONTENT", "BUILD", "LOOKUP", "IDEMPOTENCY", "DEDUPLICATION", "DEDUP", "ROUTING",
    "MESSAGE", "EVENT", "ISSUE", "PROJECT", "HOST", "FINGERPRINT", "VERIFICATION", "VERIFY", "ETAG", "COMMIT",
    "GPG", "PGP",
  ]

  /// What an issuer gave, as far as the name tells: `OPENAI_KEY`.
  var isKey: Bool { isUpperMember && !Self.otherKeys.contains(qualifier) }

  private static let services: Set<String> = [
    "DB", "DATABASE", "POSTGRES", "POSTGRESQL", "PG", "MYSQL", "MARIADB", "MONGO", "MONGODB", "REDIS",
    "RABBITMQ",
    "SMTP", "MAIL", "EMAIL", "FTP", "SFTP", "LDAP", "ROOT", "ADMIN", "USER", "APP", "HOST", "KEYSTORE",
    "RESTIC", "BORG", "VAULT", "WIFI",
  ]

  /// `DB_PASSWORD`: the password of something that has one, not what is said about passwords.
  var isOfService: Bool { Self.services.contains(qualifier) }

  /// `JWT_SECRET` and the like.
  var isChosen: Bool { isUpper && ["JWT", "SESSION", "COOKIE"].contains(qualifier) }
}
