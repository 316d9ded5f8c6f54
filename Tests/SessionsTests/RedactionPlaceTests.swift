import Sessions
import TestSupport
import Testing

/// What is secret by the connection string that it stands in: by itself, in a
/// string of JSON, and in JSON in one. All values are invented.
@Suite struct RedactionPlaceSuite {
  /// `‹…›` is around what has to go.
  private static let connections = [
    "psql \"host=db user=app password=‹Hunter2Zq› sslmode=require\"", "password=‹letmein› host=db",
    "dsn: \"host=localhost user=gorm password=‹gorm1234x› dbname=gorm port=9920\"",
    "psql 'host=db port=5432 user=app password=‹S3cret›'", "host=db  user=app  password=‹a.b1c›",
    "CONNECTION 'host=db user=app password=‹S3c;r,e&t›'", "(host=db user=app password=‹S3cret9›)",
    "(host=db user=app password=‹S3cret9›), again", "no host=db user=app password=‹S3cret9›, 2 attempts",
    "mysql_user: name=app password=‹S3cret9› host=a state=present", "\tUSER=app password=‹S3cret9›\n",
    "host=db user=app password=‹S3c;ret› sslmode=require",
  ]

  /// What fills up a value, and what only looks like it.
  private static let fillers = [
    "DB_PASSWORD=‹aB3%dk29ZqLm›", "API_TOKEN=‹aB3%sk29ZqLm›", "DB_PASSWORD=‹S3cret----Pass9›",
    "DB_PASSWORD=‹S3cret...Pass9›", "password: \"‹S3cret...Pass9›\"", "DB_PASSWORD='‹S3####cret9›'",
    "https://app:‹S3%secret9›@db.test",
  ]

  private static func spellings(_ text: String) -> [JSONValue] {
    func json(_ value: JSONValue) -> String { String(decoding: value.canonical.dropLast(), as: UTF8.self) }
    let line = JSONValue.object(["a": .string("x"), "command": .string(text), "z": .integer(1)])
    return [line, .object(["b": .string(json(line))])]
  }

  private static func check(_ text: String, becomes expected: String) throws {
    #expect(Redaction.standard.redact(text) == expected)
    for (before, after) in zip(spellings(text), spellings(expected)) {
      let redacted = Redaction.standard.redact(before.canonical)
      #expect(
        try JSONValue(parsing: redacted) == after, "\(String(decoding: redacted, as: UTF8.self))")
      #expect(Redaction.standard.redact(redacted) == redacted)
    }
  }

  private static func expected(_ marked: String, _ kind: String) throws -> (text: String, result: String) {
    let parts = marked.split(separator: "‹", omittingEmptySubsequences: false)
    try #require(parts.count > 1)
    let rest = try parts.dropFirst().map { part in
      "[redacted:\(kind)]" + part[part.index(after: try #require(part.firstIndex(of: "›")))...]
    }
    return (marked.filter { !"‹›".contains($0) }, parts[0] + rest.joined())
  }

  @Test(arguments: connections)
  func isRedacted(marked: String) throws {
    let (text, result) = try Self.expected(marked, "secret")
    try Self.check(text, becomes: result)
  }

  @Test(arguments: fillers)
  func fillersByChanceAreRedacted(marked: String) throws {
    let (text, result) = try Self.expected(marked, marked.contains("://") ? "url-password" : "secret")
    try Self.check(text, becomes: result)
  }

  @Test(arguments: [
    // Parts of connection strings, and arguments.
    "f(password=args.password, user='postgres')", "f(host=h, user=u, password=pw1)",
    "password=pw1 and host = a",
    "\"host=%s user=%s password=%s dbname=%s\"", "f\"host={h} user={u} password={p} port={n}\"",
    "\"host=\" + h + \" user=\" + u + \" password=\" + p", "'host=a user=b password='",
    "host=a password=$PW x",
    "host=a password=${PW} port=1", "host == a password=pw1", "host=a\npassword=pw1(x)",
    "ghost=a password=pw1 x=y",
    "connect(host=a, password=password, db=b)",
    // Fillers.
    "\"password=%s\"", "password=...", "token=abc...", "DB_PASSWORD=%(password)s",
    "https://user:%s@host.test/x",
    "\"%s:%s@%s\"", "API_KEY=...9f8e7d6c", "API_KEY=9f8e7d6c...5b4a3920", "TOKEN=ghp_****************1234",
    "PASSWORD=a1****z9", "password = \"user%dpass\"", "secret: \"projects/%s/secrets/v1\"",
    "password: 4...64",
    "DB_PASSWORD=xxxx-xxxx-1234", "API_KEY=sk-1-xxxxxxxxxxxx-AAAA", "password=f\"pw-%s-1\"",
    "PASSWORD=$$DB_PASSWORD",
    "{\"password\": \"%s-%d\"}", "API_KEY=1234....", "Authorization: Bearer a1b2c3...x9y8z7",
  ])
  func stays(text: String) throws {
    try Self.check(text, becomes: text)
  }
}
