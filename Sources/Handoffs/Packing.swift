import Sessions

extension Handoff {
  /// Budgets below this are treated as this: title, goal, state, next step and stamp may need it.
  package static let minimumBudget = 400

  /// The document that fits into `budget` tokens, as ``Tokens/estimate(_:)`` counts its Markdown.
  ///
  /// All that may be said is put into one order, most valuable first: entries at a moderate length, and later
  /// the rest of long texts. The longest beginning of that order that fits is kept, so a larger budget never
  /// loses what a smaller one had. Only a stamp whose branch or revision is longer than 40 bytes may exceed
  /// the least budget, because it is never cut.
  package func packed(into budget: Int, stamp: HandoffStamp) -> PackedHandoff {
    let budget = min(max(budget, Self.minimumBudget), 1_000_000_000)
    let tokens = Tokens.estimate(body + stamp.markdown)
    guard tokens > budget else {
      let whole = sections.map { section in
        KeptSection(section: section, entries: section.entries.map { .init(entry: $0, level: .whole) })
      }
      return PackedHandoff(header: header, title: title, sections: whole, omission: nil, stamp: stamp)
    }
    var packing = Packing(
      self, Omission(budget: budget, needed: tokens), fixed: (header + stamp.markdown).utf8.count)
    let (levels, omission) = packing.best(within: Self.bytes(for: budget))
    return PackedHandoff(
      header: header, title: title, sections: kept(levels), omission: omission, stamp: stamp)
  }

  /// The most bytes that `Tokens.estimate` counts as `budget` tokens: 3.5 for each.
  static func bytes(for budget: Int) -> Int { budget * 7 / 2 }

  /// The entries that have a level, in the order of the document.
  private func kept(_ levels: [DetailLevel?]) -> [KeptSection] {
    var levels = levels[...]
    return sections.compactMap { section in
      let entries = section.entries.compactMap { entry in
        levels.popFirst()?.map { KeptSection.Entry(entry: entry, level: $0) }
      }
      return entries.isEmpty ? nil : KeptSection(section: section, entries: entries)
    }
  }
}

/// What a packed document shows of a section.
struct KeptSection: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    let entry: HandoffEntry
    let level: DetailLevel
  }

  let section: HandoffSection
  let entries: [Entry]
}

/// The search for the most that fits. Sizes are bytes of UTF-8, which add up exactly.
private struct Packing {
  /// A step towards the whole document: an entry appears, or shows more of its texts.
  private struct Step: Sendable {
    let index: Int
    let level: DetailLevel
    let value: Int
  }

  private let entries: [HandoffEntry]
  /// For each entry its section; for each section the bytes of its heading.
  private let sectionOf: [Int]
  private let headings: [Int]
  private var steps: [Step] = []
  private var levels: [DetailLevel?]
  private var sizes: [Int]
  private var total: Int
  private var omission: Omission
  private var shownIn: [Int]

  init(_ handoff: Handoff, _ omission: Omission, fixed: Int) {
    entries = handoff.sections.flatMap(\.entries)
    sectionOf = handoff.sections.enumerated().flatMap { index, section in section.entries.map { _ in index } }
    headings = handoff.sections.map(\.heading.utf8.count)
    levels = entries.map { _ in nil }
    sizes = entries.map { _ in 0 }
    shownIn = headings.map { _ in 0 }
    total = fixed
    self.omission = omission
    for entry in entries { self.omission.add(entry.noun) }
    for (index, entry) in entries.enumerated() {
      if entry.value.isPinned { take(Step(index: index, level: .tiny, value: 0)) }
      steps += Self.steps(index, entry)
    }
    steps.sort { ($1.value, $0.index, $0.level.rawValue) < ($0.value, $1.index, $1.level.rawValue) }
  }

  /// The steps of an entry until its longest text shows whole, each worth less than the one before.
  private static func steps(_ index: Int, _ entry: HandoffEntry) -> [Step] {
    let first: DetailLevel = entry.value.isPinned ? .brief : .paragraph
    var steps: [Step] = []
    var reached = entry.value.isPinned ? DetailLevel.tiny : nil
    for level in DetailLevel.allCases where level >= first {
      if let reached, entry.isWhole(at: reached) { break }
      steps.append(Step(index: index, level: level, value: value(of: level, entry)))
      reached = level
    }
    return steps
  }

  private static func value(of level: DetailLevel, _ entry: HandoffEntry) -> Int {
    switch level {
    // Pinned entries grow to a paragraph before anything else appears.
    case .tiny, .brief, .line: 10_000 - level.rawValue
    case .paragraph: entry.value.isPinned ? 10_000 - level.rawValue : entry.value.points
    case .page: entry.value.points - 200
    // More than a page comes last, the shortest first, so that one huge text keeps out nothing else.
    case .whole: -1_000_000_000 - entry.longest
    }
  }

  private mutating func take(_ step: Step) {
    let entry = entries[step.index]
    let section = sectionOf[step.index]
    if let level = levels[step.index] {
      if !entry.isWhole(at: level) { omission.cutTexts -= 1 }
    } else {
      omission.remove(entry.noun)
      if shownIn[section] == 0 { total += headings[section] }
      shownIn[section] += 1
    }
    if !entry.isWhole(at: step.level) { omission.cutTexts += 1 }
    let size = entry.markdown(at: step.level).utf8.count
    total += size - sizes[step.index]
    sizes[step.index] = size
    levels[step.index] = step.level
  }

  /// The levels after the longest run of steps that fits together with the sentence on what is left out.
  /// Where room is short, that sentence gives up its list in favour of the most valuable entries.
  mutating func best(within limit: Int) -> (levels: [DetailLevel?], omission: Omission) {
    var best = (levels, omission)
    best.1.isBrief = true
    for step in steps {
      take(step)
      if total > limit { break }
      for isBrief in step.value > HandoffValue.omissionList.points ? [false, true] : [false] {
        omission.isBrief = isBrief
        guard total + omission.markdown.utf8.count <= limit else { continue }
        best = (levels, omission)
        break
      }
    }
    return best
  }
}

extension HandoffEntry {
  fileprivate func isWhole(at level: DetailLevel) -> Bool {
    longest <= level.limit && !(level.isOneLine && hasLineFeeds)
  }
}
