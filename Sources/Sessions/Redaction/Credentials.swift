/// What a header gives with a scheme, `Bearer …`; the scheme stays.
enum Credentials {
  private static let kind = "authorization"
  private static let schemes: Set<String> = [
    "bearer", "basic", "token", "apikey", "api-key", "negotiate", "ntlm", "bot", "geniekey", "ssws",
  ]

  private static let word = ByteClass.letters.union(ByteClass("-"))
  private static let blank = ByteClass(" \t")
  /// RFC 6750.
  private static let token = ByteClass.base64URL.union(ByteClass(".~"))
  private static let members = SecretAssignment.plain.subtracting(ByteClass(",;"))

  /// Behind the name of the header.
  static func find(in text: Excerpt, _ range: Range<Int>) -> Finding? {
    var start = range.lowerBound
    let word = text.skip(Self.word, from: start, atMost: 16)
    let scheme = String(decoding: text.meaning(start..<word), as: UTF8.self).lowercased()
    let behind = text.skip(blank, from: word, atMost: 8)
    let hasScheme = schemes.contains(scheme) && behind > word
    if hasScheme { start = behind }
    return find(in: text, start..<range.upperBound) { value in
      guard hasScheme else { return value.looksRandom() }
      return value.looksLikeKey || scheme == "basic" && value.bytes.count >= 8
    }
  }

  /// Without a header; `place` is where `Bearer` may stand.
  static func findBearer(in text: Excerpt, at place: Int) -> Finding? {
    guard text.isBoundary(before: place), let end = text.skip(ignoringCase: Array("bearer".utf8), from: place)
    else { return nil }
    let start = text.skip(blank, from: end, atMost: 8)
    guard start > end else { return nil }
    return find(in: text, start..<text.end) {
      $0.looksRandom(from: 20) && !$0.isID && $0.bytes.allSatisfy(token.contains)
    }
  }

  private static func find(
    in text: Excerpt, _ range: Range<Int>, where isCredential: (SecretValue) -> Bool
  ) -> Finding? {
    let start = range.lowerBound
    guard start < range.upperBound else { return nil }
    let end = min(text.skip(members, from: start, atMost: SecretAssignment.head), range.upperBound)
    let value = SecretValue(text.meaning(start..<end))
    guard value.bytes.count >= 6, !value.isPlaceholder, !value.isExpression || value.looksRandom(),
      isCredential(value)
    else { return nil }
    let continues = end < range.upperBound && text.unit(at: end).map { members.contains($0.byte) } ?? false
    return Finding(kind: kind, ranges: [start..<end], continues: continues ? members : nil)
  }
}
