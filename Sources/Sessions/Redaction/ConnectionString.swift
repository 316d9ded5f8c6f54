/// Connection strings whose parts are separated by blanks, as libpq, GORM and Ansible take them:
/// `host=db user=app password=… sslmode=require`.
enum ConnectionString {
  private static let blank = ByteClass(" \t")
  /// What separates the arguments of a call, and the elements of a list.
  private static let signs = ByteClass(",;({[")
  private static let key = ByteClass.name.union(ByteClass("-."))

  /// Whether another part ends before the blanks that precede this place.
  static func precedes(_ start: Int, in text: Excerpt) -> Bool {
    var place = start
    while blank.contains(text[place - 1]) { place -= 1 }
    guard place < start, !signs.contains(text[place - 1]) else { return false }
    var sign: Int?
    while place > text.floor, text[place - 1] > 0x20 {
      place -= 1
      if text[place] == UInt8(ascii: "=") { sign = place }
    }
    return sign.map { isKey(NameStart(in: text, before: $0).start..<$0, in: text) } ?? false
  }

  /// Whether another part begins behind the blanks that follow this place.
  static func follows(_ end: Int, in text: Excerpt) -> Bool {
    let start = text.skip(blank, from: end, atMost: 8)
    return start > end && !signs.contains(text[end - 1])
      && isKey(start..<text.skip(key, from: start, atMost: 32), in: text)
  }

  private static func isKey(_ range: Range<Int>, in text: Excerpt) -> Bool {
    guard text[range.upperBound] == UInt8(ascii: "="), text[range.upperBound + 1] != UInt8(ascii: "=") else {
      return false
    }
    return keys.contains(String(decoding: text.meaning(range), as: UTF8.self).lowercased())
  }

  /// The more usual of those in libpq's documentation, "Parameter Key Words", and what other libraries call them.
  private static let keys: Set<String> = [
    "host", "hostaddr", "server", "port", "dbname", "db", "database", "user", "username", "login", "uid",
    "sslmode", "sslcert", "sslkey", "sslrootcert", "sslpassword", "channel_binding", "gssencmode", "service",
    "passfile", "connect_timeout", "application_name", "fallback_application_name", "client_encoding",
    "options", "search_path", "target_session_attrs", "keepalives", "timezone", "pool_max_conns",
  ]
}
