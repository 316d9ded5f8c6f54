import Sessions
import TestSupport
import Testing

/// What holds for any set of events.
@Suite struct FoldPropertySuite {
  private func fold(_ events: [StampedEvent]) -> SessionState {
    SessionState(id: Sample.session, folding: events)
  }

  @Test func anyOrderOfAFewEventsGivesTheSameState() {
    var random = Random(5)
    for _ in 0..<12 {
      let events = Self.events(6, &random)
      let expected = fold(events)
      for order in Self.permutations(events) { #expect(fold(order) == expected) }
    }
  }

  @Test func anyOrderOfManyEventsGivesTheSameStateAndRepeatsChangeNothing() {
    var random = Random(6)
    for _ in 0..<60 {
      let events = Self.events(random.number(7...80), &random)
      let expected = fold(events)
      for _ in 0..<3 {
        #expect(fold(events.shuffled(using: &random)) == expected)
        let repeated = events + events.filter { _ in random.once(in: 3) }
        #expect(fold(repeated.shuffled(using: &random)) == expected)
      }
    }
  }

  /// A forger can give one id to several events, and one place to several; the result is still one.
  @Test func forgedIdentitiesAreSettledInOneWay() {
    var random = Random(7)
    for _ in 0..<60 {
      var events = Self.events(10, &random)
      for event in events where random.once(in: 2) {
        let twin = Event(id: event.event.id, time: Sample.time(1), fact: Self.fact(&random))
        events.append(StampedEvent(clock: event.clock, position: event.position, event: twin))
      }
      let expected = fold(events)
      for _ in 0..<5 { #expect(fold(events.shuffled(using: &random)) == expected) }
    }
  }

  @Test func everyEventHasAnEffectOrIsListed() {
    var random = Random(8)
    for _ in 0..<300 {
      let events = Self.events(random.number(1...40), &random).sorted(by: StampedEvent.precedes)
      var state = SessionState(id: Sample.session)
      for stamped in events {
        let before = state
        state.step(stamped.event)
        if state.ineffective.count > before.ineffective.count {
          #expect(state.ineffective.last?.event == stamped.event)
          #expect(Self.visible(state) == Self.visible(before))
        }
      }
    }
  }

  /// What an event without effect must leave alone.
  private static func visible(_ state: SessionState) -> [String] {
    [
      state.objective, state.nextStep ?? "", "\(state.budget ?? 0)", state.lifecycle.rawValue,
      "\(state.items.values.sorted { $0.id < $1.id })", "\(state.commits)",
      "\(state.runsInOrder)", "\(state.phases)",
      "\(state.activeMilliseconds(now: Sample.time(60)))",
    ]
  }

  @Test(.timeLimit(.minutes(1))) func hundredThousandEventsAreFoldedInNoTime() {
    let events = (1...100_000).map { index in
      let fact: Fact =
        index % 2 == 0
        ? .commitMade(id: String(index), subject: "s", by: nil) : .itemAdded(.note, text: "x", because: nil)
      return StampedEvent(clock: Int64(index), position: 0, event: Sample.event("a", index, at: index, fact))
    }
    let state = fold(events)
    #expect(state.commits.count == 50_000)
    #expect(state.items.count == 50_000)
  }

  /// Three writers who know of each other now and then.
  private static func events(_ count: Int, _ random: inout Random) -> [StampedEvent] {
    let writers: [Character] = ["a", "b", "c"]
    var sequences: [Character: Int] = [:]
    var events = [
      StampedEvent(
        clock: 1, position: 0,
        event: Sample.event("a", 1, at: 0, .started(key: 1, objective: "o", name: "n")))
    ]
    sequences["a"] = 1
    for _ in 1..<max(2, count) {
      let writer = random.pick(writers)
      let sequence = (sequences[writer] ?? 0) + 1
      sequences[writer] = sequence
      let event = Sample.event(writer, sequence, at: random.number(-50...50), fact(&random))
      events.append(
        StampedEvent(clock: Int64(random.number(2...9)), position: random.number(0...3), event: event))
    }
    return events
  }

  private static func fact(_ random: inout Random) -> Fact {
    let target = Sample.id(random.pick(["a", "b", "c"]), random.number(1...6))
    let run = Sample.run(random.pick(["r1", "r2"]))
    switch random.number(0...15) {
    case 0: return .objectiveSet("o\(random.number(0...3))")
    case 1:
      return random.once(in: 2)
        ? .nextStepSet(random.once(in: 2) ? "" : "n") : .phaseSet(random.pick(["p", "q", ""]))
    case 2: return .budgetSet(random.number(1...5))
    case 3, 4: return .lifecycleChanged(random.pick(Lifecycle.Change.allCases))
    case 5, 6: return .itemAdded(random.pick(Item.Kind.allCases), text: "t", because: nil)
    case 7: return .itemResolved(target, because: random.once(in: 2) ? "b" : nil)
    case 8: return .itemReopened(target)
    case 9: return .itemRemoved(target)
    case 10:
      return .commitMade(id: "c\(random.number(0...2))", subject: "s", by: random.once(in: 2) ? nil : run)
    case 11: return .runStarted(run, source: random.pick(["startup", "resume"]))
    case 12: return .runEnded(run, reason: random.once(in: 2) ? "exit" : nil)
    case 13:
      return ContextMeasure(tokens: random.number(0...3), limit: 9, compactions: 0, model: nil).map {
        .contextMeasured(run, $0)
      } ?? .deleted
    case 14:
      let start = random.number(0...3)
      return TranscriptSegment(
        file: "t/\(start)", generation: random.pick([nil, "g", "h"]), from: start,
        to: start + random.number(1...2), mark: "m"
      ).map { .transcriptKept(run, $0) } ?? .deleted
    default:
      return random.once(in: 6) ? .writerReplaced(target.writer) : .unknown(kind: "later", .object([:]))
    }
  }

  /// All of them: the first element in each place of each permutation of the rest.
  private static func permutations(_ events: [StampedEvent]) -> [[StampedEvent]] {
    guard let first = events.first else { return [[]] }
    return permutations(Array(events.dropFirst())).flatMap { rest in
      (0...rest.count).map { place in
        Array(rest[..<place]) + [first] + Array(rest[place...])
      }
    }
  }
}
