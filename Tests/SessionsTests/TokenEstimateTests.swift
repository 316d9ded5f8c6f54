import Foundation
import Sessions
import TestSupport
import Testing

/// The estimate is compared with what tokenizers really count.
@Suite struct TokenEstimates {
  /// By o200k_base.
  private static let texts: [(name: String, tokens: Int)] = [
    ("chinese.txt", 451), ("code.go", 863), ("code.py", 1929), ("code.rs", 1111), ("code.sh", 1685),
    ("code.swift", 1077), ("code.ts", 906), ("english.md", 2207), ("french.txt", 461), ("german.txt", 457),
    ("query.sql", 579), ("russian.txt", 455), ("spanish.txt", 443), ("transcript.jsonl", 2412),
  ]

  private static func text(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Texts")
    return String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  /// None of these texts was learned from. What is written without spaces is harder.
  @Test(arguments: texts) func isNearWhatATokenizerCounts(name: String, tokens: Int) throws {
    let estimate = TokenEstimate.count(try Self.text(name))
    let error = Double(estimate - tokens) / Double(tokens) * 100
    #expect(abs(error) <= (name == "chinese.txt" ? 8 : 5), "\(name): \(estimate) for \(tokens), \(error) %")
  }

  @Test(arguments: [
    ("", 0), ("a", 1), (" ", 1), ("\n\n\n", 1), ("1234567", 3), ("    ", 1), (";\n", 1), ("\u{301}", 1),
  ])
  func whatIsSmallIsExact(text: String, tokens: Int) {
    #expect(TokenEstimate.count(text) == tokens)
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
