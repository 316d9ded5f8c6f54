/// The form of a kind of secret that is known by itself, wherever it stands.
package struct SecretPattern: Hashable, Sendable {
  let kind: String
  /// What stands before the two characters that the form is found by.
  private let lead: BytePattern.Part?
  private let parts: [BytePattern.Part]
  /// Whether words joined by hyphens or underscores would have this form as well.
  private let looksLikeWords: Bool

  /// Throws if it does not begin with two plain characters or small classes, or with a class and two of these.
  package init(_ kind: String, _ pattern: BytePattern) throws(BytePattern.Malformed) {
    self.kind = kind
    var parts = pattern.parts[...]
    lead = parts.first.flatMap { $0.isSingle ? nil : $0 }
    if lead != nil { parts.removeFirst() }
    self.parts = Array(parts)
    looksLikeWords = pattern.parts.contains { part in
      !part.isSingle && part.bytes.contains(UInt8(ascii: "a"))
        && (part.bytes.contains(UInt8(ascii: "-")) || part.bytes.contains(UInt8(ascii: "_")))
    }
    guard parts.count >= 2, parts.prefix(2).allSatisfy({ $0.isSingle && $0.bytes.count <= 16 }),
      (lead?.maximum ?? 0) <= Excerpt.reachBack - 32
    else {
      throw BytePattern.Malformed(
        description: "it must begin with two plain characters, or with one class and two plain characters")
    }
  }

  /// What it is found by: two bytes at least.
  var opening: RuleTable.Opening {
    var opening: RuleTable.Opening = []
    for part in parts where part.minimum > 0 {
      opening.append(part.bytes)
      if !part.isSingle { break }
    }
    // Behind a part that may be missing anything may stand.
    let fixed = parts.prefix { $0.minimum > 0 }.count
    return Array(opening.prefix(max(2, fixed)))
  }

  /// Longer tokens are judged by their beginning.
  private static let limit = 512

  /// `place` is where the two characters stand.
  func find(in text: Excerpt, at place: Int) -> Finding? {
    guard let start = start(in: text, before: place), let match = match(in: text, at: place) else {
      return nil
    }
    var end = match.end
    let continues = match.continues
    if continues == nil, let next = text.unit(at: end), ByteClass.name.contains(next.byte) { return nil }
    let secret = text.meaning(start..<end)
    if Self.isFiller(secret) || looksLikeWords && Self.isWords(secret) { return nil }
    // An equals sign that fills up base64 belongs to it; there may be two.
    if continues == nil, let last = parts.last, last.bytes.contains(UInt8(ascii: "+")) {
      end = text.skip(ByteClass("="), from: end, atMost: 2)
    }
    return Finding(kind: kind, ranges: [start..<end], continues: continues)
  }

  /// Where it ends; and, where its last part is longer than is looked at, what that consists of.
  private func match(in text: Excerpt, at start: Int) -> (end: Int, continues: ByteClass?)? {
    var place = start
    for (index, part) in parts.enumerated() {
      let isOpen = index == parts.count - 1 && part.maximum == .max
      let maximum = isOpen ? max(Self.limit, part.minimum) : part.maximum
      var count = 0
      while count < maximum, let unit = text.unit(at: place), part.bytes.contains(unit.byte) {
        (place, count) = (unit.end, count + 1)
      }
      if count < part.minimum { return nil }
      if isOpen, count == maximum { return (place, part.bytes) }
    }
    return (place, nil)
  }

  private func start(in text: Excerpt, before place: Int) -> Int? {
    var start = place
    if let lead {
      while place - start < lead.maximum, start > text.floor, lead.bytes.contains(text[start - 1]) {
        start -= 1
      }
      // `\n` may look like a letter of the token.
      if start > text.floor, text.isInsideEscape(start) { start += text[start] == UInt8(ascii: "u") ? 5 : 1 }
      guard place - start >= lead.minimum else { return nil }
    }
    if beginsWithSign { return text.isInsideEscape(start) ? nil : start }
    return text.isBoundary(before: start) ? start : nil
  }

  /// `&sig=` may stand behind whatever ends a word, and a word before it is none of its own.
  private var beginsWithSign: Bool {
    lead == nil && parts[0].bytes.members.allSatisfy { Self.signs.contains($0) }
  }

  private static let signs = ByteClass("&?")

  /// `xxxxxxxx` and the like.
  private static func isFiller(_ secret: [UInt8]) -> Bool {
    var run = 1
    for (last, next) in zip(secret, secret.dropFirst()) {
      run = last == next ? run + 1 : 1
      if run == 7 { return true }
    }
    return false
  }

  /// Neither a digit nor letters of both cases.
  private static func isWords(_ secret: [UInt8]) -> Bool {
    if secret.contains(where: ByteClass.digits.contains) { return false }
    return !secret.contains(where: ByteClass.upper.contains)
      || !secret.contains(where: ByteClass.lower.contains)
  }
}
