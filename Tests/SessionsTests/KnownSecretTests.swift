import TestSupport
import Testing

@testable import Sessions

/// Secrets that are known by their form.
@Suite struct KnownSecretSuite {
  private static let letters =
    "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzAbCdEfGhIjKlMnOpQrStUvWxYz0123456789" + "aB3dE5fG7hJ9kL2mN4pQ6"
  private static let hex = String(repeating: "9f8e7d6c5b4a3210", count: 5)

  private static func some(_ count: Int) -> String { String(letters.prefix(count)) }
  private static func hex(_ count: Int) -> String { String(hex.prefix(count)) }

  /// As their issuers document them; put together here so that no scanner of secrets takes this file for a leak.
  private static let samples: [(kind: String, secret: String)] = [
    ("anthropic-key", "sk-ant-" + "api03-" + some(86) + "-" + "bCdEfGAA"),
    ("openai-key", "sk-" + "proj-" + some(60) + "_-" + some(20)),
    ("openai-key", "sk-" + some(20) + "T3BlbkFJ" + some(20)),
    ("google-key", "AIza" + "Sy" + some(33)), ("google-oauth-secret", "GOCSPX-" + some(28)),
    ("google-oauth-token", "ya29." + "a0" + some(60)),
    ("huggingface-token", "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
    ("aws-key-id", "AKIA" + "IOSFODNN7EXAMPLE"), ("aws-key-id", "ASIA" + "Y34FZKBOKMUTVV7A"),
    ("azure-client-secret", "aB38" + "Q~" + some(34)),
    ("azure-storage-key", some(76) + "+ASt" + "aB3dE5" + "=="),
    ("github-token", "ghp_" + some(36)), ("github-token", "ghs_" + some(36)),
    ("github-token", "github_pat_" + some(22) + "_" + some(59)), ("gitlab-token", "glpat-" + some(20)),
    ("gitlab-token", "glpat-" + some(27) + ".01." + some(9)),
    ("slack-token", "xoxb-" + "123456789012-1234567890123-" + some(24)),
    ("slack-token", "xapp-" + "1-A012345-6789-" + hex(64)),
    ("slack-webhook", "hooks.slack.com/services/" + "T01234567/B01234567/" + some(24)),
    ("stripe-key", "sk_" + "live_" + some(24)), ("stripe-key", "rk_" + "test_" + some(99).prefix(80)),
    ("stripe-webhook-secret", "whsec_" + some(32)), ("npm-token", "npm_" + some(36)),
    ("pypi-token", "pypi-" + "AgEIcHlwaS5vcmc" + some(80)),
    ("sendgrid-key", "SG." + some(22) + "." + some(43)),
    ("twilio-key", "SK" + hex(32)), ("telegram-token", "123456789:" + "AA" + some(33)),
    ("discord-token", "MTA" + some(23) + "." + "GabcdE" + "." + some(38)),
    ("mailchimp-key", hex(32) + "-us12"),
    ("shopify-token", "shpat_" + hex(32)), ("digitalocean-token", "dop_v1_" + hex(64)),
    ("vault-token", "hvs." + some(90)),
    ("jwt", "eyJ" + some(33) + ".eyJ" + some(60) + "." + some(43)), ("groq-key", "gsk_" + some(52)),
    ("databricks-token", "dapi" + hex(32)), ("docker-token", "dckr_pat_" + some(27)),
    ("linear-key", "lin_api_" + some(40)),
    ("terraform-token", some(14) + ".atlasv1." + some(67)),
    ("azure-devops-token", some(76) + "AZDO" + "aB3d"),
  ]

  @Test(arguments: samples.map(\.secret))
  func isFoundWhereverItStands(secret: String) throws {
    let kind = try #require(Self.samples.first { $0.secret == secret }?.kind)
    let marker = "[redacted:\(kind)]"
    for (before, after) in [
      ("", ""), ("a ", " b"), ("\"", "\""), ("key=", "\n"), ("x\n", "\nx"), ("(", ")"),
      ("{\"k\":\"a\\n", "\\n\"}"),
      ("\\\\n", "\\\\n"), ("`", "`."), ("\u{1b}[32m", "\u{1b}[0m"), ("\\u001b[1;32m", "\\u001b[0m"),
      ("+", ""),
      ("\n-", "\n"), ("https://a.test/?x%3D", "&b"), ("“", "”"), ("API_KEY=", " "), ("\"token\": \"", "\""),
    ] {
      #expect(Redaction.standard.redact(before + secret + after) == before + marker + after)
    }
    // Part of a longer word it is none.
    #expect(Redaction.standard.redact("a" + secret + "b") != "a" + marker + "b")
  }

  @Test(arguments: KnownSecrets.forms.map(\.pattern))
  func eachFormFindsWhatItDescribes(pattern: String) throws {
    let kind = try #require(KnownSecrets.forms.first { $0.pattern == pattern }?.kind)
    let form = try BytePattern(pattern)
    _ = try SecretPattern(kind, form)
    var random = Random(pattern.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
    for _ in 0..<20 {
      let secret = String(decoding: form.sample { random.number(0...$0 - 1) }, as: UTF8.self)
      let redacted = Redaction.standard.redact("a \(secret) b")
      #expect(!redacted.contains(secret), "\(redacted)")
    }
  }

  @Test func kindsMakeMarkers() {
    for (kind, _) in KnownSecrets.forms {
      let marker = "[redacted:\(kind)]"
      #expect(Redaction.standard.redact("password=\(marker)") == "password=\(marker)")
    }
  }

  @Test func sealedContentStays() {
    let secret = "ghp_" + Self.some(36)
    let long = String(repeating: "abc-" + "def_", count: 40) + "-" + secret
    for name in ["signature", "encrypted_content"] {
      let line = "{\"\(name)\":\"\(long)\",\"text\":\"\(secret)\"}"
      #expect(
        Redaction.standard.redact(line) == "{\"\(name)\":\"\(long)\",\"text\":\"[redacted:github-token]\"}")
      #expect(
        Redaction.standard.redact("{\"\(name)\":\"\(secret)\"}")
          == "{\"\(name)\":\"[redacted:github-token]\"}")
    }
  }
}

extension BytePattern {
  /// Bytes of this form; `pick` chooses a number from zero on and below what it is given.
  fileprivate func sample(_ pick: (Int) -> Int) -> [UInt8] {
    parts.flatMap { part in
      let members = part.bytes.members
      let count = part.minimum + pick(min(part.maximum - part.minimum, 8) + 1)
      return (0..<count).map { _ in members[pick(members.count)] }
    }
  }
}
