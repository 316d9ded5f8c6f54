/// A word by which variables, members, options and headers say that they hold a secret.
struct SecretName: Hashable, Sendable {
  enum Family: Sendable {
    /// Chosen by people: may be short, and a word.
    case password
    /// Made by machines: has letters and digits.
    case key
    /// A header with a scheme before the secret.
    case authorization
    /// In capitals, or in an address; also what finds something is called so: counts only before what looks random.
    case ambiguous
  }

  /// In lower case, unless it must be in capitals; a space stands for `_`, `-`, `.`, a space, or nothing.
  let word: [UInt8]
  let family: Family

  init(_ word: StaticString, _ family: Family) {
    self.word = Array(word.description.utf8)
    self.family = family
  }

  static let all = [
    SecretName("password", .password), SecretName("passwd", .password), SecretName("passphrase", .password),
    SecretName("passcode", .password), SecretName("pwd", .password), SecretName("_pass", .password),
    SecretName("-pass", .password), SecretName("_pw", .password),
    SecretName("api key", .key), SecretName("access key", .key), SecretName("secret access key", .key),
    SecretName("secret key", .key), SecretName("private key", .key), SecretName("encryption key", .key),
    SecretName("signing key", .key), SecretName("account key", .key), SecretName("auth key", .key),
    SecretName("master key", .key), SecretName("subscription key", .key), SecretName("license key", .key),
    SecretName("token", .key), SecretName("secret", .key), SecretName("auth", .key),
    SecretName("credential", .key), SecretName("authorization", .authorization),
    SecretName("_KEY", .ambiguous), SecretName("_PAT", .ambiguous), SecretName("_JWT", .ambiguous),
    SecretName("CREDENTIALS", .ambiguous), SecretName("&key", .ambiguous), SecretName("?key", .ambiguous),
  ]

  /// `&key` of an address.
  var isParameter: Bool { word[0] == UInt8(ascii: "&") || word[0] == UInt8(ascii: "?") }

  /// What it is found by, in either case.
  var opening: RuleTable.Opening {
    let plain = word.prefix { $0 != UInt8(ascii: " ") }.map { byte in
      ByteClass(ByteClass.lower.contains(byte) ? [byte, byte - 0x20] : [byte])
    }
    guard plain.count < word.count else { return plain }
    return plain + [Self.separators.union(ByteClass([word[plain.count + 1], word[plain.count + 1] - 0x20]))]
  }

  /// Behind the whole name, if the word stands here and at its end, or before no more than a number or the like.
  func end(in text: Excerpt, at place: Int) -> Int? {
    var end = place
    for byte in word {
      if byte == UInt8(ascii: " ") {
        end = text.skip(Self.separators, from: end, atMost: 1)
        continue
      }
      guard let unit = text.unit(at: end), unit.byte == byte || unit.byte == byte - 0x20 && byte >= 0x61
      else { return nil }
      end = unit.end
    }
    let whole = text.skip(Self.following, from: end, atMost: 24)
    if whole == end { return end }
    guard let next = text.unit(at: end), Self.beforeSuffix.contains(next.byte) else { return nil }
    let rest = String(decoding: text.meaning(end..<whole), as: UTF8.self).lowercased()
    let suffix = rest.drop { "_-".contains($0) }
    guard suffix.allSatisfy(\.isNumber) || rest != suffix && Self.suffixes.contains(String(suffix)) else {
      return nil
    }
    return whole
  }

  private static let beforeSuffix = ByteClass("_-0123456789")
  private static let following = ByteClass.name.union(ByteClass("-"))
  private static let separators = ByteClass("_-. ")
  private static let suffixes: Set<String> = [
    "prod", "production", "dev", "development", "staging", "stage", "test", "live", "old", "new", "main",
    "primary",
    "secondary", "base", "value", "plain", "raw", "b64", "base64", "admin", "root", "key",
  ]
}
