/// The password that `htpasswd -b file user password` takes as its last word.
enum HtpasswdPassword {
  private static let kind = "secret"
  private static let command = Array("htpasswd ".utf8)

  /// `place` is where the command may stand.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard text.isBoundary(before: place), let start = text.skip(ignoringCase: command, from: place) else {
      return nil
    }
    var next = CommandWord.skipBlank(in: text, from: start)
    var letters: [UInt8] = []
    // The cost, `-C 10`, is a word by itself.
    while next - start < CommandWord.reach, let byte = text.unit(at: next)?.byte,
      byte == UInt8(ascii: "-") || letters.last == UInt8(ascii: "C")
    {
      guard let word = CommandWord(in: text, at: next) else { return nil }
      letters += text.bytes[word.range]
      next = CommandWord.skipBlank(in: text, from: word.end)
    }
    guard letters.contains(UInt8(ascii: "b")) else { return nil }
    // It prints, or there is a file; and a user.
    for _ in 0..<(letters.contains(UInt8(ascii: "n")) ? 1 : 2) {
      guard let word = CommandWord(in: text, at: next) else { return nil }
      next = CommandWord.skipBlank(in: text, from: word.end)
      guard next > word.end else { return nil }
    }
    guard let value = CommandValue(in: text, at: next), value.isSecret(in: text) else { return nil }
    return Finding(kind: kind, ranges: [value.range])
  }
}
