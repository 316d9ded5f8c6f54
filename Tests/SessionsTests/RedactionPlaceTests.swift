import Sessions
import TestSupport
import Testing

/// What is secret by its place, and what stands for a secret there: by itself, in a
/// string of JSON, and in JSON in one. All values are invented.
@Suite struct RedactionPlaceSuite {
  /// What fills up a value, and what only looks like it; `‹…›` is around what has to go.
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

  @Test(arguments: fillers)
  func fillersByChanceAreRedacted(marked: String) throws {
    let (text, result) = try Self.expected(marked, marked.contains("://") ? "url-password" : "secret")
    try Self.check(text, becomes: result)
  }

  @Test(arguments: [
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
