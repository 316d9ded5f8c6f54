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

  /// One of each kind, and of each shape that a kind has.
  static let facts: [Fact] =
    [
      .started(key: 12, objective: "Make it work \u{1f600}\n\"quoted\"", name: "make-it-work"),
      .objectiveSet("Another"), .nameSet("another"), .budgetSet(200_000), .nextStepSet("Write tests"),
      .nextStepSet(""), .itemAdded(.decision, text: "Use git", because: "it is there"),
      .itemResolved(id("a", 3), because: "done"), .itemResolved(id("a", 3), because: nil),
      .itemReopened(id("a", 3)), .itemRemoved(id("a", 3)),
      .commitMade(id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", subject: "A commit"),
      .commitRewritten(
        old: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", new: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        isCopy: false),
      .commitRewritten(
        old: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", new: "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        isCopy: true),
      .writerReplaced(writer("b")), .deleted,
      .unknown(
        kind: "tests-run", .object(["passed": .integer(12), "nested": .array([.null, .bool(true)])])),
    ] + Item.Kind.allCases.map { .itemAdded($0, text: "An item", because: nil) }
    + Lifecycle.Change.allCases.map { .lifecycleChanged($0) }
}
