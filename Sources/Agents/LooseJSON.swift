/// JSON as some programs read it in their settings.
enum LooseJSON {
  private static let (quote, slash, star) = (UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "*"))
  private static let (space, lineFeed) = (UInt8(ascii: " "), UInt8(ascii: "\n"))

  /// The same text, of the same length, with spaces in the place of what JSON does not have: a byte order mark,
  /// comments, and a comma behind a last element unless it is to stay. What follows a slash that begins no comment stays
  /// as it is: that is no JSON in any case.
  static func strict(_ bytes: [UInt8], hasLastCommas: Bool = false) -> [UInt8] {
    var text = bytes
    var place = 0
    var comma: Int?
    if text.starts(with: [0xef, 0xbb, 0xbf]) { text.replaceSubrange(0..<3, with: [space, space, space]) }
    while place < text.count {
      let byte = text[place]
      switch byte {
      case quote:
        place = endOfString(text, from: place)
        comma = nil
        continue
      case slash:
        // To go on would be to look for the end of a comment once for each that has none.
        guard let end = endOfComment(text, from: place) else { return text }
        for place in place..<end where text[place] != lineFeed { text[place] = space }
        place = end
        continue
      case UInt8(ascii: ","): comma = place
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if let comma, !hasLastCommas { text[comma] = space }
        comma = nil
      case space, lineFeed, UInt8(ascii: "\r"), UInt8(ascii: "\t"): break
      default: comma = nil
      }
      place += 1
    }
    return text
  }

  /// Behind the quotation mark that ends it.
  private static func endOfString(_ text: [UInt8], from start: Int) -> Int {
    var place = start + 1
    while place < text.count, text[place] != quote { place += text[place] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(place + 1, text.count)
  }

  /// Nil if it is none.
  private static func endOfComment(_ text: [UInt8], from start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case slash: return text[start...].firstIndex(of: lineFeed) ?? text.count
    case star:
      var place = start + 2
      while place + 1 < text.count, text[place] != star || text[place + 1] != slash { place += 1 }
      // One that does not end is none.
      return place + 1 < text.count ? place + 2 : nil
    default: return nil
    }
  }
}
