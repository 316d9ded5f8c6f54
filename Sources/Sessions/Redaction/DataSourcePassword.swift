/// The password of a data source as Go's driver for MySQL takes it: `user:password@tcp(host:3306)/database`.
enum DataSourcePassword {
  private static let kind = "secret"
  private static let networks = ["@tcp(", "@unix("].map { Array($0.utf8) }
  private static let user = ByteClass.name.union(ByteClass("-."))
  private static let password = BytePattern.any

  /// `place` is where `@` stands.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard networks.contains(where: { text.skip(ignoringCase: $0, from: place) != nil }) else { return nil }
    var (start, colon) = (place, nil as Int?)
    // The first colon ends the user's name.
    while password.contains(text[start - 1]) {
      start -= 1
      guard text[start] == UInt8(ascii: ":"), start > text.floor, user.contains(text[start - 1]) else {
        continue
      }
      colon = start
    }
    guard let colon else { return nil }
    let range = colon + 1..<place
    let value = SecretValue(text.meaning(range))
    guard value.bytes.count >= 3, !value.isPlaceholder, !Marker.isIn(value.bytes) else { return nil }
    return Finding(kind: kind, ranges: [range])
  }
}
