/// The password of an address: `https://user:password@host`, and a token in the place of the user.
enum AddressPassword {
  private static let kind = "url-password"
  /// `@` counts as well: what a browser would encode, a connection string may not.
  private static let user = BytePattern.any.union(ByteClass("{}(),;[]".utf8 + [0xff])).subtracting(
    ByteClass("/?#"))
  private static let limit = 1024

  /// `place` is where `:/` stands.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard let start = text.skip(ignoringCase: Array("://".utf8), from: place) else { return nil }
    var (at, colon): (Int?, (before: Int, after: Int)?) = (nil, nil)
    var place = start
    while place - start < limit, let unit = text.unit(at: place), user.contains(unit.byte) {
      if unit.byte == UInt8(ascii: "@") { at = place }
      if unit.byte == UInt8(ascii: ":"), at == nil, colon == nil { colon = (place, unit.end) }
      place = unit.end
    }
    guard let at else { return nil }
    let range = (colon?.after ?? start)..<at
    guard !Marker.isIn(text.meaning(start..<at)) else { return nil }
    let value = SecretValue(text.meaning(range))
    guard !value.isPlaceholder, colon == nil ? value.looksRandom() : value.bytes.count >= 3 else {
      return nil
    }
    return Finding(kind: kind, ranges: [range])
  }
}
