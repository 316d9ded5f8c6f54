import Sessions
import TestSupport
import Testing

/// What is secret by a name that other things have as well, by what a sentence says, and by what a statement or a
/// command gives. All values are invented.
@Suite struct RedactionPlainNameSuite {
  private static let random = "q7Rz2mXw9K" + "tB4nVc6LpY8"
  private static let hex = "9f8e7d6c5b4a3920" + "1f2e3d4c5b6a7988"

  /// `‹…›` is around what has to go.
  private static let variables = [
    "OPENAI_KEY=‹\(hex)›", "export ANTHROPIC_KEY=‹\(random)›", "my OPENAI_KEY is ‹\(random)›",
    "DATADOG_APP_KEY='‹\(hex)›'",
    "STRIPE_KEY: ‹\(hex)›",
    "STRIPE_KEY: \"‹\(random)›\" # live", "GH_PAT=‹\(random)›", "CREDENTIALS=‹\(random)›",
    "CI_JOB_JWT=‹\(random)›",
    "docker run -e OPENAI_KEY=‹\(hex)› x", "process.env.OPENAI_KEY = '‹\(random)›';",
    "{\"MAILGUN_KEY\": \"‹\(hex)›\"}",
    "OPENAI_KEY_PROD=‹\(hex)› ./run", "JWT_SECRET=‹mysupersecretvalue›", "SESSION_SECRET='‹keyboardcat›'",
    "export COOKIE_SECRET=‹changethisvalue›", "DB_PASSWORD=\"‹two words pass1›\"",
    "export DB_PASSWORD='‹s3cr3t pa55›'", "  - DB_PASSWORD=\"‹s3cr3t pa55›\"",
    "https://a.test/x?a=b&key=‹\(random)›", "https://a.test/x?key=‹\(hex)›&a=b",
    "curl 'https://a.test/x?key=‹\(random)›'",
  ]

  private static let sentences = [
    "my password is ‹Tr0ub4dor&Zq9›", "my password is ‹Tr0ub4dor&Zq9›, keep it",
    "The password is \"‹hunter22›\".",
    "Password is: ‹hunter22x9›", "the passphrase is `‹correct7horse›`", "API key is ‹\(hex)›",
    "the token is ‹\(hex)› and", "The secret is: '‹\(random)›'", "db password is ‹l3tmein99!› now",
  ]

  private static let commands = [
    "aws configure set aws_secret_access_key ‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYzz12345678›",
    "aws configure set aws_session_token '‹\(random)›' --profile a",
    "gh secret set FOO --body ‹\(random)›", "gh secret set FOO -R a/b -b'‹S3cret 9›'",
    "gh secret set FOO --body=\"‹letmein›\"", "set -x FOO_TOKEN ‹\(random)›", "set -gx DB_PASSWORD ‹hunter2›",
    "setx API_TOKEN \"‹\(random)›\"", "FROM a\nENV API_TOKEN ‹\(random)›\nRUN b", "ENV DB_PASSWORD ‹hunter2›",
    "htpasswd -b f u ‹S3cret9›", "htpasswd -bc /etc/x/.htpasswd ada '‹S3cret 9›'",
    "htpasswd -nb ada ‹hunter2›",
    "docker run a htpasswd -Bbn -C 10 ada ‹letmein› >f",
    "terraform apply -auto-approve -var db_password=‹letmein1›",
    "terraform plan -var 'db_password=‹letmein›'",
    "terraform plan -var=\"api_token=‹\(random)›\" -out x", "helm install a b --set auth.password=‹letmein›",
    "docker build --build-arg npm_token=‹a1b2c3d4e5› .",
    "CREATE USER app WITH PASSWORD '‹S3cret9x›';", "alter role app with encrypted password '‹letmein›'",
    "CREATE USER app PASSWORD '‹hunter2›'", "psql -c \"ALTER USER app WITH PASSWORD '‹S3c;ret›'\"",
    "ALTER USER app IDENTIFIED BY '‹S3cret9x›';", "CREATE USER 'a'@'%' IDENTIFIED BY \"‹letmein›\";",
    "CREATE USER a IDENTIFIED WITH mysql_native_password BY '‹S3c,ret›'",
    "ALTER USER scott IDENTIFIED BY ‹Tiger123›;",
    "mysql -e \"GRANT ALL ON *.* TO a IDENTIFIED BY '‹hunter2›'\"",
  ]

  private static let others: [(kind: String, text: String)] = [
    ("authorization", "use Bearer ‹\(random)› here"),
    ("authorization", "set the header to 'Bearer ‹\(hex)›'"),
    ("authorization", "[\"Bearer ‹\(random)›\"]"),
    ("azure-signature", "https://a.test/c?sv=2021‹&sig=\(random)\(random)9%3D›"),
    ("azure-signature", "https://a.test/c‹?sig=\(random)\(random)9%3D›&se=1"),
    ("aws-signature", "https://a.test/x?X-Amz-Expires=9&‹X-Amz-Signature=\(hex)\(hex)›"),
    ("telegram-token", "https://api.telegram.org/‹bot123456789:AAaB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz›/getMe"),
    (
      "private-key",
      "  tls.key: ‹LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBM1R6Mm1YdzlLdEI0›"
    ),
    ("private-key", "\"‹LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFjb25zdA==›\""),
    (
      "private-key",
      "$ base64 k\n‹LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Fo›\n"
        + "‹a2lHOXcwQkFRRUZBQVNDQktjd2dnU2pBZ0VBQW9JQkFRQzdWSlRVdDlVczhj›\n‹RSBLRVktLS0tLQo=›\ntls.crt: x"
    ),
  ]

  @Test(arguments: variables + sentences + commands)
  func isRedacted(marked: String) throws { try RedactedText.check(marked, "secret") }

  @Test func othersAreRedacted() throws {
    for (kind, marked) in Self.others { try RedactedText.check(marked, kind) }
  }

  @Test(arguments: [
    // Keys that find something, or that everybody may see.
    "PRIMARY_KEY=\(hex)", "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
    "NODE_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", "FOREIGN_KEY: a1b2c3d4e5f6a7b8c9d0", "SORT_KEY=abc",
    "PUBLIC_KEY=\(random)",
    "CACHE_KEY: linux-node18-\(hex)", "RESTORE_KEY=v1-\(hex)", "S3_KEY=uploads/a1b2c3d4e5f6a7b8.png",
    "STRIPE_PUBLISHABLE_KEY=\(random)", "TRACE_KEY=55383d1d-c346-4794-a203-6e90f3bf012f",
    "STORAGE_KEY = \"app_settings_v2\"",
    "const DATA_KEY = computeKey1(a2b3c4d5e6f7)", "OPENAI_KEY=$OPENAI_KEY",
    "OPENAI_KEY=${{ secrets.A1B2C3D4E5F6 }}",
    "OPENAI_KEY=xxxxxxxxxxxxxxxxxxxx", "OPENAI_KEY=9f8e7d6c...5b4a3920", "openai_key = \(random)",
    "OPENAI_KEY_ID=\(hex)",
    "if SDL_KEY == a1b2c3d4e5f6a7b8c9", "VK_KEY: a.b1c2.d3e4.f5g6()", "TEST_PAT=src/a1b2/c3d4/e5f6.swift",
    "FILE_PATH=/a1b2c3d4e5f6a7b8c9d0", "GOOGLE_APPLICATION_CREDENTIALS=/etc/a1b2c3/key1.json",
    "CREDENTIALS=include", "fetch(u, { credentials: \"same-origin\" })", "JWT_SECRET=jwt-secret-name",
    "JWT_SECRET=JwtSecretOfApp", "process.env.CACHE_KEY = '\(random)'", "JWT_SECRET=jwtsecret",
    "JWT_SECRET=your_secret",
    "CLIENT_SECRET=databasecredentials",
    "const JWT_SECRET = sessionsettings", "ERR_PASSWORD=\"must have 8 characters\"",
    "f(PASSWORD=\"two words pass1\")",
    "DB_PASSWORD=\"Use a sha256 password\"", "DB_PASSWORD=\"$(pass show db1)\"",
    "DB_PASSWORD=\"two words\"",
    "https://a.test/x?key=abc", "https://a.test/x?key=55383d1d-c346-4794-a203-6e90f3bf012f",
    "https://a.test/x?key=uploads1/a2b3c4d5/e6.png", "https://a.test/x?sort_key=1&key=name",
    "a ?key : \"\(random)\"",
    "x = &key", "https://a.test/x?sig=abc", "https://a.test/x?X-Amz-Date=20240101T000000Z", "robot123:abc",
    // Sentences.
    "the password is required", "The password is base64-encoded", "password is sha256!",
    "the password is 12345678",
    "the password is \"required\"", "password is hashed with pbkdf2", "password is argon2id-hashed",
    "the password is user1@host.test", "the token is invalid", "the token is a1b2c3",
    "the password is $PASSWORD1",
    "\"the password is \" + pw1 + \" now\"", "'the password is '+pw1x2y3+' now'", "password isX1y2z3w4",
    "the secret is projects/a/secrets/b1", "[\"the password is \",\"a1b2c3d4\"]", "password is: string",
    "the password is config.db1.password", "token is a UUID", "api key is read from OPENAI_API_KEY",
    "Bearer token", "Bearer <token>", "Bearer ${TOKEN1}", "'Bearer ' + a1b2c3d4e5f6a7b8c9d0e1",
    "Bearer abc123",
    "Bearer xxxxxxxxxxxxxxxxxxxxxxxxx1a2b3c", "BearerTokenA1B2C3D4E5F6G7H8J9", "Bearer of\nq7Rz2mXw9K",
    "Bearer 55383d1d-c346-4794-a203-6e90f3bf012f", "Bearer a1b2.c3(d4e5f6g7h8i9j0k1)",
    // Statements and commands.
    "WITH PASSWORD '$1'", "WITH PASSWORD '${PW}'", "WITH PASSWORD '{password}'",
    "WITH PASSWORD 'your_password'",
    "'… WITH PASSWORD '+pw1+';'", "\"WITH PASSWORD '\" + pw1 + \"'\"", "PASSWORD '%s'",
    "the password 'abc1234' is",
    "IDENTIFIED BY '%s'", "IDENTIFIED BY ?", "IDENTIFIED BY 'password'", "IDENTIFIED BY \" + pw1 + \"",
    "IDENTIFIED BY '+pw1+'", "IDENTIFIED BY VALUES",
    "IDENTIFIED BY PASSWORD '*94BDCEBE19083CE2A1F959FD02F964C7'",
    "IDENTIFIER BY 'a1b2c3d4'", "IS IDENTIFIED BY ITS id1", "[\"IDENTIFIED BY \",\"a1b2c3d4\"]",
    "aws configure set region us-east-1", "aws configure set aws_session_token $TOKEN",
    "gh secret set FOO", "gh secret set FOO --body \"$TOKEN\"", "gh secret set FOO <a1b2c3d4",
    "gh secret list --body",
    "high secret set FOO --body a1b2c3d4", "set -x FOO_TOKEN $argv1", "set -x FOO_TOKEN (cat x1y2z3w4)",
    "set -x FOO_TOKEN a1b2/x", "set -e TOKEN abcd12345", "set token a1b2c3d4e5",
    "the ENV API_TOKEN a1b2c3d4e5",
    "ENV API_TOKEN_FILE a1b2c3d4e5", "ENV API_TOKEN $API_TOKEN1", "setx is API_TOKEN a1b2c3d4e5",
    "htpasswd -b f u $PW1", "htpasswd -b file user password", "htpasswd f u", "htpasswd -c f u1234567",
    "htpasswd -i f u a1b2c3d4", "\"htpasswd -b f u \" + pw1", "htpasswd -b f u", "htpasswd -b",
    "`htpasswd -nb u`, a1b2",
    "-var db_password=$PW1", "-var \"db_password=${PW}\"", "-var db_password=var.db_password1",
    "-var region=a1b2c3d4",
    "-var-file db_password=a1b2", "-var 'password_length=16'",
    // A certificate and a public key.
    "tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUR4VENDQXEyZ0F3SUJBZ0lRQUNFQg==",
    "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlJQklqQU5CZ2txaGtpRzl3MEJBUUVGQUFPQ0FROEE=",
    "\"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t\"",
  ])
  func stays(text: String) throws { try RedactedText.check(text, becomes: text) }

  /// An ampersand may be written by its number.
  @Test(arguments: ["&", #"\u0026"#, #"\\u0026"#, #"\\\\u0026"#])
  func signsByTheirNumber(sign: String) throws {
    for name in ["sig", "key"] {
      let line = "{\"a\":\"https://a.test/c?sv=1\(sign)\(name)=\(Self.random)\(Self.random)9\",\"b\":1}"
      let redacted = Redaction.standard.redact(line)
      #expect(throws: Never.self) { try JSONValue(parsing: Array(redacted.utf8)) }
      #expect(sign.hasPrefix(#"\\"#) || !redacted.contains(Self.random))
      #expect(Redaction.standard.redact(redacted) == redacted)
    }
  }
}
