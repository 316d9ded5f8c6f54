import Sessions
import TestSupport
import Testing

@Suite struct SlugSuite {
  @Test(arguments: [
    ("Make it work", "make-it-work"), ("  Fix: the (bad) parser!  ", "fix-the-bad-parser"),
    ("", "session"), ("!!! ???", "session"), ("🎉🎉", "session"), ("Ship it 🚀 now", "ship-it-now"),
    ("Größe ändern", "größe-ändern"), ("修复 解析器", "修复-解析器"), ("2024", "work-2024"),
    ("c4", "work-c4"), ("Session 12", "work-session-12"), ("session of 12", "session-of-12"),
    ("one\ntwo\u{1b}[31mthree", "one-two-31mthree"), ("a\u{200d}b", "ab"),
    ("--help me", "help-me"), ("../../etc/passwd", "etc-passwd"),
    ("The quick brown fox jumps over the lazy dog again", "the-quick-brown-fox-jumps-over-the-lazy"),
    (String(repeating: "x", count: 100), String(repeating: "x", count: 40)),
  ])
  func theNameOfAnObjective(objective: String, name: String) {
    #expect(Slug.make(from: objective) == name)
    #expect(Slug.isValid(name))
  }

  @Test func isAlwaysValidAndShort() {
    var random = Random(9)
    for _ in 0..<5000 {
      let name = Slug.make(from: HostileLine.make(&random))
      #expect(Slug.isValid(name), "\(name.debugDescription)")
      #expect(name.count <= 45 && name.utf8.count <= 1000)
    }
  }

  @Test func namesThatPeopleGive() {
    for name in ["fix", "fix-parser", "v1.2", "größe", "a_b", "12a", "session-x", "cat", "4c"] {
      #expect(Slug.isValid(name), "\(name)")
    }
    for name in [
      "", "-x", "12", "٣", "c12", "C12", "session-12", "SESSION-12", "a b", "a/b", "a~b", "@", "a@b", "a\nb",
      "a\u{200d}b", "a\u{202e}b", "x\u{1b}", "a:b", String(repeating: "x", count: 65), "a\u{0}",
      "z" + String(repeating: "\u{301}", count: 500),
    ] {
      #expect(!Slug.isValid(name), "\(name.debugDescription)")
    }
  }
}

@Suite struct TokensSuite {
  @Test func areReadAsPeopleWriteThem() {
    let read = [
      "1": 1, "950": 950, "200000": 200_000, "200k": 200_000, "200K": 200_000, "1.5M": 1_500_000,
      "0.5k": 500, "1m": 1_000_000, "1000000M": 1_000_000_000_000,
    ]
    for (text, count) in read { #expect(Tokens.parse(text) == count, "\(text)") }
    for text in [
      "", "k", "0", "-1", "+1", "0x10", "1e3", "1e3k", "nan", "inf", "infinity", "1,000", "1_000", "1.", ".5",
      "1..5", "1.5.2", " 1", "1 ", "1kk", "1g", "٣", "1000001M", "99999999999999999999999", "0.0k",
    ] {
      #expect(Tokens.parse(text) == nil, "\(text)")
    }
  }

  @Test func areWrittenShort() {
    let written = [
      0: "0", 950: "950", 999: "999", 1000: "1k", 1050: "1.1k", 1500: "1.5k", 200_000: "200k",
      999_949: "999.9k", 999_950: "1M", 999_999: "1M", 1_000_000: "1M", 1_500_000: "1.5M",
      Int.max: "9223372036854.8M", -5: "-5", Int.min: "-9223372036854775808",
    ]
    for (count, text) in written { #expect(Tokens.format(count) == text) }
    for count in stride(from: 1, to: 1_000_000, by: 997) {
      let back = Tokens.parse(Tokens.format(count)) ?? 0
      #expect(abs(back - count) * 20 <= count + 20)
    }
  }

  @Test func areEstimatedOnTheHighSide() {
    #expect(Tokens.estimate("") == 0)
    #expect(Tokens.estimate("abc") == 1)
    #expect(Tokens.estimate(String(repeating: "a", count: 7)) == 2)
    #expect(Tokens.estimate(String(repeating: "a", count: 8)) == 3)
  }
}
