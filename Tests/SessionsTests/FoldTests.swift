import Sessions
import Testing

@Suite struct FoldSuite {
  private func fold(_ events: [StampedEvent]) -> SessionState {
    SessionState(id: Sample.session, folding: events)
  }

  private func stamped(_ clock: Int64, _ event: Event, position: Int = 0) -> StampedEvent {
    StampedEvent(clock: clock, position: position, event: event)
  }

  private let start = StampedEvent(
    clock: 1, position: 0,
    event: Sample.event("a", 1, at: 0, .started(key: 12, objective: "Make it work", name: "make-it-work")))

  @Test func theStart() {
    let state = fold([start])
    #expect(state.label == "SESSION-012")
    #expect(state.objective == "Make it work")
    #expect(state.name == "make-it-work")
    #expect(state.started == Sample.time(0))
    #expect(state.lifecycle == .active)
    #expect(fold([]).started == nil)
    let twice = fold([start, stamped(2, Sample.event("b", 1, at: 5, start.event.fact))])
    #expect(twice.started == Sample.time(0))
    #expect(twice.ineffective.map(\.reason) == ["the session had already started"])
  }

  @Test func theLastWriterWins() {
    let first = stamped(2, Sample.event("b", 1, at: 99, .objectiveSet("B's")))
    let second = stamped(2, Sample.event("a", 2, at: 1, .objectiveSet("A's")))
    #expect(
      fold([start, first, second]).objective == "B's", "the same clock: the writer decides, not the time")
    let third = stamped(3, Sample.event("a", 3, at: 0, .objectiveSet("A's later")))
    #expect(fold([third, first, start, second]).objective == "A's later")
    let here = stamped(4, Sample.event("a", 4, at: 0, .budgetSet(1)), position: 0)
    let there = stamped(4, Sample.event("a", 5, at: 0, .budgetSet(2)), position: 1)
    #expect(fold([there, here, start]).budget == 2)
    #expect(fold([start, stamped(5, Sample.event("a", 6, at: 0, .nextStepSet("")))]).nextStep == nil)
  }

  @Test func aCommitTakesThePlaceOfOthers() {
    func made(_ clock: Int64, _ id: String) -> StampedEvent {
      stamped(
        clock,
        Sample.event("a", Int(clock), at: 0, .commitMade(id: id, subject: "S" + id, by: Sample.run(id))))
    }
    func rewritten(_ clock: Int64, _ old: String, _ new: String, isCopy: Bool = false) -> StampedEvent {
      let fact = Fact.commitRewritten(old: old, new: new, isCopy: isCopy)
      return stamped(clock, Sample.event("b", Int(clock), at: 0, fact))
    }
    let two = [start, made(2, "1"), made(3, "2")]
    func ids(_ more: StampedEvent...) -> [String] { fold(two + more).commits.map(\.id) }
    #expect(ids(rewritten(4, "1", "3")) == ["3", "2"])
    #expect(ids(rewritten(4, "1", "3"), rewritten(5, "1", "3"), made(6, "3")) == ["3", "2"])
    #expect(ids(made(4, "3"), rewritten(5, "1", "3"), rewritten(6, "2", "3")) == ["3"], "squashed")
    #expect(ids(rewritten(4, "2", "3", isCopy: true)) == ["1", "2", "3"])
    #expect(ids(rewritten(4, "8", "9")) == ["1", "2"], "of another session")
    #expect(ids(rewritten(4, "1", "1"), rewritten(5, "1", "2"), rewritten(6, "2", "1")) == [])
    #expect(fold(two + [rewritten(4, "1", "3")]).commits.first?.subject == "S1")
    #expect(fold(two + [rewritten(4, "1", "1")]).ineffective.count == 1)
    #expect(fold(two + [rewritten(4, "8", "9")]).rewrites.count == 1)
  }

  @Test func itemsAreAddedResolvedReopenedAndRemoved() {
    let question = Sample.id("a", 2)
    let added = stamped(2, Sample.event("a", 2, at: 1, .itemAdded(.question, text: "Why?", because: nil)))
    let resolved = stamped(3, Sample.event("b", 1, at: 2, .itemResolved(question, because: "Because")))
    let reopened = stamped(4, Sample.event("a", 3, at: 3, .itemReopened(question)))
    let removed = stamped(5, Sample.event("b", 2, at: 4, .itemRemoved(question)))
    #expect(fold([start, added]).items[question]?.isOpen == true)
    let answered = fold([start, added, resolved]).items[question]
    #expect(answered?.resolution == "Because")
    #expect(answered?.resolved == Sample.time(2))
    #expect(fold([start, added, resolved, reopened]).items[question]?.isOpen == true)
    #expect(fold([start, added, resolved, reopened]).items[question]?.resolution == nil)
    #expect(fold([start, added, resolved, reopened, removed]).items.isEmpty)
    // A tombstone holds against what others did meanwhile.
    let late = stamped(6, Sample.event("a", 4, at: 5, .itemResolved(question, because: nil)))
    let state = fold([late, removed, added, start])
    #expect(state.items.isEmpty)
    #expect(state.ineffective.map(\.reason) == ["there is no item \(question)"])
  }

  @Test func itemsStandInTheOrderOfTheirEvents() {
    let events = (0..<6).map { index in
      // The second writer's clock on the wall is an hour slow.
      let writer: Character = index % 2 == 0 ? "a" : "b"
      return stamped(
        Int64(index + 2),
        Sample.event(
          writer, index + 2, at: index % 2 == 0 ? index : index - 3600,
          .itemAdded(.note, text: "\(index)", because: nil)))
    }
    #expect(fold([start] + events.reversed()).items(.note).map(\.text) == ["0", "1", "2", "3", "4", "5"])
  }

  @Test func shortNamesOfItems() {
    let note = Fact.itemAdded(.note, text: "x", because: nil)
    let state = fold([
      start, stamped(2, Sample.event("a", 2, at: 1, note)), stamped(3, Sample.event("a", 3, at: 1, note)),
      stamped(4, Sample.event("b", 3, at: 1, note)),
    ])
    #expect(state.shortName(of: Sample.id("a", 2)) == "2")
    #expect(state.shortName(of: Sample.id("a", 3)) == "3~1111")
    #expect(state.items(named: "3").map(\.id) == [Sample.id("a", 3), Sample.id("b", 3)])
    #expect(state.items(named: "3~2222").map(\.id) == [Sample.id("b", 3)])
    #expect(state.items(named: "11111111-2").map(\.id) == [Sample.id("a", 2)])
    #expect(state.items(named: "9").isEmpty)
  }

  @Test func activeTimeLeavesPausesOut() {
    func change(_ clock: Int64, at seconds: Int, _ change: Lifecycle.Change) -> StampedEvent {
      stamped(clock, Sample.event("a", Int(clock), at: seconds, .lifecycleChanged(change)))
    }
    let pause = change(2, at: 10, .pause)
    let resume = change(3, at: 100, .continue)
    let complete = change(4, at: 105, .complete)
    #expect(fold([start]).activeMilliseconds(now: Sample.time(4)) == 4000)
    #expect(fold([start, pause]).activeMilliseconds(now: Sample.time(90)) == 10_000)
    #expect(fold([start, pause, resume]).activeMilliseconds(now: Sample.time(101)) == 11_000)
    let ended = fold([start, pause, resume, complete])
    #expect(ended.activeMilliseconds(now: Sample.time(9999)) == 15_000)
    #expect(ended.ended == Sample.time(105))
    let reopened = fold([start, pause, resume, complete, change(5, at: 200, .reopen)])
    #expect(reopened.ended == nil)
    #expect(reopened.activeMilliseconds(now: Sample.time(201)) == 16_000)
    // A clock that is put back takes nothing away.
    let backwards = fold([start, pause, change(3, at: -500, .continue), change(4, at: -600, .pause)])
    #expect(backwards.activeMilliseconds(now: Sample.time(0)) == 10_000)
    #expect(fold([start]).activeMilliseconds(now: Sample.time(-5)) == 0)
  }

  @Test func forgedTimesDoNotOverflow() {
    let events = (0..<60_000).map { index in
      let time =
        index % 2 == 0 ? Timestamp.readable.upperBound : Timestamp.readable.lowerBound
      let fact = Fact.lifecycleChanged(index % 2 == 0 ? .pause : .continue)
      return stamped(2, Event(id: Sample.id("a", index + 2), time: time, fact: fact), position: index)
    }
    let state = fold([start] + events)
    #expect(state.activeMilliseconds(now: Timestamp.readable.upperBound) > 0)
  }

  @Test func whatIsNotAllowedIsListed() {
    let state = fold([
      start, stamped(2, Sample.event("a", 2, at: 1, .lifecycleChanged(.continue))),
      stamped(3, Sample.event("a", 3, at: 1, .itemReopened(Sample.id("a", 9)))),
      stamped(4, Sample.event("a", 4, at: 1, .unknown(kind: "tests-run", .object([:])))),
      stamped(5, Sample.event("a", 5, at: 1, .writerReplaced(Sample.writer("a")))),
    ])
    #expect(
      state.ineffective.map(\.reason) == [
        "a session that is active cannot continue", "there is no resolved item 11111111-9",
        "this version does not know events of the kind 'tests-run'", "a writer cannot replace itself",
      ])
    #expect(state.ineffective.map(\.event.id.sequence) == [2, 3, 4, 5])
  }

  @Test func aReplacedWriterCountsNoLonger() {
    let secret = stamped(2, Sample.event("b", 1, at: 1, .itemAdded(.note, text: "password", because: nil)))
    let tombstone = stamped(3, Sample.event("c", 1, at: 2, .writerReplaced(Sample.writer("b"))))
    let late = stamped(9, Sample.event("b", 2, at: 9, .objectiveSet("late")))
    let state = fold([start, secret, tombstone, late])
    #expect(state.items.isEmpty)
    #expect(state.objective == "Make it work")
    #expect(state.replaced == [Sample.writer("b")])
  }

  @Test func commitsAndDeletion() {
    let made = Fact.commitMade(
      id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", subject: "One", by: Sample.run("r1"))
    let state = fold([
      start, stamped(2, Sample.event("a", 2, at: 1, made)), stamped(3, Sample.event("b", 1, at: 2, made)),
    ])
    #expect(state.commits.map { $0.time } == [Sample.time(1)])
    #expect(state.commits.map { $0.by } == [Sample.run("r1")])
    #expect(!state.isDeleted)
    #expect(fold([start, stamped(2, Sample.event("a", 2, at: 1, .deleted))]).isDeleted)
  }

  @Test func aTranscriptIsKeptOnce() {
    func kept(_ clock: Int64, _ start: Int, _ end: Int) -> StampedEvent {
      stamped(
        clock,
        Sample.event("a", Int(clock), at: 0, .transcriptKept(Sample.run("r1"), Sample.segment(start, end))))
    }
    func ranges(_ events: StampedEvent...) -> [Range<Int>] {
      fold([start] + events).runs[Sample.run("r1")]?.segments.map(\.range) ?? []
    }
    #expect(ranges(kept(2, 0, 10), kept(3, 10, 20)) == [0..<10, 10..<20])
    // Two that have saved at once.
    #expect(
      ranges(kept(2, 0, 10), kept(3, 10, 20), kept(4, 20, 30), kept(5, 10, 20)) == [0..<10, 10..<20, 20..<30])
    // Another file in the place of the first one.
    #expect(ranges(kept(2, 0, 10), kept(3, 10, 20), kept(4, 0, 7)) == [0..<7])
    #expect(ranges(kept(2, 0, 10), kept(3, 10, 20), kept(4, 10, 25)) == [0..<10, 10..<25])
  }

  @Test func aFileTakesNothingFromWhatIsKeptOfAnother() {
    typealias Part = (generation: String?, start: Int, end: Int)
    func kept(_ parts: Part...) -> AgentRun? {
      let events = parts.enumerated().map { place, part in
        let segment = Sample.segment(part.start, part.end, of: part.generation)
        return stamped(
          Int64(place + 2),
          Sample.event("a", place + 2, at: 0, .transcriptKept(Sample.run("r1"), segment)))
      }
      return fold([start] + events).runs[Sample.run("r1")]
    }
    func told(_ segments: [TranscriptSegment]?) -> [String] {
      (segments ?? []).map { "\($0.generation ?? "-") \($0.range)" }
    }
    let two = kept(("g", 0, 10), ("h", 0, 7), ("g", 10, 20), (nil, 0, 5))
    #expect(told(two?.segments) == ["g 0..<10", "h 0..<7", "g 10..<20", "- 0..<5"])
    #expect(told(two?.ends) == ["- 0..<5", "g 10..<20", "h 0..<7"])
    // Two that have saved at once, of one file.
    #expect(told(kept(("g", 0, 10), ("g", 10, 15), ("g", 10, 20))?.segments) == ["g 0..<10", "g 10..<20"])
    #expect(told(kept(("g", 0, 10), ("g", 10, 20), ("g", 10, 15))?.segments) == ["g 0..<10", "g 10..<20"])
    #expect(told(kept(("g", 0, 10), ("g", 10, 20), ("g", 0, 10))?.segments) == ["g 0..<10", "g 10..<20"])
  }

  /// Somebody else's session may say anything.
  @Test func whatIsSaidOfTranscriptsHasABound() {
    func segment(_ start: Int, _ end: Int) -> TranscriptSegment? {
      TranscriptSegment(file: "f", generation: nil, from: start, to: end, mark: "m")
    }
    #expect(segment(0, 1 << 40) != nil)
    #expect(segment(0, 1 << 40 + 1) == nil && segment(0, .max) == nil && segment(-1, 1) == nil)
    let many = (1...30_000).map { number in
      stamped(
        Int64(number + 1),
        Sample.event(
          "a", number + 1, at: 0,
          .transcriptKept(Sample.run("r1"), Sample.segment(0, number, of: "g\(number)"))))
    }
    let run = fold([start] + many).runs[Sample.run("r1")]
    #expect(run?.segments.count == 30_000)
    #expect(run?.ends.map(\.range.upperBound) == (29_985...30_000).reversed())
  }
}
