import Files
import Foundation
import Git
import Sessions
import Storage
import TestSupport
import Testing

@Suite struct WorktreeStateSuite {
  private static let place = WorktreeState.Place(
    device: UInt64.max, inode: 12, path: "/a/b \"c\"\n", machine: "abc")

  private func initial() -> WorktreeState {
    WorktreeState(writer: Laboratory.writer("a"), place: Self.place)
  }

  private static func entry(_ number: Int, _ action: UndoEntry.Action? = nil) -> UndoEntry {
    UndoEntry(
      session: Laboratory.session(1), time: Timestamp(milliseconds: Int64(number)),
      title: "restore c\(number)",
      action: action
        ?? .restored(safety: .emptyTree, index: .copied(file: "index-\(number)"), after: nil))
  }

  private func update(_ lab: Laboratory, _ body: (inout WorktreeState) throws -> Void) throws {
    try lab.repository.updateWorktreeState(initial: initial, body)
  }

  @Test func isReadBack() throws {
    let lab = try Laboratory()
    #expect(try lab.repository.storedWorktreeState() == nil)
    let position = UndoEntry.Position(branch: "refs/heads/main", commit: .emptyTree, staged: "tree")
    let actions: [UndoEntry.Action] = [
      .restored(safety: .emptyTree, index: .absent, after: position),
      .restored(safety: .emptyTree, index: .untouched, after: nil),
      .branched(name: "fix", commit: .emptyTree), .unbranched(name: "fix", commit: .emptyTree),
      .changedLifecycle(from: .active, to: .paused),
    ]
    try update(lab) { state in
      state.enter(Laboratory.session(1), at: .emptyTree)
      state.enter(Laboratory.session(2), at: .emptyTree)
      state.enter(Laboratory.session(2), at: .emptyTree)
      state.undo = actions.enumerated().map { Self.entry($0, $1) }
    }
    let state = try #require(try lab.repository.storedWorktreeState())
    #expect(state.current == Laboratory.session(2))
    #expect(state.previous == Laboratory.session(1))
    #expect(state.tip == .emptyTree)
    #expect(state.writer == Laboratory.writer("a"))
    #expect(state.place == Self.place)
    #expect(state.undo.map(\.action) == actions)
  }

  @Test(arguments: ["", "{", "null", "{\"writer\":\"../../x\"}", "\u{0}\u{1}", "[[[[[["])
  func whatCannotBeReadStartsAnew(content: String) throws {
    let lab = try Laboratory()
    try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree) }
    try lab.scratch.write(".git/session/state.json", content)
    #expect(try lab.repository.storedWorktreeState() == nil)
    try update(lab) { #expect($0.current == nil) }
    #expect(try lab.repository.storedWorktreeState()?.writer == Laboratory.writer("a"))
  }

  /// As Foundation spells JSON, which wrote it before.
  @Test func anotherSpellingIsReadAndStays() throws {
    let lab = try Laboratory()
    try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree) }
    let path = lab.repository.worktreeState + "/state.json"
    let own = String(decoding: try Files.read(path), as: UTF8.self)
    let other = own.replacing("\": ", with: "\" : ").replacing("\n", with: " \n")
    try lab.scratch.write(".git/session/state.json", other)
    #expect(try lab.repository.storedWorktreeState()?.current == Laboratory.session(1))
    // Nothing changes, so nothing is written.
    try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree) }
    #expect(try Files.read(path) == Array(other.utf8))
    try update(lab) { $0.enter(Laboratory.session(2), at: .emptyTree) }
    #expect(try lab.repository.storedWorktreeState()?.previous == Laboratory.session(1))
    #expect(try Files.read(path) != Array(other.utf8))
  }

  @Test func whereItsOwnChainTellsThereIsNothingToRemember() throws {
    let lab = try Laboratory()
    let (first, later) = (ObjectID.emptyTree, try #require(ObjectID(String(repeating: "1", count: 40))))
    try update(lab) { $0.enter(Laboratory.session(1), at: first) }
    func stand(_ session: UInt8, _ writer: Character) throws -> ObjectID? {
      try update(lab) {
        $0.stand(
          in: Laboratory.session(session), at: later, of: Laboratory.writer(writer), lifecycle: .active)
      }
      return try lab.repository.storedWorktreeState()?.tip
    }
    #expect(try stand(1, "a") == first)
    #expect(try stand(1, "b") == later)
    try update(lab) { $0.tip = first }
    #expect(try stand(2, "b") == later)
  }

  @Test func theUndoListForgetsTheOldestWithTheirFiles() throws {
    let lab = try Laboratory()
    let count = WorktreeState.undoLimit + 7
    for number in 0..<count { try lab.scratch.write(".git/session/index-\(number)", "index") }
    try update(lab) { state in state.undo = (0..<count).map { Self.entry($0) } }
    let state = try #require(try lab.repository.storedWorktreeState())
    #expect(state.undo.map(\.title) == (7..<count).map { "restore c\($0)" })
    let left = try Files.list(lab.repository.worktreeState).filter { $0.hasPrefix("index-") }
    #expect(Set(left) == Set((7..<count).map { "index-\($0)" }))
  }

  @Test func whatIsTakenOffTheUndoListLosesItsFile() throws {
    let lab = try Laboratory()
    for number in 0..<5 { try lab.scratch.write(".git/session/index-\(number)", "index") }
    try update(lab) { state in state.undo = (0..<4).map { Self.entry($0) } }
    try update(lab) { state in
      state.undo.remove(at: 1)
      // Two may name one file.
      state.undo.append(
        Self.entry(9, .restored(safety: .emptyTree, index: .copied(file: "index-3"), after: nil)))
      state.undo.remove(at: 2)
    }
    let left = try Files.list(lab.repository.worktreeState).filter { $0.hasPrefix("index-") }
    #expect(Set(left) == ["index-0", "index-2", "index-3", "index-4"])
  }

  @Test func aFailureChangesNothing() throws {
    struct Refusal: Error {}
    let lab = try Laboratory()
    try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree) }
    #expect(throws: Refusal.self) {
      try update(lab) { state in
        state.current = nil
        throw Refusal()
      }
    }
    #expect(try lab.repository.storedWorktreeState()?.current == Laboratory.session(1))
    let files = try Files.list(lab.repository.worktreeState).sorted()
    #expect(files == ["active", "lock", "state.json"])
  }

  /// By which hooks see, without a program, whether there is anything to do.
  @Test func theMarkerIsThereWhileTheSessionIsActive() throws {
    let lab = try Laboratory()
    func isMarked() throws -> Bool { try Files.status(lab.repository.worktreeState + "/active") != nil }
    try update(lab) { _ in }
    #expect(try !isMarked())
    try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree) }
    #expect(try isMarked())
    for lifecycle in Lifecycle.allCases {
      try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree, lifecycle: lifecycle) }
      #expect(try isMarked() == (lifecycle == .active))
    }
    // What an older version wrote does not say.
    try update(lab) { $0.lifecycle = nil }
    #expect(try isMarked())
    try update(lab) { $0.current = nil }
    #expect(try !isMarked())
  }

  @Test(.timeLimit(.minutes(1))) func manyAtOnceLoseNoChange() throws {
    let lab = try Laboratory()
    try update(lab) { _ in }
    let (path, session) = (lab.scratch.path, lab.session)
    let errors = inThreads(4) { number in
      let rival = try Rival(at: path, session: session)
      for step in 0..<10 {
        try rival.repository.updateWorktreeState {
          WorktreeState(writer: Laboratory.writer("x"), place: Self.place)
        } _: { state in
          state.undo.append(Self.entry(number * 100 + step))
        }
      }
    }
    #expect(errors.isEmpty)
    #expect(try lab.repository.storedWorktreeState()?.undo.count == 40)
  }

  @Test func aLockThatIsHeldIsNotWaitedForForEver() throws {
    let lab = try Laboratory()
    try update(lab) { _ in }
    let path = lab.repository.worktreeState + "/lock"
    try FileLock.held(path, milliseconds: 100) {
      _ = #expect(throws: FileError.self) { try update(lab) { _ in } }
    }
    try update(lab) { _ in }
  }

  @Test func eachWorkTreeHasItsOwn() throws {
    let lab = try Laboratory()
    try lab.scratch.commit("one")
    try lab.scratch.git("worktree", "add", "-q", "../second")
    let second = try lab.scratch.open(at: lab.scratch.root + "/second")
    try update(lab) { $0.enter(Laboratory.session(1), at: .emptyTree) }
    #expect(try second.storedWorktreeState() == nil)
    #expect(second.worktreeState != lab.repository.worktreeState)
    #expect(second.cloneState == lab.repository.cloneState)
  }
}
