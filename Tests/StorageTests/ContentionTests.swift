import Foundation
import Git
import Sessions
import Storage
import TestSupport
import Testing

@Suite struct ContentionSuite {
  @Test(.timeLimit(.minutes(2))) func processesThatAppendAsDifferentWritersLoseNothing() async throws {
    let lab = try Laboratory()
    let start = try lab.begin().commit.id.hex
    let (path, session) = (lab.scratch.path, lab.session.description)
    await withTaskGroup { group in
      for number in 0..<4 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [
              path = path as String, session = session as String, start = start as String,
              number = number as Int
            ] in
            let rival = try Rival(at: path, session: try #require(SessionID(session)))
            let writer = WriterID(random: [UInt8](repeating: UInt8(number + 2), count: 8))
            try rival.meet("\(number)", count: 4)
            for step in 0..<15 { try rival.append("\(number) \(step)", as: writer, after: ObjectID(start)) }
          }
        }
      }
    }
    let history = try lab.history()
    #expect(history.notes == (0..<4).flatMap { number in (0..<15).map { "\(number) \($0)" } }.sorted())
    #expect(history.tips.count == 5)
    #expect(history.foreign.isEmpty)
    #expect(history.heads.count == 4)
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test(.timeLimit(.minutes(2))) func processesThatAppendAsOneWriterLoseNothing() async throws {
    let lab = try Laboratory()
    try lab.begin()
    let (path, session) = (lab.scratch.path, lab.session.description)
    await withTaskGroup { group in
      for number in 0..<4 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, session = session as String, number = number as Int] in
            let rival = try Rival(at: path, session: try #require(SessionID(session)))
            try rival.meet("\(number)", count: 4)
            for step in 0..<15 {
              try rival.append("\(number) \(step)", as: WriterID(random: [UInt8](repeating: 1, count: 8)))
            }
          }
        }
      }
    }
    try Self.expectAll(60, in: lab)
  }

  private static func expectAll(_ count: Int, in lab: Laboratory) throws {
    let history = try lab.history()
    #expect(history.notes.count == count)
    #expect(Set(history.notes).count == count)
    #expect(history.foreign.isEmpty)
    let events = history.commits.flatMap(\.events).map(\.id)
    #expect(Set(events).count == events.count, "every event has an id of its own")
    for writer in Set(events.map(\.writer)) {
      let sequences = events.filter { $0.writer == writer }.map(\.sequence)
      #expect(sequences == Array(1...sequences.count))
    }
  }

  /// libgit2 by itself lets the second of two that create a reference overwrite the first.
  @Test(.timeLimit(.minutes(2))) func twoThatCreateTheSameChainLoseNothing() throws {
    let lab = try Laboratory()
    let start = try lab.begin().commit.id
    let (path, session) = (lab.scratch.path, lab.session)
    let barrier = Barrier(2)
    let errors = inThreads(2) { number in
      let rival = try Rival(at: path, session: session)
      for round in 0..<25 {
        let writer = WriterID(random: (0..<8).map { _ in UInt8(round + 2) })
        barrier.wait()
        try rival.append("\(number) \(round)", as: writer, after: start)
      }
    }
    #expect(errors.isEmpty)
    try Self.expectAll(50, in: lab)
  }

  @Test func twoWritersOfOneNameTakeTurns() throws {
    let lab = try Laboratory()
    try lab.begin()
    let rival = try Rival(at: lab.scratch.path, session: lab.session)
    for step in 0..<5 {
      try lab.append([.note("here \(step)"), .note("and here \(step)")])
      try rival.append("there \(step)", as: Laboratory.writer("a"))
    }
    try Self.expectAll(15, in: lab)
    #expect(try lab.history().tips.count == 1)
  }

  @Test func aLockThatNobodyHoldsIsGoneRound() throws {
    let lab = try Laboratory()
    try lab.begin()
    let lock = lab.scratch.path + "/.git/" + lab.reference("a") + ".lock"
    try Data().write(to: URL(filePath: lock))

    let clock = ContinuousClock()
    let before = clock.now
    let appended = try lab.append([.note("urgent")])
    #expect(before.duration(to: clock.now) < .seconds(1.5))
    #expect(appended.commit.writer == Laboratory.writer("z"))
    #expect(appended.history.notes == ["urgent"])
    #expect(FileManager.default.fileExists(atPath: lock), "it is not ours to remove")
    #expect(try lab.history().heads.map(\.id) == [appended.commit.id])

    // Whoever goes on under the new name is not held up again.
    let again = clock.now
    try lab.append([.note("next")], as: "z")
    #expect(again.duration(to: clock.now) < .seconds(0.4))
    #expect(try lab.history().notes == ["next", "urgent"])
  }

  @Test func aLockThatYieldsIsWaitedFor() throws {
    let lab = try Laboratory()
    try lab.begin()
    let lock = lab.scratch.path + "/.git/" + lab.reference("a") + ".lock"
    try Data().write(to: URL(filePath: lock))
    Thread.detachNewThread {
      usleep(150_000)
      unlink(lock)
    }
    #expect(try lab.append([.note("patient")]).commit.writer == Laboratory.writer("a"))
  }

  @Test func aNameThatCannotBeWrittenIsGoneRound() throws {
    let lab = try Laboratory()
    let first = try lab.begin().commit.id
    // A folder stands where the reference of writer b would be.
    try lab.scratch.git("update-ref", lab.reference("b") + "/odd", first.hex)
    let appended = try lab.append([.note("x")], as: "b", after: first)
    #expect(try lab.history().notes == ["x"])
    #expect(appended.commit.writer == Laboratory.writer("z"))
  }
}
