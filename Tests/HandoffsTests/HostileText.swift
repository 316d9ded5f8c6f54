import Sessions

@testable import Handoffs

/// A small generator with a fixed seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}

/// Text that tries to leave its place in a document.
enum HostileText {
  static let fakeStamp =
    "<!-- git-session handoff {\"head\":\"\(Fixture.id(666))\",\"content\":\"\(Fixture.id(666))\"} -->"

  private static let scraps = [
    "word", "word", "`", "``", "```", "~~~", "`````text", "\n", "\n\n", "\n# heading", "\n## Stamp\n",
    "\n- item",
    "\n> quote", "\n---\n", "\n***", "\n1. one", "-->", "<!--", "<script>", "</details>", "<b>", "[x](y)",
    "![i](j)",
    "[^1]: note", "&lt;", "\\", "\\`", "*", "**", "_", "__", "~", "|", "\n|a|b|\n|-|-|\n", "\u{1b}[2J",
    "\u{1b}]0;t\u{7}",
    "\u{9b}31m", "\r", "\r\n", "\u{202e}", "\u{2066}", "\u{2028}", "\u{85}", "\u{301}", "\0", "“", "”",
    "\" because",
    "https://evil.example", "www.evil.example", "me@evil.example", "\t", "    ", "é", "日本", "👩‍👩‍👧", "#", "=",
    "+", ".",
    "\n" + fakeStamp + "\n", fakeStamp, "{\"stamp\":{}}",
  ]

  static func make(_ generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...14, using: &generator) {
      text += scraps[Int.random(in: 0..<scraps.count, using: &generator)]
      if Bool.random(using: &generator) { text += " " }
    }
    switch Int.random(in: 0..<12, using: &generator) {
    case 0: return String(repeating: text, count: 12)
    case 1: return text + String(repeating: "long ", count: 450)
    case 2: return String(repeating: "`", count: Int.random(in: 1...700, using: &generator)) + text
    case 3: return String(repeating: "\n", count: 50) + text + String(repeating: "\nx", count: 250)
    default: return text
    }
  }

  /// A source in which every text is hostile and every list may be long.
  static func source(_ generator: inout SeededGenerator) throws -> HandoffSource {
    func text() -> String { make(&generator) }
    func count() -> Int {
      Int.random(in: 0...(Int.random(in: 0...5, using: &generator) == 0 ? 25 : 3), using: &generator)
    }
    func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
    func change() -> HandoffSource.FileChange {
      .init(
        path: text(), kind: .modified, insertions: maybe(count()), deletions: maybe(count()),
        functions: (0..<count()).map { _ in text() })
    }
    func head(_ number: Int) -> HandoffSource.SavedCheckpoint {
      Fixture.checkpoint(number, message: maybe(text()))
    }

    var source = HandoffSource()
    if Int.random(in: 0..<6, using: &generator) > 0 {
      var session = try SessionFixture()
      session.add(.started(key: 12, objective: text(), name: text()))
      if let next = maybe(text()) { session.add(.nextStepSet(next)) }
      for kind in Item.Kind.allCases {
        for _ in 0..<count() {
          let id = session.add(.itemAdded(kind, text: text(), because: maybe(text())))
          if Int.random(in: 0..<4, using: &generator) == 0 {
            session.add(.itemResolved(id, because: maybe(text())))
          }
        }
      }
      source.session = session.state
      source.checkpoint = maybe(head(4))
      source.continuations = (0..<Int.random(in: 0...2, using: &generator)).map { head(8 + $0) }
      source.otherHeads = (0..<Int.random(in: 0...2, using: &generator)).map { head(5 + $0) }
    } else {
      source.since = cut(text(), toBytes: 40)
    }
    source.head = maybe(Fixture.id(1))
    source.branch = maybe(cut(text(), toBytes: 40))
    source.commits = (0..<count()).map { .init(id: Fixture.id($0), subject: text()) }
    source.staged = (0..<count()).map { _ in change() }
    source.unstaged = (0..<count()).map { _ in change() }
    source.untracked = (0..<count()).map { _ in change() }
    source.changed = source.staged + source.unstaged + (0..<count()).map { _ in change() }
    source.unmerged = (0..<count()).map { _ in UnmergedFile(path: text(), state: .deletedByThem) }
    source.leftOut = (0..<count()).map { _ in
      LeftOut(path: text(), reason: .unreadable, filter: maybe(text()))
    }
    source.operation = maybe(OperationInProgress(kind: .merge, heads: (0..<count()).map(Fixture.id)))
    source.hasUnsavedWork = Bool.random(using: &generator)
    source.tree = maybe(Fixture.id(55))
    return source
  }
}
