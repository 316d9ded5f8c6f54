/// What stands for a secret that was taken out: `[redacted:github-token]`.
///
/// It has neither quotes nor backslashes, so that it may stand in any string, and tells nothing of the secret but
/// its kind; not even whether two were the same.
enum Marker {
  private static let opening = Array("[redacted:".utf8)
  private static let kind = ByteClass.lower.union(.digits).union(ByteClass("-"))

  static func bytes(_ kind: String) -> [UInt8] { opening + kind.utf8 + [UInt8(ascii: "]")] }

  /// Behind the marker that stands at this place; nil if none does.
  static func end(in text: Excerpt, at place: Int) -> Int? {
    guard text.end - place > opening.count,
      text.bytes[place..<(place + opening.count)].elementsEqual(opening)
    else { return nil }
    var end = place + opening.count
    while end - place < 64, kind.contains(text[end]) { end += 1 }
    return end > place + opening.count && text[end] == UInt8(ascii: "]") ? end + 1 : nil
  }

  static func isIn(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = bytes[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "[")) {
      if rest[start...].starts(with: opening) { return true }
      rest = rest[start...].dropFirst()
    }
    return false
  }
}
