import Testing

@testable import Handoffs

struct MarkdownProse {
  @Test(arguments: [
    ("plain words, 2 of them", "plain words, 2 of them"),
    ("snake_case_name stays", "snake_case_name stays"),
    ("_emphasis_ *strong*", "\\_emphasis\\_ \\*strong\\*"),
    ("[link](x) ![image](y)", "\\[link](x) !\\[image](y)"),
    ("<b>html</b> <!-- x -->", "\\<b>html\\</b> \\<!-- x -->"),
    ("&lt; &#60; a & b", "\\&lt; \\&#60; a & b"),
    ("use `code` here", "use `code` here"),
    ("``two ` marks`` end", "``two ` marks`` end"),
    ("one ` mark", "one \\` mark"),
    ("```` open", "\\`\\`\\`\\` open"),
    ("back\\slash", "back\\\\slash"),
    ("see https://example.com/a_b now", "see `https://example.com/a_b` now"),
    ("www.example.com and me@example.com", "`www.example.com` and `me@example.com`"),
    ("WWW.example.com", "`WWW.example.com`"),
    ("x@y`code`z@w", "`x@y` `code` `z@w`"),
    ("~~gone~~", "\\~\\~gone\\~\\~"),
    ("“he said”", "\"he said\""),
    ("two\nlines\tand  more", "two lines and more"),
    ("\u{1b}[31mred\u{1b}[0m \u{202e}txt.exe", "red txt.exe"),
    ("", ""),
  ])
  func staysText(text: String, expected: String) {
    #expect(Markdown.prose(text) == expected)
  }

  @Test(arguments: [
    ("# heading", "\\# heading"), ("> quote", "\\> quote"), ("- item", "\\- item"), ("+ item", "\\+ item"),
    ("---", "\\---"), ("1. item", "1\\. item"), ("12) item", "12\\) item"), ("```swift", "\\`\\`\\`swift"),
    ("~~~", "\\~\\~\\~"), ("* item", "\\* item"), ("issue #", "issue \\#"), ("3.5 times", "3\\.5 times"),
  ])
  func startsNoBlock(text: String, expected: String) {
    #expect(Markdown.prose(text, startsLine: true) == expected)
  }
}

struct MarkdownCode {
  @Test(arguments: [
    ("a/b.swift", "`a/b.swift`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("```", "```` ``` ````"),
    ("`\u{301}", "`` `\u{301} ``"), (" a ", "`  a  `"), ("a\nb\tc", "`a b c`"), ("", "(empty)"),
    ("x --> y", "`x --> y`"), ("a\u{1b}]0;title\u{7}b", "`ab`"),
  ])
  func spansHoldTheirText(text: String, expected: String) {
    #expect(Markdown.code(text) == expected)
  }

  /// cmark stops counting at 80 backticks in a span and at 255 in a fence, so neither may need as many.
  @Test(arguments: [64, 65, 80, 300])
  func runsOfBackticksStayCountable(length: Int) {
    let run = String(repeating: "`", count: length)
    let shown = String(repeating: "`", count: 64)
    #expect(Markdown.code("a\(run)b") == "\(shown)`a\(shown)b`\(shown)")
    #expect(Markdown.fenced(run, prefix: "") == "\(shown)`text\n\(shown)\n\(shown)`\n")
    #expect(!Markdown.prose("\(run)a\(run)").contains(shown + "`"))
  }

  @Test func fencesAreLongerThanAnyRunOfBackticks() {
    #expect(Markdown.fenced("a\n\nb", prefix: "  ") == "  ```text\n  a\n\n  b\n  ```\n")
    #expect(Markdown.fenced("````\nb", prefix: "> ") == "> `````text\n> ````\n> b\n> `````\n")
    #expect(Markdown.fenced("a\n\nb", prefix: "> ") == "> ```text\n> a\n>\n> b\n> ```\n")
  }
}
