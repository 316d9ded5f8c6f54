import Sessions

/// Values that several suites need.
enum Sample {
  static func writer(_ letter: Character) -> WriterID {
    WriterID(random: [UInt8](repeating: (letter.asciiValue ?? 0) & 31, count: 8))
  }

  static let session = SessionID(
    time: Timestamp(milliseconds: 1_795_253_400_250), random: [UInt8](repeating: 7, count: 10))

  static func time(_ seconds: Int) -> Timestamp {
    Timestamp(milliseconds: 1_795_253_400_000 + Int64(seconds) * 1000)
  }

  static func event(_ writer: Character, _ sequence: Int, at seconds: Int, _ fact: Fact) -> Event {
    Event(id: EventID(writer: Self.writer(writer), sequence: sequence), time: time(seconds), fact: fact)
  }

  static func id(_ writer: Character, _ sequence: Int) -> EventID {
    EventID(writer: Self.writer(writer), sequence: sequence)
  }

  static func run(_ name: String) -> AgentRun.ID {
    guard let run = AgentRun.ID(agent: "claude-code", run: name) else {
      preconditionFailure("'\(name)' is no run")
    }
    return run
  }

  static func measure(_ model: String?, _ tokens: Int = 1000) -> ContextMeasure {
    let measure = ContextMeasure(tokens: tokens, limit: 200_000, compactions: 1, model: model)
    guard let measure else { preconditionFailure("\(tokens) are no tokens") }
    return measure
  }

  static func segment(_ start: Int, _ end: Int, of generation: String? = nil) -> TranscriptSegment {
    let segment = TranscriptSegment(
      file: "transcripts/r1/\(start).jsonl", generation: generation, from: start, to: end, mark: "0a")
    guard let segment else { preconditionFailure("\(start)..<\(end) is no segment") }
    return segment
  }

  /// One of each kind, and of each shape that a kind has.
  static let facts: [Fact] =
    [
      .started(key: 12, objective: "Make it work \u{1f600}\n\"quoted\"", name: "make-it-work"),
      .objectiveSet("Another"), .nameSet("another"), .budgetSet(200_000), .nextStepSet("Write tests"),
      .phaseSet("Tests"), .phaseSet(""),
      .nextStepSet(""), .itemAdded(.decision, text: "Use git", because: "it is there"),
      .itemResolved(id("a", 3), because: "done"), .itemResolved(id("a", 3), because: nil),
      .itemReopened(id("a", 3)), .itemRemoved(id("a", 3)),
      .commitMade(id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", subject: "A commit", by: nil),
      .commitMade(id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", subject: "Its commit", by: run("r1")),
      .runStarted(run("r1"), source: "resume"), .runEnded(run("r1"), reason: nil),
      .runEnded(run("r1"), reason: "exit"), .contextMeasured(run("r1"), measure(nil)),
      .contextMeasured(run("r1"), measure("model-1")), .transcriptKept(run("r1"), segment(0, 100)),
      .transcriptKept(run("r1"), segment(0, 100, of: "0b")),
      .commitRewritten(
        old: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", new: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        isCopy: false),
      .commitRewritten(
        old: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", new: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        isCopy: true),
      .handoffKept(file: "handoff.md"), .writerReplaced(writer("b")), .deleted,
      .unknown(
        kind: "tests-run", .object(["passed": .integer(12), "nested": .array([.null, .bool(true)])])),
    ] + Item.Kind.allCases.map { .itemAdded($0, text: "An item", because: nil) }
    + Lifecycle.Change.allCases.map { .lifecycleChanged($0) }
}
