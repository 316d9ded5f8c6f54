import TestSupport
import Testing

@testable import Sessions

/// Going on with a fold, against folding all again.
@Suite struct SessionFoldSuite {
  /// Facts about few things, by writers of whom none knows how far the others are.
  private static func fact(_ step: Int, _ random: inout Random) -> Fact {
    let item = Sample.id(random.pick(["a", "b", "c"]), random.number(1...12))
    let commits = (0..<6).map { String(repeating: "\($0)", count: 40) }
    let facts: [Fact] = [
      .started(key: step + 1, objective: "objective \(step)", name: "name"), .objectiveSet("\(step)"),
      .itemAdded(random.pick(Item.Kind.allCases), text: "\(step)", because: random.once(in: 2) ? "so" : nil),
      .itemAdded(.note, text: "\(step)", because: nil), .itemResolved(item, because: "\(step)"),
      .itemReopened(item), .itemRemoved(item), .lifecycleChanged(random.pick(Lifecycle.Change.allCases)),
      .commitMade(id: random.pick(commits), subject: "\(step)"), .budgetSet(step + 1),
      .nextStepSet("\(step)"),
      .commitRewritten(
        old: random.pick(commits), new: random.pick(commits), isCopy: random.once(in: 2)),
      .unknown(kind: "later", .object(["x": .integer(Int64(step))])),
    ]
    if random.once(in: 60) { return .writerReplaced(Sample.writer(random.pick(["a", "b", "c"]))) }
    return random.once(in: 80) ? .deleted : random.pick(facts)
  }

  private static func events(_ random: inout Random) -> [StampedEvent] {
    var sequences: [Character: Int] = [:]
    var clock: Int64 = 0
    return (0..<random.number(1...60)).map { step in
      let writer = random.pick(["a", "b", "c"] as [Character])
      // Writers that do not know of each other give equal clocks.
      clock += random.once(in: 3) ? 0 : 1
      sequences[writer, default: 0] += 1
      // Some forge the id of an event that was there.
      let sequence = random.once(in: 40) ? 1 : sequences[writer, default: 1]
      return StampedEvent(
        clock: clock, position: step, event: Sample.event(writer, sequence, at: step, fact(step, &random)))
    }
  }

  @Test func goingOnGivesTheSame() throws {
    var random = Random(11)
    var hasContinued = 0
    for _ in 0..<400 {
      let events = Self.events(&random)
      let clocks = Set(events.map(\.clock)).sorted()
      let cut = random.pick(clocks)
      let (before, after) = (events.filter { $0.clock <= cut }, events.filter { $0.clock > cut })
      let whole = SessionFold(id: Sample.session, folding: events)
      let part = try Self.storedAndRead(SessionFold(id: Sample.session, folding: before))
      guard let next = part.continued(with: after.shuffled(using: &random)) else { continue }
      hasContinued += 1
      #expect(next == whole)
      #expect(try Self.storedAndRead(next) == whole)
    }
    #expect(hasContinued > 200)
  }

  @Test func whatConcernsTheEventsBeforeIsNotAddedToThem() {
    let first = StampedEvent(clock: 1, position: 0, event: Sample.event("a", 1, at: 1, .objectiveSet("x")))
    let fold = SessionFold(id: Sample.session, folding: [first])
    func next(_ event: Event) -> SessionFold? {
      fold.continued(with: [StampedEvent(clock: 2, position: 0, event: event)])
    }
    #expect(next(Sample.event("a", 2, at: 2, .objectiveSet("y")))?.state.objective == "y")
    #expect(next(Sample.event("a", 1, at: 2, .objectiveSet("y"))) == nil)
    #expect(next(Sample.event("b", 1, at: 2, .writerReplaced(Sample.writer("a")))) == nil)
  }

  @Test func bytesThatAreCutOffAreRefused() throws {
    var random = Random(12)
    let fold = SessionFold(id: Sample.session, folding: Self.events(&random))
    var writer = ByteWriter()
    fold.encode(to: &writer)
    for count in 0..<writer.bytes.count {
      var reader = ByteReader(writer.bytes[..<count])
      #expect(throws: ByteReader.Malformed.self) { try SessionFold(from: &reader) }
    }
  }

  /// Whoever changes what events mean has to raise ``SessionFold/format``, and then this.
  @Test func whatIsKeptIsThatOfThisFormat() {
    let events = Sample.facts.enumerated().map { step, fact in
      StampedEvent(
        clock: Int64(step), position: 0, event: Sample.event("a", step + 1, at: step, fact))
    }
    var writer = ByteWriter()
    SessionFold(id: Sample.session, folding: events).encode(to: &writer)
    // The order of sets differs from run to run, the sum does not.
    let sum = writer.bytes.reduce(0) { $0 + Int($1) }
    #expect([SessionFold.format, writer.bytes.count, sum] == [4, 2485, 127_010])
  }

  private static func storedAndRead(_ fold: SessionFold) throws -> SessionFold {
    var writer = ByteWriter()
    fold.encode(to: &writer)
    var reader = ByteReader(writer.bytes[...])
    let read = try SessionFold(from: &reader)
    #expect(reader.isAtEnd)
    return read
  }
}
