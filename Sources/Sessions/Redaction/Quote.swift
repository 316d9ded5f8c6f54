/// A quote, however many strings it stands in.
struct Quote {
  let byte: UInt8
  /// In how many strings it is escaped: `"` 0, `\"` 1, `\\\"` 2.
  let level: Int
  /// Behind it.
  let end: Int

  /// What stands between it and the quote that closes it.
  struct Content {
    let range: Range<Int>
    /// Behind the closing quote.
    let end: Int
  }
}

extension Excerpt {
  func quote(at start: Int) -> Quote? {
    let run = backslashes(at: start)
    let byte = self[start + run]
    let level = (~run).trailingZeroBitCount
    guard ByteClass.quotes.contains(byte), run == 1 << level - 1 else { return nil }
    return Quote(byte: byte, level: level, end: start + run + 1)
  }

  /// Up to the closing quote, or to the backslashes before it; nil if the line ends before, or the string around it, or
  /// what is looked at.
  func content(of quote: Quote, atMost limit: Int = 2048) -> Quote.Content? {
    var (place, run) = (quote.end, 0)
    while place < end, place - quote.end < limit {
      let byte = bytes[place]
      let level = (~run).trailingZeroBitCount
      if byte == quote.byte, level == quote.level {
        return Quote.Content(
          range: quote.end..<max(quote.end, place - (1 << level - 1)), end: place + 1)
      }
      if byte == UInt8(ascii: "\""), level < quote.level || quote.byte != byte && run & 1 == 0 { return nil }
      if byte == 0x0a || byte == 0x0d { return nil }
      run = byte == UInt8(ascii: "\\") ? run + 1 : 0
      place += 1
    }
    return nil
  }
}

extension ByteClass {
  /// What may stand behind the end of a string of JSON, and so does not begin one.
  static let behindString = ByteClass(",:]} \t\n\r")
}
