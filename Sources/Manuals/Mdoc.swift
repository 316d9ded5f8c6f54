/// Text in mdoc, the language of manual pages that both mandoc and groff read: https://mandoc.bsd.lv/man/mdoc.7.html
struct Mdoc {
  private(set) var text = ""

  /// A line with a macro: its name, and words that were escaped where needed.
  mutating func macro(_ words: String...) { text += "." + words.joined(separator: " ") + "\n" }

  /// Sentences, each on lines of its own, so that the formatter sees where they end.
  mutating func prose(_ prose: String) {
    let sentences = prose.replacing(". ", with: ".\u{0}").split(separator: "\u{0}")
    for sentence in sentences { text += Self.wrapped(Self.escaped(String(sentence))) }
  }

  /// An example as it is typed.
  mutating func example(_ lines: [String]) {
    text += ".Bd -literal -offset indent\n" + lines.map { Self.escaped($0) + "\n" }.joined() + ".Ed\n"
  }

  /// Text that shows as it is, be it on a line of prose or after a macro.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\e"
      case "-": "\\-"
      case "'": "\\(aq"
      case "`": "\\(ga"
      case "\"": "\\(dq"
      case "~": "\\(ti"
      case "^": "\\(ha"
      case _ where scalar.isASCII: String(scalar)
      default: "\\[u\(hexadecimal(scalar.value))]"
      }
    }.joined()
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Lines of at most 76 characters, none of which reads as a macro. What is quoted is never hyphenated, as it is to
  /// be typed.
  private static func wrapped(_ text: String) -> String {
    var lines = [""]
    for part in text.split(whereSeparator: \.isWhitespace) {
      let word = (part.contains("\\(aq") ? "\\%" : "") + part
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = word
      } else if last.count + word.count < 76 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(word)
      }
    }
    return lines.map { ($0.hasPrefix(".") ? "\\&" : "") + $0 + "\n" }.joined()
  }
}
