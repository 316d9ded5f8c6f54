/// How wide text is on a terminal.
///
/// The rule is that of Markus Kuhn's wcwidth, by character instead of by code point: marks without a width of their own
/// take none, East Asian wide characters and emoji take two columns, all else takes one. Colours take none.
/// https://www.cl.cam.ac.uk/~mgk25/ucs/wcwidth.c
enum Columns {
  static func count(_ text: String) -> Int {
    var ruler = Ruler()
    return text.reduce(0) { $0 + ruler.width(of: $1) }
  }

  /// A line in so many columns. Where it is cut, `mark` stands and colours end.
  static func fit(_ line: String, _ columns: Int, mark: String) -> String {
    guard count(line) > columns else { return line }
    var ruler = Ruler()
    var (kept, used) = ("", 0)
    for character in line {
      used += ruler.width(of: character)
      if used > columns - count(mark) { break }
      kept.append(character)
    }
    return kept + mark + (kept.contains("\u{1b}") ? "\u{1b}[m" : "")
  }

  /// Measures one character after the other; it knows when it is inside of a colour, `ESC [ … m`.
  private struct Ruler {
    private var isInColor = false

    mutating func width(of character: Character) -> Int {
      if character == "\u{1b}" { isInColor = true }
      guard isInColor else { return character.unicodeScalars.reduce(0) { max($0, Self.width(of: $1)) } }
      if character == "m" { isInColor = false }
      return 0
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
      if scalar.isASCII { return 1 }
      // This one asks for the emoji of the character before it.
      if scalar == "\u{fe0f}" { return 2 }
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return isWide(scalar) ? 2 : 1
      }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar.value {
      case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3,
        0xf900...0xfaff,
        0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
        true
      default: scalar.properties.isEmojiPresentation
      }
    }
  }
}
