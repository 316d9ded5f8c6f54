import Sessions

/// How much of long texts an entry shows.
enum DetailLevel: Int, CaseIterable, Comparable {
  case tiny, brief, line, paragraph, page, whole

  /// Bytes of each text.
  var limit: Int {
    switch self {
    case .tiny: 32
    case .brief: 80
    case .line: 160
    case .paragraph: 400
    case .page: 2000
    case .whole: .max
    }
  }

  /// Short forms are one line, whatever the text.
  var isOneLine: Bool { self < .paragraph }

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  func shown(_ text: String) -> String {
    // Folding white space only shortens, so four times the limit is enough to fold of a huge text.
    guard isOneLine else { return cut(text, toBytes: limit) }
    let folded = PlainText.line(cut(text, toBytes: 4 * limit))
    return cut(folded, toBytes: limit)
  }
}

extension HandoffEntry {
  /// The entry with the line feed at its end.
  func markdown(at level: DetailLevel) -> String {
    let (first, rest) =
      switch style {
      case .quote: ("> ", "> ")
      case .paragraph: ("", "")
      case .listItem: ("- ", "  ")
      }
    var output = first
    var startsLine = true
    for piece in pieces {
      switch piece {
      case .markup(let text):
        output += startsLine ? String(text.drop { $0 == " " }) : text
        startsLine = false
      case .code(_, let text):
        output += Markdown.code(level.shown(text))
        startsLine = false
      case .prose(_, let text):
        let shown = level.shown(text)
        let hasLineFeeds = shown.utf8.contains(UInt8(ascii: "\n"))
        if hasLineFeeds {
          while output.last == " " && !startsLine { output.removeLast() }
          let block = Markdown.fenced(shown, prefix: rest)
          output += (startsLine ? String(block.dropFirst(rest.count)) : "\n" + block) + rest
        } else if style == .quote {
          output += Markdown.prose(shown, startsLine: true)
        } else {
          output += "“\(Markdown.prose(shown))”"
        }
        startsLine = hasLineFeeds
      }
    }
    if startsLine { output.removeLast(rest.count + 1) }
    return output + "\n"
  }

  func json(at level: DetailLevel) -> JSONValue {
    let texts = texts.map { ($0.member, JSONValue.string(level.shown($0.text))) }
    return .object(facts.known.merging(texts) { $1 })
  }
}
