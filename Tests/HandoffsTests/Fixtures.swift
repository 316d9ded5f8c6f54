import Handoffs
import Sessions
import Testing

/// A session built from facts, as the fold would build it.
struct SessionFixture {
  private(set) var state: SessionState
  private let writer: WriterID
  private var sequence = 0

  init() throws {
    state = SessionState(id: try #require(SessionID("01k3zq7m2rwx5e8fgh9jkmnpqr")))
    writer = try #require(WriterID("k3f2abcd"))
  }

  /// Applies one fact; every event comes five minutes after the one before.
  @discardableResult
  mutating func add(_ fact: Fact) -> EventID {
    sequence += 1
    let id = EventID(writer: writer, sequence: sequence)
    state.step(Event(id: id, time: Fixture.time(minutes: 5 * sequence), fact: fact))
    return id
  }
}

/// Facts that the tests share.
enum Fixture {
  /// Minutes after 2026-11-21 09:25 UTC.
  static func time(minutes: Int) -> Timestamp {
    Timestamp(milliseconds: 1_795_253_100_000 + Int64(minutes) * 60_000)
  }

  /// 40 hexadecimal digits that tell `number`.
  static func id(_ number: Int) -> String {
    let digits = String(UInt64(number) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63, radix: 16)
    return String((digits + digits + digits).prefix(40))
  }

  static func checkpoint(_ number: Int, message: String? = nil) -> HandoffSource.SavedCheckpoint {
    HandoffSource.SavedCheckpoint(
      id: id(100 + number), name: "c\(number)",
      checkpoint: Checkpoint(
        number: number, trigger: .manual, time: time(minutes: 60 + number), message: message,
        branch: "refs/heads/faster-numbers", changes: ChangeCount(files: 3, insertions: 41, deletions: 7)))
  }

  static func stamp(for source: HandoffSource) -> HandoffStamp {
    HandoffStamp(
      session: source.session?.id.description, since: source.since, head: source.head, branch: source.branch,
      checkpoint: source.checkpoint?.id, content: id(7))
  }

  /// A session in which everything happened that a handoff tells.
  static func rich() throws -> HandoffSource {
    var source = HandoffSource()
    source.session = try richSession()
    source.head = id(3)
    source.branch = "faster-numbers"
    source.checkpoint = checkpoint(4, message: "Scanner passes all but two tests")
    var other = checkpoint(3, message: "The same, with a table instead of a switch")
    other.name = "c3~wxyz"
    source.otherHeads = [other]
    source.commits = [
      .init(id: id(1), subject: "Measure how long numbers take"),
      .init(id: id(2), subject: "Scan digits without `String`"),
      .init(id: id(3), subject: "Reject leading zeros, as RFC 8259 §6 says"),
    ]
    let scanner = HandoffSource.FileChange(
      path: "Sources/Parser/NumberScanner.swift", kind: .modified, insertions: 84, deletions: 31,
      functions: [
        "struct NumberScanner", "mutating func scanDigits() -> Int?", "func exponent(_ bytes: [UInt8])",
      ])
    let tests = HandoffSource.FileChange(
      path: "Tests/ParserTests/NumberTests.swift", kind: .modified, insertions: 40, deletions: 2,
      functions: ["@Test func exponents()"])
    let image = HandoffSource.FileChange(
      path: "share/doc/timing.png", kind: .added, insertions: nil, deletions: nil)
    let table = HandoffSource.FileChange(
      path: "Notes on numbers.md", kind: .added, insertions: 12, deletions: 0)
    source.staged = [scanner]
    source.unstaged = [tests]
    source.untracked = [table, image]
    source.changed = [
      table, scanner,
      .init(path: "Sources/Parser/Value.swift", kind: .modified, insertions: 9, deletions: 9), tests, image,
    ]
    source.timesTouched = [
      "Sources/Parser/NumberScanner.swift": 4, "Tests/ParserTests/NumberTests.swift": 2,
      "Sources/Parser/Value.swift": 1,
    ]
    source.leftOut = [
      LeftOut(path: "trace.bin", reason: .tooLarge, size: 73_400_320),
      LeftOut(path: ".env", reason: .neverSave),
    ]
    source.operation = OperationInProgress(kind: .rebase, heads: [id(9)])
    source.hasUnsavedWork = true
    source.tree = id(55)
    return source
  }

  private static func richSession() throws -> SessionState {
    var session = try SessionFixture()
    session.add(
      .started(key: 12, objective: "Parse numbers twice as fast, without Foundation", name: "faster-numbers"))
    session.add(.budgetSet(200_000))
    session.add(
      .itemAdded(
        .decision, text: "Scan bytes in NumberScanner.swift; keep `Value` as it is.",
        because: "callers outside this package use `Value`"))
    session.add(
      .itemAdded(
        .decision,
        text: "Do not touch the exponent table:\n\n    let powers = [1e0, 1e1, 1e2]\n\nIt is generated.",
        because: nil))
    let old = session.add(.itemAdded(.decision, text: "Use strtod", because: "it is there"))
    session.add(.itemResolved(old, because: "it reads the locale"))
    session.add(.itemAdded(.blocker, text: "The benchmark machine is down until Monday", because: nil))
    session.add(.itemAdded(.question, text: "Should 1e400 be an error or infinity?", because: nil))
    let asked = session.add(.itemAdded(.question, text: "Do we accept a leading plus sign?", because: nil))
    session.add(.itemResolved(asked, because: "no, the standard forbids it"))
    session.add(
      .itemAdded(.note, text: "Two tests of rounding fail: see https://example.com/rounding", because: nil))
    session.add(.nextStepSet("Make exponents() pass, then measure again"))
    return session.state
  }
}
