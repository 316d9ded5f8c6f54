import Git
import Sessions
import TestSupport
import Testing

@testable import Storage

/// What is kept of a session, against reading it anew.
@Suite struct HistoryMemoSuite {
  private static func expectSame(_ left: SessionHistory, _ right: SessionHistory) {
    #expect(left.commits == right.commits)
    #expect(left.commits.map(\.events) == right.commits.map(\.events))
    #expect(left.commits.map(\.checkpoint) == right.commits.map(\.checkpoint))
    #expect(left.fold == right.fold)
    #expect(left.heads == right.heads)
    #expect(left.clock == right.clock)
    #expect(Set(left.tips) == Set(right.tips))
    #expect(left.foreign == right.foreign)
    #expect(left.isComplete == right.isComplete)
    #expect(left.commits.map(left.name) == right.commits.map(right.name))
  }

  /// Chains of three writers arrive piece by piece, in any order, as fetches and other work trees bring them.
  @Test(arguments: 1...4) func goingOnGivesWhatReadingGives(seed: Int) throws {
    var random = Random(seed)
    let lab = try Laboratory()
    try lab.begin()
    for step in 0..<10 {
      let history = try lab.history()
      let writer = random.pick(["a", "b", "c"] as [Character])
      let own = history.last(of: Laboratory.writer(writer))
      let start = own?.id ?? random.pick(history.commits).id
      let others = history.heads.map(\.id).filter { $0 != own?.id && $0 != start }
      let fact =
        random.once(in: 12)
        ? Fact.writerReplaced(Laboratory.writer(random.pick(["b", "c"]))) : .note("\(step)")
      if random.once(in: 3) {
        try lab.checkpoint("\(step)", as: writer, after: start, facts: [fact])
      } else {
        try lab.append([fact], as: writer, after: start, merged: random.once(in: 3) ? others : [])
      }
    }
    let all = try lab.history()
    // For each reference the values that it had, the oldest first.
    let final = Dictionary(uniqueKeysWithValues: all.tips.map { ($0.reference, $0.commit) })
    let ways = final.mapValues { tip in
      all.allCommits.map(\.id).filter { all.descends(tip, from: $0) }
    }
    for _ in 0..<4 {
      var places = ways.mapValues { _ in -1 }
      var known: SessionHistory?
      while places != ways.mapValues({ $0.count - 1 }) {
        let reference = random.pick(places.keys.sorted { $0.name < $1.name })
        let last = (ways[reference]?.count ?? 0) - 1
        places[reference] = min(last, (places[reference] ?? -1) + random.number(1...3))
        let tips = places.compactMap { reference, place in
          place < 0 ? nil : ways[reference].map { Tip(reference: reference, commit: $0[place]) }
        }
        let continued = try lab.repository.history(of: lab.session, at: tips, knowing: known)
        Self.expectSame(continued, try SessionHistory(lab.session, tips: tips, from: lab.repository))
        lab.repository.remember(continued)
        known = HistoryMemo.read(lab.session, in: lab.repository)
        Self.expectSame(try #require(known), continued)
      }
    }
  }

  @Test(arguments: ObjectFormat.allCases) func aReferenceThatWentBackIsReadAnew(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    lab.repository.remember(try lab.append([.note("x")]).history)
    try lab.scratch.git("update-ref", lab.reference("a"), first.id.hex)
    #expect(try lab.repository.history(of: lab.session)?.notes == [])
    try lab.scratch.git("update-ref", "-d", lab.reference("a"))
    #expect(try lab.repository.history(of: lab.session) == nil)
  }

  @Test(arguments: ObjectFormat.allCases) func aTipThatDoesNotCountIsSetAside(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin()
    lab.repository.remember(first.history)
    var forgery = Forgery(in: lab, after: first.commit)
    forgery.clock = first.commit.clock
    let forged = try forgery.write(in: lab)
    let history = try #require(try lab.repository.history(of: lab.session))
    #expect(history.foreign.map(\.id) == [forged])
    Self.expectSame(history, try lab.history())
    lab.repository.remember(history)
    #expect(HistoryMemo.read(lab.session, in: lab.repository) == nil, "only what is sound is kept")
  }

  @Test(arguments: ObjectFormat.allCases) func anythingButWhatWasWrittenIsAsGoodAsNone(format: ObjectFormat)
    throws
  {
    let lab = try Laboratory(format: format)
    let history = try lab.checkpoint("x", after: try lab.begin().commit.id).history
    lab.repository.remember(history)
    let file = ".git/session/history"
    let bytes = try #require(lab.scratch.bytes(file))
    #expect(HistoryMemo.read(lab.session, in: lab.repository) != nil)
    #expect(HistoryMemo.read(Laboratory.session(9), in: lab.repository) == nil)
    for position in stride(from: 0, to: bytes.count, by: 5) {
      var damaged = bytes
      damaged[position] ^= 0x10
      try lab.scratch.write(file, bytes: damaged)
      #expect(HistoryMemo.read(lab.session, in: lab.repository) == nil, "byte \(position)")
    }
    for count in stride(from: 0, to: bytes.count, by: 29) {
      try lab.scratch.write(file, bytes: Array(bytes.prefix(count)))
      #expect(HistoryMemo.read(lab.session, in: lab.repository) == nil, "cut at \(count)")
    }
    try lab.scratch.write(file, bytes: bytes + [0])
    #expect(HistoryMemo.read(lab.session, in: lab.repository) == nil)
    #expect(try lab.repository.history(of: lab.session)?.commits == history.commits)
  }

  /// Objects that were read once are not read again.
  @Test(arguments: ObjectFormat.allCases) func whatIsKnownIsNotRead(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    let last = try lab.append([.note("known")])
    lab.repository.remember(last.history)
    try lab.scratch.remove(try lab.scratch.looseFile(first.id))
    let again = try lab.scratch.open()
    #expect(try again.history(of: lab.session)?.notes == ["known"])
    #expect(try SessionHistory(lab.session, tips: last.history.tips, from: again).isComplete == false)
  }
}
