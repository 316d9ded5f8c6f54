import Git
import Sessions
import Storage
import TestSupport
import Testing

/// Work trees that write to one session without knowing of each other all the time.
@Suite struct SeveralWritersSuite {
  /// A history made at random: writers a to d continue, branch off and take each other in.
  private static func laboratory(_ seed: Int) throws -> Laboratory {
    var random = Random(seed)
    let lab = try Laboratory()
    try lab.begin()
    let writers: [Character] = ["a", "b", "c", "d"]
    for step in 0..<random.number(8...16) {
      let history = try lab.history()
      let writer = random.pick(writers)
      let own = history.last(of: Laboratory.writer(writer))
      let start = own?.id ?? random.pick(history.commits).id
      if random.once(in: 3) {
        try lab.checkpoint("\(step)", as: writer, after: start)
      } else {
        let others = history.heads.map(\.id).filter { $0 != own?.id && $0 != start }
        let merged = random.once(in: 3) ? others : []
        try lab.append([fact(step, history, &random)], as: writer, after: start, merged: merged)
      }
    }
    return lab
  }

  private static func fact(_ step: Int, _ history: SessionHistory, _ random: inout Random) -> Fact {
    let items = history.state.items.keys.sorted()
    if !items.isEmpty, random.once(in: 3) { return .itemResolved(random.pick(items), because: "\(step)") }
    if random.once(in: 4) { return .lifecycleChanged(random.pick(Lifecycle.Change.allCases)) }
    return random.once(in: 4) ? .objectiveSet("objective \(step)") : .note("note \(step)")
  }

  @Test(arguments: 1...6) func anyOrderOfTipsGivesTheSame(seed: Int) throws {
    let lab = try Self.laboratory(seed)
    let tips = try lab.repository.tips(of: lab.session)
    let expected = try lab.history()
    #expect(expected.foreign.isEmpty)
    #expect(expected.isComplete)
    var random = Random(seed)
    for _ in 0..<5 {
      let history = try SessionHistory(
        lab.session, tips: tips.shuffled(using: &random), from: try lab.scratch.open())
      #expect(history.commits == expected.commits)
      #expect(history.state == expected.state)
      #expect(history.heads == expected.heads)
      #expect(history.commits.map(history.name) == expected.commits.map(expected.name))
    }
    // Every commit stands after those that it descends from.
    var seen: Set<ObjectID> = []
    for commit in expected.commits {
      #expect(seen.isSuperset(of: commit.chainParents))
      seen.insert(commit.id)
    }
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test(arguments: ObjectFormat.allCases) func whatAppendReturnsIsWhatIsReadAgain(format: ObjectFormat) throws
  {
    let lab = try Laboratory(format: format)
    try lab.begin()
    let start = try lab.checkpoint("one")
    for (writer, step) in [("a", 1), ("b", 2), ("a", 3), ("b", 4), ("c", 5)] as [(Character, Int)] {
      let written = try lab.append([.note("\(step)")], as: writer, after: start.commit.id)
      let read = try lab.history()
      #expect(written.history.commits == read.commits)
      #expect(written.history.state == read.state)
      #expect(Set(written.history.tips) == Set(read.tips))
      #expect(read[written.commit.id] == written.commit)
      #expect(written.commit.clock == read.clock)
    }
  }

  @Test(arguments: ObjectFormat.allCases) func headsNumbersAndNames(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    let second = try lab.checkpoint("two").commit
    // b has not heard of the second one: both write what they take for the next number.
    let tips = try lab.repository.tips(of: lab.session)
    try lab.scratch.git("update-ref", lab.reference("a"), first.id.hex)
    let rival = try lab.checkpoint("other two", as: "b", after: first.id).commit
    try lab.scratch.git("update-ref", lab.reference("a"), try #require(tips.first).commit.hex)

    var history = try lab.history()
    #expect(history.heads.map(\.id) == [second.id, rival.id], "sorted by clock and writer")
    #expect(history.name(of: first) == "c1")
    #expect(history.name(of: second) == "c2~1111")
    #expect(history.name(of: rival) == "c2~2222")
    #expect(history.lastNumber == 2)
    #expect(history.predecessor(of: rival)?.id == first.id)

    let record = try lab.append([.note("both")], as: "a", merged: [rival.id])
    #expect(record.history.heads.map(\.id) == [record.commit.id])
    #expect(record.commit.chainParents == [second.id, rival.id])
    #expect(record.history.checkpoint(at: record.commit)?.id == second.id)
    #expect(record.history.name(of: record.commit) == record.commit.id.short)
    history = try lab.checkpoint("three").history
    #expect(history.checkpoints.map(history.name) == ["c1", "c2~1111", "c2~2222", "c3"])
  }

  @Test func whatIsGivenUpAgainIsNotTakenIn() throws {
    let lab = try Laboratory()
    let first = try lab.begin().commit
    let other = try lab.checkpoint("other", as: "b", after: first.id).commit
    try lab.checkpoint("own")
    let batch = try lab.batch()
    let merge = try lab.append(
      [], snapshot: try lab.snapshot(.manual, batch, tree: other.tree), merged: [other.id], batch: batch)
    #expect(merge.history.heads.map(\.id) == [merge.commit.id])
    #expect(merge.history.past(of: merge.commit.id).contains(other.id))
    let back = try lab.checkpoint("own")
    #expect(back.history.heads.map(\.id) == [other.id, back.commit.id])
    #expect(!back.history.past(of: back.commit.id).contains(other.id))
    #expect(back.history.descends(back.commit.id, from: other.id))
    let later = try lab.checkpoint("later")
    #expect(later.history.heads.map(\.id) == [other.id, later.commit.id])
    #expect(try lab.history().heads == later.history.heads)
    let again = try lab.checkpoint("other")
    #expect(again.history.heads.map(\.id) == [again.commit.id])
  }

  @Test(arguments: ObjectFormat.allCases) func aCommitThatWouldNotCountIsNeverWritten(format: ObjectFormat)
    throws
  {
    let lab = try Laboratory(format: format)
    try lab.begin()
    try lab.scratch.commit("of the user")
    let stranger = try #require(ObjectID(try lab.git("rev-parse", "HEAD")))
    let before = try lab.repository.tips(of: lab.session)
    #expect(throws: GitError.self) { try lab.append([.note("x")], merged: [stranger]) }
    #expect(throws: GitError.self) {
      try lab.append([.note(String(repeating: "x", count: 17 << 20))])
    }
    #expect(try lab.repository.tips(of: lab.session) == before)
    #expect(try lab.history().notes.isEmpty)
  }

  @Test(arguments: ObjectFormat.allCases) func aReplacedWriterIsNoLongerSeenAndWritesUnderAnotherName(
    format: ObjectFormat
  ) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    let secret = try lab.checkpoint("secret", as: "b", after: first.id, facts: [.note("secret")]).commit
    let tombstone = try lab.append([.writerReplaced(Laboratory.writer("b"))], as: "c", after: first.id)
    #expect(tombstone.history[secret.id] == nil)
    #expect(tombstone.history.checkpoints.map(\.id) == [first.id])
    #expect(tombstone.history.heads.map(\.id) == [tombstone.commit.id])
    #expect(tombstone.history.notes.isEmpty)
    #expect(tombstone.commit.clock == secret.clock + 1)

    let late = try lab.append([.note("late")], as: "b")
    #expect(late.commit.writer == Laboratory.writer("z"))
    #expect(late.history.notes == ["late"])
    #expect(late.commit.previous == tombstone.commit.id)
  }

  @Test(arguments: ObjectFormat.allCases) func aDeletedSessionIsGone(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    try lab.begin()
    #expect(try lab.repository.history(of: lab.session) != nil)
    try lab.append([.deleted])
    #expect(try lab.repository.history(of: lab.session) == nil)
    #expect(try lab.repository.history(of: Laboratory.session(9)) == nil)
  }
}
