import Sessions
import TestSupport
import Testing

/// What holds for every text.
@Suite struct RedactionPropertySuite {
  /// Fragments of which texts are made that rules have to do with.
  private static let fragments: [String] =
    [
      "password", "PASSWORD=", "\"password\":", "token", "API_KEY", "apiKey: ", "secret = ", "=", ": ", ":",
      " ", "\n",
      "\\n", "\\\"", "\"", "'", "`", "\\", "\\\\", "\\u0041", "\\u000a", "\\ud83d\\ude00", "é", "😀",
      "hunter2", "a1b2",
      ";", "&", "?", ",", "[", "]", "{", "}", "(", ")", "<", ">", "--", "-----BEGIN PRIVATE KEY-----",
      "-----END PRIVATE KEY-----", "://", "user:pass1@host", "@", "Authorization: Bearer ", "[redacted:jwt]",
      "[redacted:", "\"signature\":\"", "export ", "curl ", "-u ", "sshpass -p ", "\u{1b}[32m", "\t", "/",
      "\\/", ".", "-", "_", "$X",
      "${X}", "mysql ", "-p", "-p'", "docker login ", "-a ", "openssl ", "-passin pass:", "=", "\\\n",
      "host=db ",
      "user=app ", "machine h ", "login me ", "password ", "Cookie: ", "\"Set-Cookie\": ", "sid=", "; ",
      "...", "%s",
      "----", "a1b2c3d4", " is ", "my password is ", "Bearer ", "IDENTIFIED BY ", "WITH PASSWORD ",
      "OPENAI_KEY=", "&key=", "?sig=", "\\u0026key=", "\\u0026sig=", "\\\\u0026sig=", "set -x ", "API_TOKEN ",
      "-var ", "htpasswd -b f u ",
      "gh secret set X --body ",
      "JWT_SECRET=", "S3cret pa55", "hunter2hunter2", "hunter2 hunter2", "echo password=", "A=b ", " run ",
      "my password: ", "DB_PASSWORD=\"correct horse battery\"", "\nENV ",
      "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Fo",
    ]
    + [
      "ghp_" + "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzAbCdE", "sk-ant-" + "aB3dE5fG7hJ9kL2mN4pQ6rS8",
      "q7Rz2mXw9KtB4nVc6LpY8", "sig=q7Rz2mXw9KtB4nVc6LpY8q7Rz2mXw9KtB4nVc6LpY8q7R9",
      "123456789:" + "AA" + "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz",
      "eyJ" + "hbGciOiJIUzI1NiJ9.",
      "eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + "abcdefghij123",
      "MIIEpAIBAAKCAQEA3Tz2mXw9KtB4nVc6LpY8q7RzAbCdEfGhIj",
    ]

  private static func text(_ random: inout Random, _ count: ClosedRange<Int> = 1...14) -> String {
    (0..<random.number(count)).map { _ in random.pick(fragments) }.joined()
  }

  private static func redact(_ text: String) -> String { Redaction.standard.redact(text) }

  @Test func doingItAgainChangesNothing() {
    for seed in 0..<4000 {
      var random = Random(seed << 20)
      let once = Self.redact(Self.text(&random))
      #expect(Self.redact(once) == once, "seed \(seed)")
    }
  }

  @Test func jsonStaysTheSameButForItsStrings() throws {
    for seed in 0..<3000 {
      var random = Random(seed << 20)
      let value = Self.value(&random, depth: 0)
      let bytes = Self.json(value, &random)
      let redacted = Redaction.standard.redact(bytes)
      let after = try #require(
        try? JSONValue(parsing: redacted),
        "seed \(seed): \(String(decoding: bytes, as: UTF8.self)) became \(String(decoding: redacted, as: UTF8.self))"
      )
      #expect(Self.isSameButForStrings(value, after), "seed \(seed)")
    }
  }

  @Test func whereATextIsCutDoesNotMatter() {
    for seed in 0..<6 {
      var random = Random(seed << 20)
      // Longer than what is looked at at once.
      var bytes: [UInt8] = []
      while bytes.count < 120_000 {
        bytes += Self.text(&random).utf8
        if random.once(in: 40) {
          bytes += [UInt8](
            repeating: UInt8(ascii: random.pick(["a", " ", "\\", "Q"])), count: random.number(0...70_000))
        }
      }
      let whole = Redaction.standard.redact(bytes)
      var redactor = Redactor()
      var pieces: [UInt8] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(random.number(1...(random.once(in: 3) ? 100 : 90_000)))
        pieces += redactor.redact(piece)
        rest = rest.dropFirst(piece.count)
      }
      pieces += redactor.finish()
      #expect(pieces == whole, "seed \(seed)")
      #expect(Redaction.standard.redact(whole) == whole, "seed \(seed)")
    }
  }

  @Test func aSecretOfAnyLengthIsFoundAcrossPieces() {
    let long = "sk-ant-" + String(repeating: "aB3dE5fG7hJ9-kL2mN4pQ_6rS8", count: 8000)
    let text = Array("x \(long) y".utf8)
    var redactor = Redactor()
    var output: [UInt8] = []
    for start in stride(from: 0, to: text.count, by: 1000) {
      output += redactor.redact(text[start..<min(start + 1000, text.count)])
    }
    output += redactor.finish()
    #expect(String(decoding: output, as: UTF8.self) == "x [redacted:anthropic-key] y")
    // It may be used again.
    #expect(
      String(decoding: redactor.redact(Array("PASSWORD=hunter2".utf8)) + redactor.finish(), as: UTF8.self)
        == "PASSWORD=[redacted:secret]")
  }

  @Test func anyBytesGoThrough() {
    for seed in 0..<1000 {
      var random = Random(seed << 20)
      var bytes = Array(Self.text(&random).utf8)
      for _ in 0..<random.number(0...5) {
        bytes.insert(UInt8(random.number(0...255)), at: random.number(0...bytes.count))
      }
      let once = Redaction.standard.redact(bytes)
      #expect(Redaction.standard.redact(once) == once, "seed \(seed)")
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "\\", "-", "password=", "-----BEGIN PRIVATE KEY-----", "https://a:", "token: \"", "eyJ.",
      "eyJaaaaaaaaaaaa/", "[redacted:",
      "\"signature\":\"", "AAAAAAAA:AA", "--token ", "sk-ant-", "\\u0073", "Authorization: ", "password='",
      "a.atlasv1.", "curl -u ", "curl 'a:\"", "mysql -p'", "machine a login ", "Cookie: a=", "cookie:a=b;c=",
      "\"cookie\":[\"a=b\",", "user=a password=", "password=a user=a ",
      "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Fo\n", "htpasswd -b ", "htpasswd -C",
      "htpasswd -",
      "password is ", "IDENTIFIED BY '", "WITH PASSWORD '", "_KEY=", "Bearer a1b2c3", "-var token=",
      "A=b ", "A=b password=hunter22 ", "my password: hunter22 ", "echo password=",
    ])
  func hostileRepetitionCostsLittle(piece: String) {
    let bytes = Array(String(repeating: piece, count: 20_000 / piece.utf8.count).utf8)
    let once = Redaction.standard.redact(bytes)
    #expect(Redaction.standard.redact(once) == once)
  }

  // MARK: - JSON

  private static func value(_ random: inout Random, depth: Int) -> JSONValue {
    switch random.number(0...(depth < 3 ? 7 : 5)) {
    case 0: return .null
    case 1: return .integer(Int64(random.number(0...99_999_999)))
    case 2...5: return .string(random.once(in: 4) ? nested(&random, depth) : text(&random))
    case 6: return .array((0..<random.number(0...4)).map { _ in value(&random, depth: depth + 1) })
    default:
      let names = ["password", "token", "a", "signature", "apiKey", "Authorization", "text"]
      let members = (0..<random.number(0...4)).map { _ in
        (random.pick(names), value(&random, depth: depth + 1))
      }
      return .object(Dictionary(members) { $1 })
    }
  }

  /// JSON in a string of JSON.
  private static func nested(_ random: inout Random, _ depth: Int) -> String {
    let inner = value(&random, depth: depth + 1)
    return String(decoding: json(inner, &random), as: UTF8.self)
  }

  /// Written in one line, with escapes where they need not be.
  private static func json(_ value: JSONValue, _ random: inout Random) -> [UInt8] {
    switch value {
    case .array(let elements):
      return Array("[".utf8) + elements.map { json($0, &random) }.joined(separator: ",".utf8)
        + Array("]".utf8)
    case .object(let members):
      let pairs = members.map { json(.string($0.key), &random) + Array(":".utf8) + json($0.value, &random) }
      return Array("{".utf8) + pairs.joined(separator: ",".utf8) + Array("}".utf8)
    case .string(let text):
      var output = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": output += "\\\(scalar)"
        case "\n": output += "\\n"
        case "/" where random.once(in: 2): output += "\\/"
        case _ where scalar.value < 0x20 || scalar.isASCII && random.once(in: 60):
          output += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: output.unicodeScalars.append(scalar)
        }
      }
      return Array((output + "\"").utf8)
    default: return value.canonical.dropLast()
    }
  }

  private static func isSameButForStrings(_ before: JSONValue, _ after: JSONValue) -> Bool {
    switch (before, after) {
    case (.string(let left), .string(let right)): left == right || right.contains("[redacted:")
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy(isSameButForStrings)
    case (.object(let left), .object(let right)):
      left.keys == right.keys
        && left.allSatisfy { name, value in right[name].map { isSameButForStrings(value, $0) } ?? false }
    default: before == after
    }
  }
}
