/// Counts of tokens: how people write them, and how many a text may have.
package enum Tokens {
  /// More than anybody plans.
  package static let limit = 1_000_000_000_000

  /// Reads `200000`, `200k`, `1.5M`; nil if it is none of these, not positive, or beyond ``limit``.
  package static func parse(_ text: String) -> Int? {
    let factors: [Character: Double] = ["k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000]
    let factor = text.last.flatMap { factors[$0] }
    let digits = factor == nil ? text[...] : text.dropLast()
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    // `Double` also reads `0x10`, `1e3`, `+5` and `inf`.
    guard parts.count <= 2,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let value = Double(digits)
    else { return nil }
    let count = (value * (factor ?? 1)).rounded()
    return (1...Double(limit)).contains(count) ? Int(count) : nil
  }

  /// `200k`, `1.5M`, `950`.
  package static func format(_ count: Int) -> String {
    func short(_ unit: Int, _ suffix: String) -> String {
      let tenths = (count / (unit / 10)) + (count % (unit / 10) * 2 >= unit / 10 ? 1 : 0)
      return tenths % 10 == 0 ? "\(tenths / 10)\(suffix)" : "\(tenths / 10).\(tenths % 10)\(suffix)"
    }
    // From 999,950 on thousands would be rounded to 1000k.
    if count >= 999_950 { return short(1_000_000, "M") }
    return count >= 1000 ? short(1000, "k") : String(count)
  }

  /// An estimate that errs on the high side: one token for every 3.5 bytes of UTF-8. Tokenizers of today's
  /// models take 3.3 to 4.5 bytes of English prose or code for one token.
  package static func estimate(_ text: String) -> Int { (text.utf8.count * 2 + 6) / 7 }
}
