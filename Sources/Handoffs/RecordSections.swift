import Sessions

/// What the session's people and agents recorded: goal, next step, open items, decisions, notes.
extension HandoffSection {
  static func goal(_ session: SessionState) -> HandoffSection {
    let entry = HandoffEntry(
      .init("goal"), .pinned, style: .quote, [.prose(member: "text", session.objective)])
    return HandoffSection(
      name: "goal", title: "Goal", entries: session.objective.allSatisfy(\.isWhitespace) ? [] : [entry])
  }

  static func next(_ session: SessionState) -> HandoffSection {
    let noun = HandoffEntry.Noun("next step")
    let entry =
      session.nextStep.map {
        HandoffEntry(noun, .pinned, style: .quote, [.prose(member: "text", $0)])
      } ?? HandoffEntry(noun, .pinned, style: .paragraph, [.markup("None recorded.")])
    return HandoffSection(name: "next", title: "Next step", entries: [entry])
  }

  static func open(_ session: SessionState) -> HandoffSection {
    let blockers = session.items(.blocker).filter(\.isOpen)
    let questions = session.items(.question).filter(\.isOpen)
    return HandoffSection(
      name: "open", title: "Open questions and blockers",
      entries: blockers.enumerated().map { item($1, of: session, .blocker($0)) }
        + questions.enumerated().map { item($1, of: session, .question($0)) })
  }

  /// Standing decisions, newest valued most; then what was decided otherwise later or answered.
  static func decisions(_ session: SessionState) -> HandoffSection {
    let standing = session.items(.decision).filter(\.isOpen)
    let settled = (session.items(.decision) + session.items(.blocker) + session.items(.question))
      .filter { !$0.isOpen && ($0.kind == .decision || $0.resolution != nil) }
      .sorted { ($0.added, $0.id) < ($1.added, $1.id) }
    return HandoffSection(
      name: "decisions", title: "Decisions",
      entries: standing.enumerated().map { item($1, of: session, .decision(standing.count - 1 - $0)) }
        + settled.enumerated().map { item($1, of: session, .settled(settled.count - 1 - $0)) })
  }

  static func notes(_ session: SessionState) -> HandoffSection {
    let notes = session.items(.note).filter(\.isOpen)
    return HandoffSection(
      name: "notes", title: "Notes",
      entries: notes.enumerated().map { item($1, of: session, .note(notes.count - 1 - $0)) })
  }

  /// An item with the number that `--resolve` takes. In sections that hold several kinds the kind stands
  /// before.
  private static func item(_ item: Item, of session: SessionState, _ value: HandoffValue) -> HandoffEntry {
    let name = session.shortName(of: item.id)
    let isPlain = item.kind == .note || (item.kind == .decision && item.isOpen)
    let kind = item.kind.rawValue
    var pieces: [HandoffEntry.Piece] = [
      .markup(isPlain ? "`\(name)` " : "\(kind.prefix(1).uppercased())\(kind.dropFirst()) `\(name)`: "),
      .prose(member: "text", item.text),
    ]
    if let because = item.because { pieces += [.markup(" because "), .prose(member: "because", because)] }
    if !item.isOpen {
      pieces.append(.markup(item.kind == .decision ? " — no longer stands" : " — settled"))
      if let resolution = item.resolution {
        pieces += [.markup(": "), .prose(member: "resolution", resolution)]
      }
    }
    let noun = item.isOpen ? HandoffEntry.Noun(kind) : HandoffEntry.Noun("settled \(kind)")
    return HandoffEntry(
      noun, value,
      facts: [
        "kind": .string(kind), "item": .string(name), "added": .string(item.added.description),
        "resolved": item.resolved.map { .string($0.description) },
      ],
      pieces)
  }
}
