import Sessions

/// Text of unknown origin as Markdown that stays text: it never becomes a heading, list, quote, link,
/// emphasis or HTML, and never ends the code span or fence that it stands in.
///
/// The rules are those of CommonMark 0.31 with GitHub's autolinks and strikethrough.
enum Markdown {
  /// One line of prose. Code spans that are well formed stay as they are, what would become a link is shown
  /// as code, and the rest is escaped only where it must be, so that the source stays readable too.
  ///
  /// Typographic double quotation marks become plain ones: they are the document's own marks around data.
  static func prose(_ text: String, startsLine: Bool = false) -> String {
    let line = withShortRuns(PlainText.line(text)).unicodeScalars.map {
      !$0.isASCII && "“”„".unicodeScalars.contains($0) ? "\"" : $0
    }
    var output = Output()
    var position = 0
    while position < line.count {
      guard line[position] == "`" else {
        let end = line[position...].firstIndex(of: "`") ?? line.count
        appendPlain(position..<end, of: line, startsLine: startsLine, to: &output)
        position = end
        continue
      }
      let run = runLength(at: position, in: line)
      if let end = endOfSpan(opening: run, from: position + run, in: line) {
        output.separateSpans()
        for scalar in line[position..<end] { output.append(scalar) }
        position = end
      } else {
        for _ in 0..<run { output.append("\\`") }
        position += run
      }
    }
    return output.text
  }

  /// Text on the way of being written, in UTF-8: to append a scalar to a `String` takes much longer.
  private struct Output {
    private var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ text: String) { bytes += text.utf8 }

    mutating func append(_ scalar: Unicode.Scalar) {
      if scalar.isASCII { bytes.append(UInt8(ascii: scalar)) } else { bytes += scalar.utf8 }
    }

    /// Two runs of backticks that touch would be one run.
    mutating func separateSpans() {
      if bytes.last == UInt8(ascii: "`") { append(" ") }
    }
  }

  /// A code span; the characters are kept but for line feeds and tabs, which become spaces.
  static func code(_ text: String) -> String {
    // As most paths and names are.
    if !text.isEmpty, text.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "`") }) {
      return "`\(text)`"
    }
    let plain = withShortRuns(PlainText.sanitize(text))
    let line = plain.utf8.contains { $0 < 0x20 } ? inOneLine(plain) : plain
    guard !line.isEmpty else { return "(empty)" }
    let marks = String(repeating: "`", count: longestRun(in: line) + 1)
    let (first, last) = (line.unicodeScalars.first, line.unicodeScalars.last)
    let needsPadding = first == "`" || last == "`" || (first == " " && last == " ")
    let padding = needsPadding ? " " : ""
    return marks + padding + line + padding + marks
  }

  private static func inOneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0 == "\t" ? " " : $0 }))
  }

  /// A fenced block, each line after `prefix`; the fence is longer than any run of backticks in the text.
  static func fenced(_ text: String, prefix: String) -> String {
    let text = withShortRuns(text)
    let fence = String(repeating: "`", count: max(3, longestRun(in: text) + 1))
    let body = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let blank = prefix.split(separator: " ").joined(separator: " ")
    return ([fence + "text"] + body + [fence]).map { line in
      (line.isEmpty ? blank : prefix + line) + "\n"
    }.joined()
  }

  private static func appendPlain(
    _ range: Range<Int>, of line: [Unicode.Scalar], startsLine: Bool, to output: inout Output
  ) {
    var position = range.lowerBound
    while position < range.upperBound {
      let end = line[position..<range.upperBound].firstIndex(of: " ") ?? range.upperBound
      if position > 0, line[position..<end].allSatisfy(isPlain) {
        for scalar in line[position..<end] { output.append(scalar) }
      } else if becomesLink(line[position..<end]) {
        output.separateSpans()
        output.append(code(String(String.UnicodeScalarView(line[position..<end]))))
      } else {
        for index in position..<end {
          if needsEscape(at: index, in: line, startsLine: startsLine) { output.append("\\") }
          output.append(line[index])
        }
      }
      if end < range.upperBound { output.append(" ") }
      position = end + 1
    }
  }

  /// What means nothing in any place but the first of a line: most of a text, which need not be looked at again.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ",", ";", "'", "\"", "/", "?", "!": true
    default: false
    }
  }

  /// GitHub makes links of web addresses, mail addresses and `@names` without any markup.
  private static func becomesLink(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    word.indices.contains { index in
      switch word[index] {
      case "@": true
      case ":": word[index...].starts(with: "://".unicodeScalars)
      case "w", "W":
        word[index...].prefix(4).elementsEqual("www.".unicodeScalars) { $0 == $1 || $0 == "W" && $1 == "w" }
      default: false
      }
    }
  }

  private static func needsEscape(at index: Int, in line: [Unicode.Scalar], startsLine: Bool) -> Bool {
    let next = index + 1 < line.count ? line[index + 1] : nil
    switch line[index] {
    case "\\", "*", "[", "<", "~": return true
    case "_": return !(index > 0 && line[index - 1].isWordCharacter && next?.isWordCharacter == true)
    case "&": return next == "#" || next?.properties.isAlphabetic == true
    // Hash signs at the end of a heading are taken for its closing marks.
    case "#": return next == nil || (startsLine && index == 0)
    case ">", "+", "-": return startsLine && index == 0
    case ".", ")": return startsLine && index > 0 && line[..<index].allSatisfy { ("0"..."9").contains($0) }
    default: return false
    }
  }

  private static func runLength(at position: Int, in line: [Unicode.Scalar]) -> Int {
    line[position...].prefix { $0 == "`" }.count
  }

  /// The position after the run of exactly as many backticks as opened the span; nil if there is none.
  private static func endOfSpan(opening length: Int, from start: Int, in line: [Unicode.Scalar]) -> Int? {
    var position = start
    while let mark = line[position...].firstIndex(of: "`") {
      let run = runLength(at: mark, in: line)
      if run == length { return mark + run }
      position = mark + run
    }
    return nil
  }

  /// cmark, which GitHub and many others use, counts no more than 80 backticks around a code span and no more
  /// than 255 of a fence. A run of more than 64 is cut to 64.
  private static func withShortRuns(_ text: String) -> String {
    guard longestRun(in: text) > 64 else { return text }
    var output = String.UnicodeScalarView()
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == "`" ? run + 1 : 0
      if run <= 64 { output.append(scalar) }
    }
    return String(output)
  }

  private static func longestRun(in text: String) -> Int {
    var longest = 0
    var current = 0
    for byte in text.utf8 {
      current = byte == UInt8(ascii: "`") ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }
}

extension Unicode.Scalar {
  fileprivate var isWordCharacter: Bool { properties.isAlphabetic || properties.numericType != nil }
}
