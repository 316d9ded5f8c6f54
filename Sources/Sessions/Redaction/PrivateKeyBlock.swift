/// What stands between `-----BEGIN … PRIVATE KEY-----` and its end (RFC 7468, and what PGP and SSH make of it), also
/// as a string of a program or of JSON, with line numbers before its lines, or cut off.
enum PrivateKeyBlock {
  private static let kind = "private-key"
  private static let begin = Array("-----BEGIN ".utf8)
  /// What headers inside of a block consist of beside base64: `DEK-Info: AES-256-CBC,00FF`.
  private static let body = ByteClass.base64.union(.space).union(ByteClass(":,-.()"))
  /// Shorter runs of base64 are words.
  private static let line = 40

  /// `place` is where two hyphens stand.
  static func find(in text: Excerpt, at place: Int) -> Finding? {
    guard let start = bodyStart(in: text, at: place) else { return nil }
    let end = dashes(in: text, from: start)
    if let end, let whole = whole(in: text, from: start, to: end) {
      return Finding(kind: kind, ranges: [whole])
    }
    return lines(in: text, from: start, to: end)
  }

  /// Behind the line that begins a block.
  private static func bodyStart(in text: Excerpt, at place: Int) -> Int? {
    // Lines of hyphens are frequent.
    guard text[place + 5] == UInt8(ascii: "B"), let label = text.skip(ignoringCase: begin, from: place) else {
      return nil
    }
    let end = text.skip(ByteClass.upper.union(.digits).union(ByteClass(" ")), from: label, atMost: 40)
    let words = String(decoding: text.meaning(label..<end), as: UTF8.self)
    guard words.hasSuffix("PRIVATE KEY") || words.hasSuffix("PRIVATE KEY BLOCK") else { return nil }
    return text.skip(ignoringCase: Array("-----".utf8), from: end)
  }

  /// Where the next five hyphens stand.
  private static func dashes(in text: Excerpt, from start: Int) -> Int? {
    var (place, count) = (start, 0)
    while place < text.end {
      count = text[place] == UInt8(ascii: "-") ? count + 1 : 0
      place += 1
      if count == 5 { return place - 5 }
    }
    return nil
  }

  /// Everything, if there is nothing but a key.
  private static func whole(in text: Excerpt, from start: Int, to end: Int) -> Range<Int>? {
    let first = text.skip(.space, from: start)
    guard first < end, text.skip(body, from: first) >= end else { return nil }
    let content = text.meaning(first..<end)
    guard
      content.split(whereSeparator: { !ByteClass.base64.contains($0) }).contains(where: { $0.count >= 16 })
    else { return nil }
    // The white space before the hyphens stays.
    var last = first
    var place = first
    while place < end, let unit = text.unit(at: place) {
      place = unit.end
      if !ByteClass.space.contains(unit.byte), place <= end { last = place }
    }
    return first..<last
  }

  /// Every line by itself, whatever stands between them.
  private static func lines(in text: Excerpt, from start: Int, to end: Int?) -> Finding? {
    let limit = end ?? text.end
    let isEnded = end.flatMap { text.skip(ignoringCase: Array("-----END ".utf8), from: $0) } != nil
    // Between two lines, and between the headers and the first.
    let gap = 40
    var ranges: [Range<Int>] = []
    var place = start
    var last = start + 200
    while place < limit, place - last <= gap {
      let run = text.skip(.base64, from: place, atMost: .max)
      guard run > place else {
        // A redacted line means that the block was dealt with.
        if text[place] == UInt8(ascii: "["), Marker.end(in: text, at: place) != nil { break }
        place = text.unit(at: place)?.end ?? limit
        continue
      }
      let content = text.meaning(place..<run)
      // The last line may be short; a word it is not.
      let isLast =
        isEnded && !ranges.isEmpty && limit - run <= gap && content.count >= 6
        && content.contains { !ByteClass.letters.contains($0) }
      if content.count >= (ranges.isEmpty ? line : 16) || isLast {
        // A number may stand outside of strings.
        if content.contains(where: ByteClass.letters.contains) { ranges.append(place..<run) }
        last = run
      }
      place = run
    }
    guard let final = ranges.last else { return nil }
    let isCut = text.isCut && final.upperBound == text.end
    return Finding(kind: kind, ranges: ranges, continues: isCut ? .base64.union(.space) : nil)
  }
}
