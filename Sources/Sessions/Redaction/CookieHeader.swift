/// The values of cookies: `Cookie: sessionid=…; theme=dark` and `Set-Cookie: sessionid=…; Path=/`, as a line or as a
/// member of JSON, also one with a list of them.
///
/// What a scan passes over holds no other header of this kind, so that all of them together cost one look at the text.
struct CookieHeader {
  private let text: Excerpt
  /// What follows the first pair are attributes.
  private let isSet: Bool
  private var ranges: [Range<Int>] = []

  private static let kind = "cookie"
  private static let cookie = Array("cookie".utf8)
  private static let setting = Array("set-".utf8)
  private static let blank = ByteClass(" \t")

  /// `place` is where `Cookie` may stand.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard let end = text.skip(ignoringCase: cookie, from: place) else { return nil }
    let set = place - 4
    let isSet = text.skip(ignoringCase: setting, from: max(set, text.floor)) == place
    guard text.isBoundary(before: isSet ? set : place) else { return nil }
    let quote = text.quote(at: end)
    let sign = text.skip(blank, from: quote?.end ?? end, atMost: 8)
    guard text[sign] == UInt8(ascii: ":") else { return nil }
    var header = CookieHeader(text: text, isSet: isSet)
    header.look(behind: text.skip(blank, from: sign + 1, atMost: 8), name: quote)
    guard let last = header.ranges.last else { return nil }
    let isCut = text.isCut && last.upperBound == text.end
    return Finding(
      kind: kind, ranges: header.ranges, continues: isCut ? Self.value.union(ByteClass(":")) : nil)
  }

  /// `name` is the quote behind the name.
  private mutating func look(behind start: Int, name: Quote?) {
    guard let quote = text.quote(at: start) else {
      if name == nil { lookAtPairs(from: start) } else { lookAtList(behind: start) }
      return
    }
    // Behind the end of a string, not in one.
    if name?.byte != UInt8(ascii: "\""), ByteClass.behindString.contains(text[quote.end]) { return }
    lookAtPairs(from: quote.end)
  }

  /// `["a=…; Path=/", "b=…"]`
  private mutating func lookAtList(behind start: Int) {
    var sign = UInt8(ascii: "[")
    var place = start
    while text[place] == sign, let quote = text.quote(at: text.skip(.space, from: place + 1, atMost: 64)),
      lookAtPairs(from: quote.end), let content = text.content(of: quote, atMost: 4096),
      !Marker.isIn(text.bytes[content.range])
    {
      sign = UInt8(ascii: ",")
      place = text.skip(.space, from: content.end, atMost: 64)
    }
  }

  // MARK: - Names and values

  private static let name = ByteClass.name.union(ByteClass("-.$"))
  /// More than RFC 6265 allows; a colon as well, unless another header ends there.
  private static let value = BytePattern.any.union(ByteClass("[](){}<>,".utf8 + [0xff])).subtracting(
    ByteClass(":;"))
  /// Longer values are judged by their beginning.
  private static let head = 256

  /// Whether there is any.
  @discardableResult
  private mutating func lookAtPairs(from start: Int) -> Bool {
    var place = start
    while true {
      let name = place..<text.skip(Self.name, from: place, atMost: 128)
      guard !name.isEmpty, let sign = text.unit(at: name.upperBound), sign.byte == UInt8(ascii: "=") else {
        return place > start
      }
      let value = sign.end..<end(ofValue: sign.end)
      // What was redacted may have ended the list.
      if Marker.isIn(text.bytes[value]) { return false }
      if isSecret(value, of: name) { ranges.append(value) }
      guard !isSet, let next = text.unit(at: value.upperBound), next.byte == UInt8(ascii: ";") else {
        return true
      }
      place = text.skip(Self.blank, from: next.end)
    }
  }

  private func end(ofValue start: Int) -> Int {
    var place = text.skip(Self.value, from: start)
    while text[place] == UInt8(ascii: ":"),
      text.skip(ignoringCase: Self.cookie, from: max(place - 6, start)) != place
    {
      place = text.skip(Self.value, from: place + 1)
    }
    return place
  }

  /// Parts of names of cookies that let somebody in.
  private static let telling = [
    "sess", "sid", "token", "auth", "jwt", "csrf", "xsrf", "login", "remember", "key",
  ]

  private func isSecret(_ range: Range<Int>, of name: Range<Int>) -> Bool {
    let head = text.skip(.all, from: range.lowerBound, atMost: Self.head)
    let value = SecretValue(text.meaning(range.lowerBound..<min(head, range.upperBound)))
    guard value.bytes.count >= 6, !value.isPlaceholder, !value.isExpression else { return false }
    if value.bytes.count >= 8, value.looksLikeKey { return true }
    let name = String(decoding: text.meaning(name), as: UTF8.self).lowercased()
    return value.hasDigit && Self.telling.contains(where: name.contains)
  }
}
