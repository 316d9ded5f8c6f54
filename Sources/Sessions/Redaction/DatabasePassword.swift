/// The password of a user of MySQL or Oracle: `IDENTIFIED BY '…'`, `IDENTIFIED WITH plugin BY '…'`.
enum DatabasePassword {
  private static let kind = "secret"
  private static let blank = ByteClass(" \t")
  private static let plugin = ByteClass.name.union(ByteClass("'\"`"))
  /// What a program adds to a statement is no password: `BY '+pw+'`.
  private static let joining = ByteClass("+.'\"\\")

  /// `place` is where `IDENTIFIED` may stand.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard text.isBoundary(before: place),
      var end = text.skip(ignoringCase: Array("identified".utf8), from: place)
    else { return nil }
    if let with = behind(" with ", in: text, at: end) { end = text.skip(plugin, from: with, atMost: 64) }
    guard let start = behind(" by ", in: text, at: end) else { return nil }
    guard let quote = text.quote(at: start) else {
      let range =
        start..<text.skip(SecretAssignment.plain.subtracting(ByteClass(",;")), from: start, atMost: 128)
      let value = SecretValue(text.meaning(range))
      return value.bytes.count >= 7 && value.hasMixedWord && !value.hasBrackets && !value.isPlaceholder
        ? Finding(kind: kind, ranges: [range]) : nil
    }
    guard let range = text.content(of: quote)?.range, !joining.contains(text[range.lowerBound]) else {
      return nil
    }
    let value = SecretValue(text.meaning(range))
    guard value.bytes.count >= 4, !value.hasSpace, !value.isTemplate, !value.isPlaceholder,
      value.bytes.first.map({ !ByteClass.behindString.contains($0) }) ?? false
    else { return nil }
    return Finding(kind: kind, ranges: [range])
  }

  /// Each space of the literal stands for any number of blanks.
  private static func behind(_ literal: StaticString, in text: Excerpt, at start: Int) -> Int? {
    var place = start
    for byte in literal.description.utf8 {
      let next =
        byte == 0x20 ? text.skip(blank, from: place, atMost: 8) : text.skip(ignoringCase: [byte], from: place)
      guard let next, next > place else { return nil }
      place = next
    }
    return place
  }
}
