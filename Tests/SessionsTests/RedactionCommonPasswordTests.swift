import Sessions
import TestSupport
import Testing

/// Passwords as people choose them, in the middle of sentences and commands, and of several words. All values are
/// invented.
@Suite struct RedactionCommonPasswordSuite {
  /// `‹…›` is around what has to go.
  private static let sentences = [
    "use my password: ‹hunter2hunter2› for staging", "my password: ‹hunter2hunter2›",
    "login password=‹hunter2hunter2›", "log in as ada, password: ‹hunter2hunter2›, then go on",
    "the db password: ‹Tr0ub4dor3xyz›", "the password=‹hunter2hunter2›", "(password: ‹hunter2hunter2›)",
    "the password = ‹hunter2hunter2› works", "staging passwd: ‹abc123abc123›",
    "my password: ‹hunter22›", "My password = ‹hunter2!› again", "Remember my password: ‹secret123.› And",
    "my db_password=‹letmein99›",
    "the password: ‹S3cret!pass› then", "login password=‹Summer2024#›",
  ]

  private static let commands = [
    "echo password=‹hunter2hunter2›", "echo password=‹Sup3rS3cret99›", "echo password=‹hunter22› >> .env",
    "a && echo password=‹hunter22› | tee f", "echo token abc; echo password=‹hunter2hunter2›",
    "export db_password=‹hunter22›; run", "sudo env password=‹hunter22› ./run",
    "TF_VAR_db_password=‹hunter22› plan",
    "A=b C=d db_password=‹hunter22› ./run", "docker run -e db_password=‹hunter22› x",
    "curl -d password=‹hunter22› https://a.test", "printf password=‹hunter22› >f",
  ]

  private static let phrases = [
    "{\"password\": \"‹hunter2 hunter2›\"}", "password: '‹hunter2 hunter3›'",
    "--password '‹hunter2 99problems›'",
    "DB_PASSWORD: \"‹s3cr3t pa55›\"", "f(password=\"‹hunter2 hunter2›\")",
    "DB_PASSWORD=\"‹correct horse battery›\"", "GMAIL_APP_PASSWORD=\"‹abcd efgh ijkl mnop›\"",
    "export PGPASSWORD='‹correct horse battery staple›'",
  ]

  @Test(arguments: sentences + commands + phrases)
  func isRedacted(marked: String) throws { try RedactedText.check(marked, "secret") }

  @Test(arguments: [
    // Programs.
    "f(password = user2password)", "f(password=password1)", "connect(user=user1, password=base64url2)",
    "connect(password: base64url2)", "let password: base64url2", "f(password=utf8toutf16)",
    "sha256sum password: string2",
    "token=token2", "the token: hunter2hunter2", "passwordField: textField2", "self.password=self.value2",
    "x = {user: u, password: sha256hex2}", "the password: pbkdf2sha256", "(password: utf8utf16)",
    "if password = md5(x1y2z3)", "for password=pw1x2y3[0]", "f(user=u, password=pw1to2)",
    "new password=v1beta2",
    "a password=user1%20name", "a password=prefix1$suffix",
    "my password: string", "my password: sha256",
    "my password: /etc/ssl/key1.pem", "my password: config.db1.value", "my password: <password1>",
    "  password=user1name2,\n  a", "  password: user1name2,\n  a", "password = user1name2;",
    "password=field12;",
    "password=user12 if x else y", "password=user12 or None", "password=user12 + salt", "password=user12 # a",
    "f(password=user12 or None)",
    // Files of settings, and what a surface says.
    "YAML password: ${{ secrets.PW2 }}", "a password: ${DB1PASS2WORD3}",
    "\"password\": \"Enter your password2\"",
    "\"password\": \"Use 8 characters\"", "password: \"at least 8 characters, 1 digit\"",
    "\"password\": \"password1 password2\"", "\"password\": \"$PW1 $PW2\"", "\"token\": \"hunter2 hunter2\"",
    "\"password\": \"2024-01-01 10:00:00\"", "\"password\": \"{0} {1}\"", "\"password\": \"f(x1) g(x2)\"",
    // Commands.
    "echo password=$PW1", "echo password=string", "echo password=password1", "echo password=$(cat pw1.txt)",
    "echo \"password=\" 12345a", "echo password=pw1", "curl -d password=@file",
    "A=b, password=user22", "f(A=b password=user2())", "password=user2; a", "echo password==abc1234",
    // Variables that hold a text.
    "ERR_PASSWORD=\"please enter it again\"", "PROMPT_PASSWORD=\"choose another one please\"",
    "DB_PASSWORD=\"two words\"", "DB_PASSWORD=\"the password goes here\"",
    "DB_PASSWORD=\"Not set, see above\"", "DB_PASSWORD=\"see the vault\"",
    "MAIL_PASSWORD=\"the 16-character app password\"",
    "MAIL_PASSWORD=\"xxxx xxxx xxxx xxxx\"",
    "DB_PASSWORD = \"correct horse battery\"", "f(DB_PASSWORD=\"correct horse battery\")",
    "db_password=\"correct horse battery\"",
  ])
  func stays(text: String) throws { try RedactedText.check(text, becomes: text) }
}
