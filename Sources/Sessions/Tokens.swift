/// Counts of tokens: how people write them, and how many a text may have.
package enum Tokens {
  /// Reads `200000`, `200k`, `1.5M`; nil if it is none of these or not positive.
  package static func parse(_ text: String) -> Int? {
    let factors: [Character: Double] = ["k": 1000, "K": 1000, "m": 1_000_000, "M": 1_000_000]
    let factor = text.last.flatMap { factors[$0] }
    guard let value = Double(factor == nil ? text[...] : text.dropLast()), value.isFinite else { return nil }
    let count = (value * (factor ?? 1)).rounded()
    guard count >= 1, count < 1e12 else { return nil }
    return Int(count)
  }

  /// `200k`, `1.5M`, `950`.
  package static func format(_ count: Int) -> String {
    func short(_ unit: Int, _ suffix: String) -> String {
      let tenths = (count * 10 + unit / 2) / unit
      return tenths % 10 == 0 ? "\(tenths / 10)\(suffix)" : "\(tenths / 10).\(tenths % 10)\(suffix)"
    }
    if count >= 1_000_000 { return short(1_000_000, "M") }
    return count >= 1000 ? short(1000, "k") : String(count)
  }

  /// An estimate that errs on the high side: one token for every 3.5 bytes of UTF-8. Tokenizers of today's
  /// models take 3.3 to 4.5 bytes of English prose or code for one token.
  package static func estimate(_ text: String) -> Int { (text.utf8.count * 2 + 6) / 7 }
}
