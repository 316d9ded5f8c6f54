/// Text of unknown origin made harmless for a terminal or a document.
package enum PlainText {
  /// Without escape sequences, other control characters (but line feed and tab) and marks that turn the
  /// direction of writing around.
  package static func sanitize(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar.value {
      case 0x1b, 0x9b: skipEscape(scalar.value == 0x9b, &scalars)
      case 0x0a, 0x09: output.append(scalar)
      case 0..<0x20, 0x7f..<0xa0, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: continue
      default: output.append(scalar)
      }
    }
    return String(output)
  }

  /// One line: sanitized, runs of white space folded to one space, cut to `limit` characters.
  package static func line(_ text: String, limit: Int = .max) -> String {
    let folded = sanitize(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return folded.count <= limit ? folded : folded.prefix(max(0, limit - 1)) + "…"
  }

  /// Consumes what follows ESC: a control sequence to its final byte, a string (OSC, DCS, …) to its end or
  /// the end of the line, or one character. ECMA-48 gives the forms.
  private static func skipEscape(_ isControlSequence: Bool, _ scalars: inout Substring.UnicodeScalarView) {
    var introducer = Unicode.Scalar("[")
    if !isControlSequence {
      guard let next = scalars.popFirst() else { return }
      introducer = next
    }
    switch introducer {
    case "[":
      while let scalar = scalars.first, (0x20...0x3f).contains(scalar.value) { scalars.removeFirst() }
      if let scalar = scalars.first, (0x40...0x7e).contains(scalar.value) { scalars.removeFirst() }
    case "]", "P", "^", "_", "X":
      while let scalar = scalars.popFirst() {
        if scalar.value == 0x07 || scalar.value == 0x9c || scalar == "\n" { return }
        if scalar.value == 0x1b {
          if scalars.first == "\\" { scalars.removeFirst() }
          return
        }
      }
    default: return
    }
  }
}
