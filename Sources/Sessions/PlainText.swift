/// Text of unknown origin made harmless for a terminal or a document.
package enum PlainText {
  /// Without escape sequences, other control characters (but line feed and tab) and marks that turn the
  /// direction of writing around.
  package static func sanitize(_ text: String) -> String {
    // Most texts are harmless, and need not be taken apart.
    if holds(text, { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x09 }) { return text }
    if text.unicodeScalars.allSatisfy(isHarmless) { return text }
    var output = String.UnicodeScalarView()
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar.value {
      case 0x1b: skipEscape(&scalars)
      case 0x9b: skipControlSequence(&scalars)
      case 0x90, 0x98, 0x9d...0x9f: skipString(&scalars)
      default: if isHarmless(scalar) { output.append(scalar) }
      }
    }
    return String(output)
  }

  /// What is no control character, but for line feed and tab, and not hidden.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7f, 0x0a, 0x09: true
    case 0..<0xa0: false
    default: !isHidden(scalar)
    }
  }

  /// Marks that turn the direction of writing around, and characters without a shape, in which text can be hidden
  /// from people but not from models. The joiners stay: scripts and emoji need them.
  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xad, 0x061c, 0x200b, 0x200e, 0x200f, 0x2028...0x202e, 0x2060...0x2064, 0x2066...0x206f, 0xfeff,
      0xe0000...0xe007f:
      true
    default: false
    }
  }

  /// One line: sanitized, runs of white space folded to one space, cut to `limit` characters.
  package static func line(_ text: String, limit: Int = .max) -> String {
    if isLine(text) { return cut(text, to: limit) }
    // Not by characters: to find where one ends takes several times as long.
    let words = sanitize(text).unicodeScalars.split {
      $0.isASCII ? $0 == " " || $0 == "\n" || $0 == "\t" : $0.properties.isWhitespace
    }
    let folded = words.map { String($0) }.joined(separator: " ")
    return cut(folded, to: limit)
  }

  /// At most `limit` characters of a text that was sanitized, the last of them `…` if there were more.
  package static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    let kept = max(0, limit - 1)
    if holds(text, { $0 < 0x80 }) { return String(decoding: text.utf8.prefix(kept), as: UTF8.self) + "…" }
    return text.count <= limit ? text : text.prefix(kept) + "…"
  }

  /// Whether all bytes of a text are such. Without an end before the last one, so that several go at once.
  private static func holds(_ text: String, _ isSuch: (UInt8) -> Bool) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var holds = true
      for byte in bytes { holds = isSuch(byte) && holds }
      return holds
    }
  }

  /// Whether a text is one line of ASCII in which nothing is to be folded.
  private static func isLine(_ text: String) -> Bool {
    let space = UInt8(ascii: " ")
    guard text.utf8.last != space, holds(text, { $0 >= 0x20 && $0 < 0x7f }) else { return false }
    var last = space
    for byte in text.utf8 {
      if byte == space, last == space { return false }
      last = byte
    }
    return true
  }

  // The forms are those of ECMA-48. An ESC inside another sequence ends it and begins one of its own, so it is
  // left to the caller; so is a line feed, which no sequence may swallow.

  /// Consumes what follows ESC.
  private static func skipEscape(_ scalars: inout Substring.UnicodeScalarView) {
    switch scalars.first {
    case "[":
      scalars.removeFirst()
      skipControlSequence(&scalars)
    case "]", "P", "^", "_", "X":
      scalars.removeFirst()
      skipString(&scalars)
    default:
      skip(0x20...0x2f, &scalars)
      if let scalar = scalars.first, (0x30...0x7e).contains(scalar.value) { scalars.removeFirst() }
    }
  }

  /// Parameters, intermediates and the final byte.
  private static func skipControlSequence(_ scalars: inout Substring.UnicodeScalarView) {
    skip(0x20...0x3f, &scalars)
    if let scalar = scalars.first, (0x40...0x7e).contains(scalar.value) { scalars.removeFirst() }
  }

  /// A command string (OSC, DCS, …) to its terminator, BEL or ST, or to the end of the line.
  private static func skipString(_ scalars: inout Substring.UnicodeScalarView) {
    while let scalar = scalars.first, scalar != "\n", scalar != "\u{1b}" {
      scalars.removeFirst()
      if scalar.value == 0x07 || scalar.value == 0x9c { return }
    }
  }

  private static func skip(_ range: ClosedRange<UInt32>, _ scalars: inout Substring.UnicodeScalarView) {
    while let scalar = scalars.first, range.contains(scalar.value) { scalars.removeFirst() }
  }
}
