/// The password of an entry of `.netrc`, in one line or several: `machine host login user password …`.
enum NetrcPassword {
  private static let kind = "secret"
  private static let machine = Array("machine".utf8)
  private static let word = BytePattern.any.union(ByteClass("()[]{}<>,;".utf8 + [0xff]))

  /// `place` is where `machine` may stand.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard text.isBoundary(before: place),
      let end = text.skip(ignoringCase: machine, from: place),
      var last = next(in: text, from: end)
    else { return nil }
    var hasLogin = false
    // A login, an account, what git adds to it, and the password.
    for _ in 0..<4 {
      guard let keyword = next(in: text, from: last.upperBound),
        let value = next(in: text, from: keyword.upperBound)
      else { return nil }
      switch String(decoding: text.meaning(keyword), as: UTF8.self) {
      case "login": hasLogin = true
      case "account", "port": break
      case "password":
        return isSecret(SecretValue(text.meaning(value)), hasLogin)
          ? Finding(kind: kind, ranges: [value]) : nil
      default: return nil
      }
      last = value
    }
    return nil
  }

  /// The word behind white space, if it was not redacted.
  private static func next(in text: Excerpt, from end: Int) -> Range<Int>? {
    let start = text.skip(.space, from: end, atMost: 64)
    let word = start..<text.skip(word, from: start)
    return start > end && !word.isEmpty && !Marker.isIn(text.bytes[word]) ? word : nil
  }

  /// Without a login it may be a sentence.
  private static func isSecret(_ value: SecretValue, _ hasLogin: Bool) -> Bool {
    value.bytes.count >= 4 && !value.isPlaceholder && !value.hasBrackets && (hasLogin || value.hasDigit)
  }
}
