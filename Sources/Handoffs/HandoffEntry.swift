package import Sessions

/// A part of a handoff under one heading.
package struct HandoffSection: Hashable, Sendable {
  /// In the JSON form: `goal`, `state`, `next`, …
  package let name: String
  package let title: String
  package let entries: [HandoffEntry]
}

/// One thing that a handoff says, with its value: packing drops the least valuable first.
package struct HandoffEntry: Hashable, Sendable {
  /// A stretch of an entry: the document's own words, or data that may be long and hostile.
  package enum Piece: Hashable, Sendable {
    /// Markdown that was made here and is safe as it stands.
    case markup(String)
    /// What somebody wrote; `member` names it in the JSON form.
    case prose(member: String, String)
    /// A path or another name.
    case code(member: String, String)
  }

  package enum Style: Hashable, Sendable {
    case quote, paragraph, listItem
  }

  /// How the reader is told of entries that were left out: `1 commit`, `2 commits`.
  package struct Noun: Hashable, Sendable {
    let one: String
    let many: String

    /// With `s` for the plural, unless it is given.
    init(_ one: String, _ many: String? = nil) {
      self.one = one
      self.many = many ?? one + "s"
    }
  }

  /// Members of the JSON form. In a list, because each file that has changed has some, and most handoffs are read as
  /// text.
  package struct Facts: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    private struct Member: Hashable {
      let name: String
      let value: JSONValue?
    }

    private let members: [Member]

    package init(dictionaryLiteral members: (String, JSONValue?)...) { self.init(members) }

    init(_ members: [(String, JSONValue?)]) { self.members = members.map(Member.init) }

    /// Without those that are not known.
    var known: [String: JSONValue] {
      Dictionary(members.compactMap { member in member.value.map { (member.name, $0) } }) { $1 }
    }
  }

  package let noun: Noun
  package let style: Style
  package let value: HandoffValue
  package let pieces: [Piece]
  /// Members of the JSON form beside the texts.
  package let facts: Facts
  /// Bytes of the longest text.
  let longest: Int
  let hasLineFeeds: Bool

  init(
    _ noun: Noun, _ value: HandoffValue, style: Style = .listItem, facts: Facts = [:], _ pieces: [Piece]
  ) {
    self.noun = noun
    self.style = style
    self.value = value
    self.pieces = pieces.map(\.cleaned)
    self.facts = facts
    let texts = self.pieces.compactMap(\.data)
    longest = texts.map(\.text.utf8.count).max() ?? 0
    hasLineFeeds = texts.contains { Self.hasLineFeed($0.text) }
  }

  private static func hasLineFeed(_ text: String) -> Bool {
    let feed = UInt8(ascii: "\n")
    // Of a native string these are its bytes, among which a search is quick.
    return text.utf8.withContiguousStorageIfAvailable { $0.contains(feed) } ?? text.utf8.contains(feed)
  }

  /// The texts by their JSON member.
  var texts: [(member: String, text: String)] { pieces.compactMap(\.data) }
}

extension HandoffEntry.Piece {
  /// Nil for words of the document's own.
  fileprivate var data: (member: String, text: String)? {
    switch self {
    case .markup: nil
    case .prose(let member, let text), .code(let member, let text): (member, text)
    }
  }

  fileprivate var cleaned: Self {
    switch self {
    case .markup: self
    case .prose(let member, let text): .prose(member: member, Self.trimmed(PlainText.sanitize(text)))
    case .code(let member, let text): .code(member: member, PlainText.sanitize(text))
    }
  }

  /// Without blank lines at either end and white space at the end.
  private static func trimmed(_ text: String) -> String {
    let end = text.unicodeScalars.lastIndex { !$0.properties.isWhitespace }
    guard let end else { return "" }
    let kept = text.unicodeScalars[...end]
    guard let first = kept.firstIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    let start = kept[..<first].lastIndex(of: "\n").map { kept.index(after: $0) } ?? kept.startIndex
    return String(kept[start...])
  }
}
