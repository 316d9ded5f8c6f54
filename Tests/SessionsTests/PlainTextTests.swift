import Sessions
import TestSupport
import Testing

/// Lines made of what may go wrong.
enum HostileLine {
  private static let pieces = [
    "word", " ", "a", "9", "\u{1b}", "\u{1b}[", "\u{1b}[31m", "\u{1b}]0;title\u{7}", "\u{1b}]8;;x\u{1b}\\",
    "\u{1b}P", "\u{9b}1m", "\u{9d}", "\u{9c}", "\u{90}q", "\u{7}", "\u{8}", "\r", "\r\n", "\n", "\t", "\0",
    "\u{7f}", "\u{85}", "\u{202e}", "\u{2066}", "\u{2028}", "\u{200d}", "\u{301}", "é", "日本", "👩‍👩‍👧", "\\",
    "\u{1b}\u{1b}", "\u{1b}(B", "m", ";", "-", "12", "\u{fe0f}",
  ]

  static func make(_ random: inout Random) -> String {
    (0..<random.number(0...14)).map { _ in random.pick(pieces) }.joined()
  }
}

@Suite struct PlainTextSuite {
  @Test(arguments: [
    ("plain\ttext\nline", "plain\ttext\nline"), ("\u{1b}[1;31mred\u{1b}[0m", "red"),
    ("\u{1b}[?25lx", "x"), ("\u{9b}31mred", "red"), ("\u{1b}]0;title\u{7}after", "after"),
    ("\u{1b}]8;;https://x\u{1b}\\link\u{1b}]8;;\u{1b}\\ after", "link after"),
    ("\u{9d}0;title\u{9c}after", "after"), ("\u{1b}Pdcs\u{1b}\\after", "after"), ("\u{90}dcs\u{9c}x", "x"),
    ("\u{1b}_apc\u{1b}\\x\u{1b}^pm\u{1b}\\y\u{1b}Xsos\u{1b}\\z", "xyz"),
    ("\u{1b}]0;never ends\nnext line", "\nnext line"), ("\u{1b}[31", ""), ("\u{1b}", ""),
    ("x\u{1b}\ny", "x\ny"),
    ("\u{1b}]0;a\u{1b}[31mb", "b"), ("\u{1b}\u{1b}[31mb", "b"), ("\u{1b}[3\u{1b}[31mb", "b"),
    ("\u{1b}(Bx\u{1b}#8y\u{1b}cz", "xyz"), ("a\u{0}b\u{8}c\u{7f}d\u{85}e", "abcde"),
    ("a\rb\r\nc", "ab\nc"), ("a\u{202e}b\u{2066}c\u{2028}d\u{200f}e", "abcde"),
    ("é 👩‍👩‍👧 日本", "é 👩‍👩‍👧 日本"), ("\u{1b}[31\nm", "\nm"),
  ])
  func isMadeHarmless(text: String, expected: String) { #expect(PlainText.sanitize(text) == expected) }

  @Test func holdsNoControlCharacterEver() {
    var random = Random(10)
    for _ in 0..<20_000 {
      let text = HostileLine.make(&random)
      let clean = PlainText.sanitize(text)
      let isClean = clean.unicodeScalars.allSatisfy { scalar in
        scalar == "\n" || scalar == "\t"
          || scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value)
            && !(0x202a...0x202e).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
      }
      #expect(isClean, "\(text.debugDescription)")
      #expect(PlainText.sanitize(clean) == clean)
      let lineFeeds = { (text: String) in text.unicodeScalars.count { $0 == "\n" } }
      #expect(lineFeeds(clean) == lineFeeds(text), "\(text.debugDescription)")
    }
  }

  @Test func oneLine() {
    #expect(PlainText.line("  a \n\t b\u{1b}[31m  c ") == "a b c")
    #expect(PlainText.line("abcdef", limit: 6) == "abcdef")
    #expect(PlainText.line("abcdefg", limit: 6) == "abcde…")
    #expect(PlainText.line("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", limit: 2) == "👩‍👩‍👧…")
    #expect(PlainText.line("", limit: 0).isEmpty)
    #expect(PlainText.line("a\u{a0}\u{2003} b\u{3000}") == "a b")
    #expect(PlainText.line("äöü\nabc", limit: 6) == "äöü a…")
    #expect(PlainText.line("äöü\nabc", limit: 7) == "äöü abc")
    // Words with one space between them, for all short texts.
    for text in Self.texts(of: ["a", "é", " ", "\n"], upTo: 6) {
      let words = text.split { $0 == " " || $0 == "\n" }
      #expect(PlainText.line(text) == words.joined(separator: " "), "\(text.debugDescription)")
    }
  }

  /// A segment lies in a file of its own: no part of its name is empty, hidden or leads upwards.
  @Test func namesOfSegments() {
    for name in Self.texts(of: ["a", "0", "-", ".", "/", "A", "é"], upTo: 4) {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      let isName = parts.allSatisfy {
        !$0.isEmpty && $0.first != "." && $0.allSatisfy { "a0-.".contains($0) }
      }
      let segment = TranscriptSegment(file: name, generation: nil, from: 0, to: 1, mark: "")
      #expect((segment != nil) == isName, "\(name)")
    }
  }

  private static func texts(of parts: [String], upTo length: Int) -> [String] {
    (0..<length).reduce(into: [[""]]) { lengths, _ in
      lengths.append(lengths[lengths.count - 1].flatMap { text in parts.map { text + $0 } })
    }.flatMap(\.self)
  }
}
