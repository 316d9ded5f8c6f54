/// The name of a session that nobody named: the objective in lower case, words joined by `-`, at most 40 characters.
package enum Slug {
  private static let limit = 40

  package static func make(from objective: String) -> String {
    var words: [String] = []
    var length = 0
    for word in objective.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }) {
      guard words.isEmpty || length + 1 + word.count <= limit else { break }
      words.append(plain(word.prefix(limit)))
      length += (words.count > 1 ? 1 : 0) + word.count
    }
    let slug = words.joined(separator: "-")
    return words.isEmpty ? "session" : isReserved(slug) ? "work-" + slug : slug
  }

  /// A name that a person gave is fine if it can be typed as one word and taken for nothing else.
  package static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 64 && !name.hasPrefix("-") && !isReserved(name)
      && name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) } && plain(name) == name
  }

  /// `12` and `session-12` are keys of sessions, `c4` is a checkpoint; states to compare with have names too.
  private static func isReserved(_ name: String) -> Bool {
    let lower = name.lowercased()
    if ["base", "worktree"].contains(lower) { return true }
    let prefix = ["session-", "c"].first { lower.hasPrefix($0) } ?? ""
    return lower.dropFirst(prefix.count).allSatisfy(\.isNumber)
  }

  /// Without what nobody sees (joiners, selectors) and without more marks on a letter than any script puts there.
  private static func plain(_ text: some StringProtocol) -> String {
    text.reduce(into: "") { result, character in
      let scalars = character.unicodeScalars.filter {
        $0.isASCII || $0.properties.isAlphabetic || $0.properties.numericType != nil
          || $0.properties.generalCategory == .nonspacingMark
            && !$0.properties.isDefaultIgnorableCodePoint
      }
      result.unicodeScalars.append(contentsOf: scalars.prefix(8))
    }
  }
}
