import Sessions
import TestSupport
import Testing

/// What is secret by its name or its place. All values are invented, and put together here so that no scanner of
/// secrets takes this file for a leak.
@Suite struct RedactionSuite {
  private static let random = "q7Rz2mXw9K" + "tB4nVc6LpY8"
  private static let hex = "9f8e7d6c5b4a3920" + "1f2e3d4c5b6a7988"

  /// `‹…›` is around what has to go.
  private static let positives = [
    // Shell and files of settings.
    "export DB_PASSWORD=‹hunter2›", "PASSWORD=‹letmein› ./run", "API_KEY=‹\(hex)›",
    "GITHUB_TOKEN=‹\(random)›",
    "DB_PASSWORD='‹correct;horse&battery›'", "SECRET_KEY_BASE=\"‹\(hex)›\"",
    "  - MYSQL_ROOT_PASSWORD=‹toor1234›",
    "docker run -e POSTGRES_PASSWORD=‹s3cr3t!› postgres", "mysql -u root --password=‹hunter2›",
    "tool --password ‹hunter2› x", "mysql --password ‹Letmein›", "PASSWORD=‹a.b1c.d2e›",
    "gh auth login --token ‹\(random)›", "tool --api-key ‹\(random)› --verbose",
    "aws_secret_access_key = ‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz12345678›",
    "AWS_SECRET_ACCESS_KEY=‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›",
    "//registry.example.test/:_authToken=‹\(random)›", "password = hunter22x‹›", "set PGPASSWORD=‹a.b1c›",
    "+DB_PASS=‹hunter2›", "-DB_PASS=‹hunter2›", "ENV ADMIN_PASSWORD=‹hunter2›",
    "curl -s -u admin:‹hunter2› https://a.test", "curl -X POST -d \"a b\" -u ada:‹s3cr:t› x",
    "sshpass -p ‹hunter2› ssh host", "sshpass -p '‹hunter2›' ssh host", "mysql -h db -uroot -p‹hunter2› app",
    "{\"cmd\":\"curl -u \\\"ada:‹hunter2›\\\" x\"}",
    "{\"auths\":{\"r.test\":{\"auth\":\"‹YWRhOmh1bnRlcjI=›\"}}}",
    // YAML, TOML, JSON, XML.
    "password: ‹hunter2›", "  db_password: ‹hunter2›\n  host: a", "password: \"‹letmein›\"",
    "client_secret = \"‹\(hex)›\"", "{\"password\": \"‹letmein›\"}", "{\"apiKey\":\"‹\(random)›\"}",
    "{\"private_key_id\":\"abc\",\"accessToken\" : \"‹\(random)›\"}", "<password>‹hunter2›</password>",
    "passphrase: \"‹purple monkey dish›\"",
    // Programs.
    "const password = '‹letmein1›';", "let apiKey: String = \"‹\(random)›\"",
    "password: str = \"‹letmein1›\"",
    "client = Client(api_key=\"‹\(random)›\", timeout=3)", "os.environ[\"API_KEY\"] = \"‹\(random)›\"",
    "config['secret'] = '‹\(random)›'", "token := `‹\(random)›`", "'secret' => '‹\(random)›',",
    "var accessKey = @\"‹\(random)›\"", "token = ‹\(random)›",
    // Headers.
    "Authorization: Bearer ‹\(random)›", "authorization: token ‹\(random)›",
    "curl -H 'Authorization: Basic ‹dXNlcjpodW50ZXI=›' https://a.test",
    "-H \"Proxy-Authorization: Basic ‹dXNlcjpodW50ZXI=›\"", "X-Api-Key: ‹\(random)›",
    "{\"Authorization\": \"Bearer ‹\(random)›\"}", "{\"cmd\":\"curl -H \\\"X-Api-Key: ‹\(random)›\\\" x\"}",
    "{\"cmd\":\"curl -H \\\"Authorization: Bearer ‹\(random)›\\\"\"}", "PRIVATE-TOKEN: ‹\(random)›",
    // Addresses and connection strings.
    "postgres://app:‹s3cr3t›@db.test/x", "https://user:‹p%40ss›@host.test/path?q=1",
    "redis://:‹hunter2›@localhost:6379",
    "mongodb+srv://a:‹b@c1›@cluster.test", "https://‹\(random)›@git.test/a.git", "amqp:\\/\\/u:‹hunter2›@h",
    "Server=tcp:db,1433;User Id=sa;Password=‹hunter2›;Encrypt=true",
    "AccountName=a;AccountKey=‹\(hex)Zz==›;EndpointSuffix=x", "https://a.test/?access_token=‹\(random)›&x=1",
    "jdbc:mysql://h/db?user=u&password=‹letmein›", "https://a.test/?x=1\\u0026api_key=‹\(random)›",
  ]

  @Test(arguments: positives)
  func isRedacted(marked: String) throws {
    try #require(marked.contains("‹"))
    let text = marked.replacing("‹", with: "").replacing("›", with: "")
    let redacted = Redaction.standard.redact(text)
    let parts = marked.split(separator: "‹").flatMap {
      $0.split(separator: "›", omittingEmptySubsequences: false)
    }
    let secret = String(parts.count > 1 ? parts[1] : "")
    guard !secret.isEmpty else { return }
    #expect(!redacted.contains(secret), "\(redacted)")
    // Nothing else is touched.
    let pieces = redacted.split(separator: "[redacted:", omittingEmptySubsequences: false)
    #expect(pieces.count == 2, "\(redacted)")
    #expect(marked.hasPrefix(pieces[0] + "‹"), "\(redacted)")
    let rest = pieces.last.flatMap {
      $0.firstIndex(of: "]").map { i in String(pieces[1][pieces[1].index(after: i)...]) }
    }
    #expect(rest.map { marked.hasSuffix("›" + $0) } == true, "\(redacted)")
  }

  @Test(arguments: [
    // Programs, where the value is elsewhere.
    "password = getPassword()", "token: string", "password: string;", "let password: String",
    "token?: string | null",
    "const token = response.data.token;", "apiKey: process.env.API_KEY",
    "api_key=os.environ[\"OPENAI_API_KEY\"]",
    "password = os.getenv('DB_PASSWORD')", "API_KEY=${API_KEY}", "API_KEY=$API_KEY", "TOKEN=$(gh auth token)",
    "password=\"$DB_PASSWORD\"", "password: \"{{ vault_password }}\"", "Authorization: Bearer ${token}",
    "headers: { Authorization: `Bearer ${token}` }", "'Authorization': 'Bearer ' + token",
    "Authorization: Bearer <token>",
    "password: '<your key>'", "api_key = \"YOUR_API_KEY\"", "api_key: your-api-key-here",
    "OPENAI_API_KEY=sk-...",
    "password: ********", "token=xxxxxxxxxxxx", "func login(password: String, token: Token) -> Session {",
    "if password == confirmation {", "self.password = password", "login(user, password=pw1)",
    "token = tokens[0]",
    "secret = config.secret", "password: { type: \"string\", required: true }",
    "{\"password\":{\"type\":\"string\"}}",
    "{\"password\":null,\"token\":true,\"secret\":12345678}", "input_tokens: 31200, output_tokens: 70",
    "{\"usage\":{\"input_tokens\":31200,\"cache_read_input_tokens\":0}}", "max_tokens=4096",
    "PASSWORD_FILE=/run/secrets/db",
    "password_hash = bcrypt(password)", "tokenizer = \"cl100k_base\"", "secretName: \"db-credentials-1\"",
    "type=\"password\" name=\"login\"", "<label>Password:</label>", "Enter your password: ",
    "the token is invalid",
    "case password, passphrase", "token.kind == .identifier", "curl -u $USER:$PASS x",
    "curl -u ada https://a.test:8080", "mysql -u root -p app", "mysql -p -u root",
    "docker run -u 1000:1000 x", "curl https://a.test | sudo -u ada:staff sh", "sshpass -p $PW ssh",
    "curl -u user:password x", "author: \"ada1234567\"", "oauth: google", "PWD=/home/ada/src2",
    "OLDPWD=/tmp/x1y2z3",
    "PasswordAuthentication no", "password: \"Password must have 8 characters\"", "eos_token: \"</s>\"",
    "secret: \"projects/a/secrets/b\"", "private_key: \"/etc/ssl/key1.pem\"", "private_key = load_pem(path)",
    "AUTHORIZATION: required", "token => token.value", "token::parse(x1y2z3)",
    "api_key_header = \"X-Api-Key\"",
    "{\"label\":\"password=\",\"next\":\"abcdef123456\"}", "[\"password:\",\"abcdef123456\"]",
    "{\"a\":\"password=\"}", "{\"a\":[\"'password': \",12345678],\"b\":\"x\"}",
    "[\"`token`: \",\"a1b2c3d4\"]",
    "[\"token=\",12345678901,\"x\"]", "[\"sshpass -p\",12345678,\"x\"]",
    "OID.CHALLENGE_PASSWORD: \"challengePassword\",", "private_key: \"_EllipticCurvePrivateKey\"",
    "the --username and --password options", "show --password  --inputbox",
    "user_pass = '%s:%s' % (user, pass)",
    "\"PWD\": \"/home/node/project1\"", "X25519PrivateKey = openssl.hpke.MLKEM768X25519PrivateKey",
    "token = r\"[-!#$%&'*+.^_|~0-9a-zA-Z]+\"", "let key = PrivateKey = a.b.MLKEM768X25519PrivateKey2",
    // Addresses.
    "https://example.test:8080/@scope/pkg", "git@github.com:acme/x.git", "ssh://git@host.test/x",
    "http://user:password@host.test", "postgres://$USER:$PASS@host", "`http://${user}:${pass}@${host}`",
    "https://a.test/?token=&x=1", "https://registry.test/@types/node", "mailto:a@b.test",
    // Ids, hashes, pictures.
    "commit 1f2e3d4c5b6a79880716253443526170a1b2c3d4", "index 1f2e3d4..5b6a798 100644",
    "55383d1d-c346-4794-a203-6e90f3bf012f", "toolu_01FixBash0001", "msg_01FixAaaa", "req_011CVExampleAbc123",
    "sha256:9f8e7d6c5b4a39201f2e3d4c5b6a79889f8e7d6c5b4a39201f2e3d4c5b6a7988",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "task-sk-this-is-a-long-css-class-name-of-mine", "risk-analysis-of-the-new-service-layer", "sk-learn",
    "hf_hub",
    "sk-ant-xxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "npm_config_registry",
    "glpat-your-personal-access-token", "xoxb-your-token-goes-here", "key-value-store", "eyJ", "SG.mail.send",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
    "if pem.hasPrefix(\"-----BEGIN PRIVATE KEY-----\") { return parse(pem) }",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "between -----BEGIN RSA PRIVATE KEY----- and the words -----END there is text",
    "| --- | --- |\n|-----|-----|", "", "[redacted:jwt]", "password=[redacted:secret]",
  ])
  func stays(text: String) {
    #expect(Redaction.standard.redact(text) == text)
  }

  // MARK: - Private keys

  private static let line = "MIIEpAIBAAKCAQEA3" + "Tz2mXw9KtB4nVc6LpY8q7RzAbCdEfGhIjKlMnOpQrStUvW"

  @Test func privateKeys() {
    let marker = "[redacted:private-key]"
    for label in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "] {
      let (begin, end) = ("-----BEGIN \(label)PRIVATE KEY-----", "-----END \(label)PRIVATE KEY-----")
      for newline in ["\n", "\r\n", "\\n", "\\\\n"] {
        let key = [begin, Self.line, Self.line, "aB3=", end].joined(separator: newline)
        #expect(
          Redaction.standard.redact("a\(newline)\(key)\(newline)b")
            == ["a", begin, marker, end, "b"].joined(separator: newline))
      }
    }
    let pgp = """
      -----BEGIN PGP PRIVATE KEY BLOCK-----
      Version: GnuPG v2

      \(Self.line)
      =aB3x
      -----END PGP PRIVATE KEY BLOCK-----
      """
    #expect(!Redaction.standard.redact(pgp).contains(Self.line))
    let encrypted = """
      -----BEGIN RSA PRIVATE KEY-----
      Proc-Type: 4,ENCRYPTED
      DEK-Info: AES-256-CBC,00FF00FF00FF00FF00FF00FF00FF00FF

      \(Self.line)
      -----END RSA PRIVATE KEY-----
      """
    #expect(!Redaction.standard.redact(encrypted).contains(Self.line))
  }

  @Test func privateKeysWithSomethingBetweenTheirLines() {
    let lines = [
      "-----BEGIN PRIVATE KEY-----", Self.line, Self.line, "aB3x9Q==", "-----END PRIVATE KEY-----",
    ]
    let texts = [
      lines.enumerated().map { "     \($0.offset + 1)→\($0.element)" }.joined(separator: "\n"),
      lines.map { "\"\($0)\\n\" +" }.joined(separator: "\n"),
      lines.map { "+\($0)" }.joined(separator: "\n"),
      "[" + lines.map { "\"\($0)\"" }.joined(separator: ",") + "]",
      // The rest was cut off.
      lines.prefix(3).joined(separator: "\n"),
    ]
    for text in texts {
      let redacted = Redaction.standard.redact(text)
      #expect(!redacted.contains(Self.line), "\(redacted)")
      #expect(!redacted.contains("aB3x9Q"), "\(redacted)")
      #expect(redacted.contains("-----BEGIN PRIVATE KEY-----"))
      #expect(Redaction.standard.redact(redacted) == redacted)
    }
  }

  // MARK: - Escapes

  @Test func secretsAreFoundThroughEscapes() throws {
    for (json, meaning) in [
      (#"{"a":"x\nAPI_KEY=\#(Self.random)\nb"}"#, "x\nAPI_KEY=[redacted:secret]\nb"),
      (#"{"a":"\u0041PI_KEY=\#(Self.random)"}"#, "API_KEY=[redacted:secret]"),
      (#"{"a":"API_KEY=q7\u0052z2mXw9K\u0074B4nVc6L"}"#, "API_KEY=[redacted:secret]"),
      (#"{"a":"password=\\\"hunter22\\\""}"#, #"password=\"[redacted:secret]\""#),
      (#"{"a":"{\"password\":\"a\\\\\\\"b1234\"}"}"#, #"{"password":"[redacted:secret]"}"#),
      (#"{"a":"{\"password\":\"hunter22\\\\\"}"}"#, #"{"password":"[redacted:secret]"}"#),
      (#"{"a":"PASSWORD=hunter2\\"}"#, #"PASSWORD=[redacted:secret]\"#),
      (#"{"a":"PASSWORD='hunter2\\'","b":1}"#, #"PASSWORD='[redacted:secret]'"#),
      (#"{"a":"p\u0061ssword: \"hunter22\""}"#, #"password: "[redacted:secret]""#),
    ] {
      let redacted = Redaction.standard.redact(json)
      #expect(try JSONValue(parsing: Array(redacted.utf8))["a"]?.string == meaning, "\(redacted)")
    }
  }

  // MARK: - What the user adds

  @Test func patternsOfTheUser() throws {
    let redaction = Redaction(
      adding: [
        try SecretPattern("custom", BytePattern("acme-*")),
        try SecretPattern("custom", BytePattern("ID[0-9]{4,6}x?")),
        try SecretPattern("custom", BytePattern("[0-9]{3}\\[\\[a")),
      ],
      allowing: [try BytePattern("hunter[0-9]"), try BytePattern("acme-public-*")])
    for (text, expected) in [
      ("use acme-a1/b.c, please", "use [redacted:custom], please"),
      ("ID1234xy ID123xy", "[redacted:custom] ID123xy"),
      ("acme-public-77 acme-private-77", "acme-public-77 [redacted:custom]"), ("123[[a", "[redacted:custom]"),
      ("PASSWORD=hunter2 PASSWORD=hunter22", "PASSWORD=hunter2 PASSWORD=[redacted:secret]"),
      ("macme-a1", "macme-a1"),
    ] {
      #expect(redaction.redact(text) == expected)
    }
  }

  @Test(arguments: [
    "", "a", "*abc", "a*", "[a-z]", "ab[", "ab[]", "ab[z-a]", "ab{", "ab{x}", "ab{3,2}", "{3}", "ab c",
    "ab\"c", "ab\\",
    "[a-z]{200}ab", "ab{99999999999999999999}", "ab{1,2,3}", "ab{1,x}", "é1", "[A-Za-z][A-Za-z]x",
  ])
  func whatIsNoPatternIsRefused(text: String) {
    #expect(throws: BytePattern.Malformed.self) { try SecretPattern("custom", BytePattern(text)) }
  }
}
