/// The name of a session that nobody named: the objective in lower case, words joined by `-`, at most 40 characters.
package enum Slug {
  private static let limit = 40

  package static func make(from objective: String) -> String {
    var words: [String] = []
    var length = 0
    for word in objective.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }) {
      guard words.isEmpty || length + 1 + word.count <= limit else { break }
      words.append(String(word.prefix(limit)))
      length += (words.count > 1 ? 1 : 0) + word.count
    }
    return words.isEmpty ? "session" : words.joined(separator: "-")
  }

  /// A name that a person gave is fine if it can be typed as one word and taken for nothing else.
  package static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 64 && !name.hasPrefix("-") && Int(name) == nil
      && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
  }
}
