/// Passwords as people choose them: what tells one from the other words of a sentence, a command or a program.
extension SecretValue {
  /// As a password in a sentence, where no other word has so many digits between letters, or one beside a letter and
  /// a sign that words do not have.
  var looksChosen: Bool {
    guard bytes.count >= 8, hasMixedWord, !isPath, !isExpression, !isCut else { return false }
    return bytes.contains(where: ByteClass("!#$%^&*~").contains)
      || alternations >= 3 && !bytes.contains(where: ByteClass("_-/:@").contains)
  }

  /// Without the signs that end a sentence.
  var withoutStop: SecretValue {
    let stop = bytes.reversed().prefix { ByteClass(".!?:").contains($0) }
    return SecretValue(bytes.dropLast(stop.count))
  }

  /// Letters and digits alone in at least four runs, as a program names only what it calls after a format or an
  /// algorithm: `hunter2hunter2`, not `base64url2`. Or with signs between them that names do not have: `S3cret!pass`.
  var isChosenWord: Bool {
    guard bytes.count >= 8, hasMixedWord, !hasTerm, let first = bytes.first,
      ByteClass.alphanumeric.contains(first)
    else { return false }
    if bytes.allSatisfy(ByteClass.alphanumeric.contains) { return alternations >= 3 }
    return bytes.allSatisfy(Self.chosen.contains)
  }

  private static let chosen = ByteClass.alphanumeric.union(ByteClass("!#^*~"))

  /// Named after a format or an algorithm.
  var hasTerm: Bool { Self.terms.contains { contains($0.utf8) } }

  /// Words with a digit of which programs make names with more digits.
  private static let terms = [
    "base64", "base32", "base58", "utf8", "utf16", "utf32", "sha1", "sha2", "sha3", "sha5", "md5", "x509",
    "x25519",
    "pbkdf2", "argon2", "pkcs", "aes1", "aes2", "oauth2", "http2", "ipv4", "ipv6", "int8", "int16", "int32",
    "int64",
    "beta1", "alpha1",
  ]

  /// Several words that all hold a digit: `hunter2 hunter2`.
  var isMixedPhrase: Bool {
    let words = bytes.split(separator: 0x20)
    guard words.count >= 2, bytes.count >= 8, hasMixedWord, !hasBrackets else { return false }
    return words.allSatisfy { word in
      word.contains(where: ByteClass.digits.contains) && word.contains(where: ByteClass.letters.contains)
        && word.first.map(ByteClass.alphanumeric.contains) ?? false
    }
  }

  /// At least three words of small letters that make no sentence: `correct horse battery`.
  var isPassphrase: Bool {
    let words = bytes.split(separator: 0x20, omittingEmptySubsequences: false)
    return words.count >= 3
      && words.allSatisfy { word in
        word.count >= 3 && word.allSatisfy(ByteClass.lower.contains)
          && !Self.ofSentences.contains(String(decoding: word, as: UTF8.self))
      }
  }

  private static let ofSentences: Set<String> = [
    "the", "and", "are", "can", "for", "from", "goes", "has", "have", "here", "into", "must", "not", "same",
    "see",
    "set", "should", "that", "this", "use", "when", "with",
  ]
}
