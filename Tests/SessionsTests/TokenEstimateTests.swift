import Foundation
import Sessions
import TestSupport
import Testing

/// The estimate is compared with what tokenizers really count.
@Suite struct TokenEstimates {
  /// By o200k_base.
  private static let texts: [(name: String, tokens: Int)] = [
    ("arabic.txt", 146), ("change.diff", 986), ("checksums.txt", 1100), ("chinese.txt", 451), ("code.c", 362),
    ("code.go", 863), ("code.java", 294), ("code.py", 1929), ("code.rs", 1111), ("code.sh", 1685),
    ("code.swift", 1077), ("code.ts", 906), ("encoded.txt", 1406), ("english.md", 2207), ("french.txt", 461),
    ("german.txt", 457), ("greek.txt", 150), ("hebrew.txt", 106), ("hindi.txt", 126), ("japanese.txt", 214),
    ("korean.txt", 199), ("page.html", 465), ("polish.txt", 161), ("query.sql", 579), ("russian.txt", 455),
    ("settings.yaml", 195), ("spanish.txt", 443), ("thai.txt", 128), ("transcript.jsonl", 2412),
  ]

  private static func text(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Texts")
    return String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  @Test(arguments: texts) func isNearWhatATokenizerCounts(name: String, tokens: Int) throws {
    let estimate = TokenEstimate.count(try Self.text(name))
    let error = Double(estimate - tokens) / Double(tokens) * 100
    #expect(abs(error) <= 1, "\(name): \(estimate) for \(tokens), \(error) %")
  }

  @Test(arguments: [
    ("", 0), ("a", 1), (" ", 1), ("\n\n\n", 1), ("1234567", 3), ("    ", 1), (";\n", 1), ("\u{301}", 1),
    (" International", 1), ("tokenizer", 2), ("antidisestablishmentarianism", 6), ("北京天气", 2), ("don't", 1),
    ("DON'T I'll", 3), ("a\r\nb\r\n", 4), ("  \r\n\r\n  x", 3), ("🦊", 3), ("👩‍👩‍👧‍👦", 11), ("\0", 1),
    ("\u{fffd}", 1), ("\u{feff}a", 2), ("\u{10ffff}", 4), ("\u{2028}", 1), ("\u{3000}\u{3000}x", 3),
    ("ǅabc", 3), ("it'ſ", 3), ("٣٤٥٦", 4), ("½", 1), ("Ⅷ", 2), ("ﷺ", 2), ("e\u{301}", 2),
  ])
  func whatIsSmallIsExact(text: String, tokens: Int) {
    #expect(TokenEstimate.count(text) == tokens)
  }

  /// Merging a piece takes as long as the square of its length, so that a long one is cut.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("a", 100_000, 12_500), ("-", 12_800, 200), (" ", 200, 2), ("=", 1000, 16), ("x", 300, 38),
      ("北京天气", 1000, 2000),
    ])
  func whatIsLongIsCountedInItsTime(text: String, count: Int, tokens: Int) {
    #expect(TokenEstimate.count(String(repeating: text, count: count)) == tokens)
  }

  @Test func anyTextHasAnEstimate() {
    var random = Random(4)
    for _ in 0..<300 {
      let text = String(
        String.UnicodeScalarView(
          (0..<40).compactMap { _ in
            Unicode.Scalar(
              UInt32.random(in: 0...(Bool.random(using: &random) ? 0x80 : 0x11000), using: &random))
          }))
      #expect((1...400).contains(TokenEstimate.count(text)))
    }
  }
}
