import Foundation
import Git
import Sessions
import Storage
import TestSupport
import Testing

@Suite struct NotesViewSuite {
  private func expectFanOut(_ lab: Laboratory, count: Int) throws {
    let names = try lab.git("ls-tree", "-r", "--name-only", NotesView.reference).split(separator: "\n")
    #expect(names.count == count)
    #expect(names.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{2}\/([0-9a-f]{38}|[0-9a-f]{62})/) != nil })
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
  }

  private func add(_ notes: [ObjectID: NotesView.Note], in lab: Laboratory) throws -> ObjectID? {
    try lab.view.add(notes, batch: try lab.batch())
  }

  /// Names of commits that are nowhere.
  private static func names(_ count: Int, seed: Int) -> [ObjectID] {
    var random = Random(seed)
    return (0..<count).compactMap { _ in
      ObjectID((0..<40).map { _ in String(random.number(0...15), radix: 16) }.joined())
    }
  }

  @Test(arguments: ObjectFormat.allCases) func gitShowsWhatTheChainHolds(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    try lab.scratch.commit("the user's commit")
    let made = try lab.git("rev-parse", "HEAD")
    let first = try lab.begin().commit
    let facts = [Fact.commitMade(id: made, subject: "the user's commit")]
    let written = try lab.checkpoint("x", facts: facts)
    let record = try lab.append([.note("a record has no note")])
    let notes = NotesView.notes(of: record.history)
    #expect(Set(notes.keys) == [first.id, written.commit.id, try #require(ObjectID(made))])
    let tip = try #require(try add(notes, in: lab))

    let blob = try #require(written.commit.documentBlob)
    #expect(try lab.git("notes", "--ref=sessions", "list", written.commit.id.hex) == blob.hex)
    let shown = try lab.git("notes", "--ref=sessions", "show", written.commit.id.hex)
    let document = try SessionDocument(parsing: Array(shown.utf8))
    #expect(document.checkpoint?.number == 2)
    let line = "Session: SESSION-001 \(lab.session) \(written.commit.id)"
    #expect(try lab.git("notes", "--ref=sessions", "show", made) == line)
    #expect(try lab.git("log", "--notes=sessions", "-1", "HEAD").contains("Notes (sessions):\n    " + line))
    try expectFanOut(lab, count: 3)

    #expect(try add(notes, in: lab) == tip, "nothing to add, nothing written")
    #expect(try lab.view.equals(notes, batch: try lab.batch()))
    #expect(try lab.view.rebuild(notes, batch: try lab.batch()) == tip)
  }

  @Test(arguments: ObjectFormat.allCases) func noteByNoteIsTheSameAsAllAtOnce(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    try lab.scratch.commit("one")
    let made = try lab.git("rev-parse", "HEAD")
    let facts = [Fact.commitMade(id: made, subject: "one"), .commitMade(id: "no id", subject: "?")]
    // The commit is recorded twice in one session, and once in another.
    var all: [ObjectID: NotesView.Note] = [:]
    for session in [Laboratory.session(1), Laboratory.session(2)] {
      try lab.begin(in: session)
      var history = try lab.history(in: session)
      _ = try add(NotesView.notes(of: history, for: history.commits), in: lab)
      for writer in ["a", "b"] as [Character] {
        let start = history.heads.last?.id
        let written = try lab.append(facts, as: writer, after: start, in: session)
        _ = try add(NotesView.notes(of: written.history, for: [written.commit]), in: lab)
        history = written.history
      }
      all.merge(NotesView.notes(of: history)) { first, second in
        guard case .lines(let lines) = first, case .lines(let more) = second else { return second }
        return .lines(lines.union(more))
      }
    }
    #expect(try lab.git("notes", "--ref=sessions", "show", made).split(separator: "\n").count == 2)
    #expect(try lab.view.equals(all, batch: try lab.batch()))
    let tree = try lab.git("rev-parse", NotesView.reference + "^{tree}")
    try lab.scratch.git("update-ref", "-d", NotesView.reference)
    _ = try lab.view.rebuild(all, batch: try lab.batch())
    #expect(try lab.git("rev-parse", NotesView.reference + "^{tree}") == tree)
  }

  @Test(.timeLimit(.minutes(1))) func thousandsOfNotesAreSpreadEvenly() throws {
    let lab = try Laboratory()
    try lab.scratch.commit("one")
    let names = Self.names(3000, seed: 11)
    let notes = Dictionary(names.map { ($0, NotesView.Note.lines(["Session: x"])) }) { $1 }
    _ = try add(notes, in: lab)
    try expectFanOut(lab, count: 3000)
    let more = Self.names(5, seed: 12)
    for name in more { _ = try add([name: .lines(["one more"])], in: lab) }
    try expectFanOut(lab, count: 3005)
    #expect(try lab.git("notes", "--ref=sessions", "show", names[7].hex) == "Session: x")
    #expect(try lab.git("notes", "--ref=sessions", "show", more[0].hex) == "one more")
  }

  @Test(arguments: ["blob", "flat", "deep", "unrelated", "deleted", "tag"])
  func whateverStandsThereIsPutRight(
    damage: String
  ) throws {
    let lab = try Laboratory()
    try lab.scratch.commit("one")
    let made = try lab.git("rev-parse", "HEAD")
    let history = try lab.begin().history
    let notes = NotesView.notes(of: history)
    _ = try add(notes, in: lab)
    switch damage {
    case "blob":
      try lab.scratch.git("update-ref", NotesView.reference, try #require(notes.first?.value.blob).hex)
    case "tag":
      try lab.scratch.git("tag", "-a", "-m", "tag", "annotated")
      try lab.scratch.git("update-ref", NotesView.reference, "annotated")
    case "unrelated": try lab.scratch.git("update-ref", NotesView.reference, "HEAD")
    case "deleted": try lab.scratch.git("update-ref", "-d", NotesView.reference)
    case "flat":
      try lab.scratch.git("update-ref", "-d", NotesView.reference)
      try lab.scratch.git("notes", "--ref=sessions", "add", "-m", "of the user", made)
    default:
      let blob = try lab.scratch.git("hash-object", "-w", "--stdin")
      let index = ["GIT_INDEX_FILE": lab.scratch.path + "/.git/other"]
      let entry =
        "100644,\(blob.dropLast()),\(made.prefix(2))/\(made.dropFirst(2).prefix(2))/\(made.dropFirst(4))"
      for arguments in [["update-index", "--add", "--cacheinfo", entry], ["write-tree"]] {
        let result = try Program.run(
          "git", arguments, environment: lab.scratch.environment.merging(index) { $1 }, in: lab.scratch.path)
        guard arguments == ["write-tree"] else { continue }
        let commit = try lab.git("commit-tree", "-m", "notes", String(result.output.dropLast()))
        try lab.scratch.git("update-ref", NotesView.reference, commit)
      }
    }
    // To add to it never fails, and keeps the notes that are there. Of folders, only those that are touched are read.
    let other = try #require(ObjectID(made.prefix(2) + String(repeating: "0", count: 38)))
    _ = try #require(try add([other: .lines(["added"])], in: lab))
    try expectFanOut(lab, count: damage == "flat" || damage == "deep" ? 2 : 1)
    #expect(try !lab.view.equals(notes, batch: try lab.batch()))
    _ = try lab.view.rebuild(notes, batch: try lab.batch())
    try expectFanOut(lab, count: notes.count)
    #expect(try lab.view.equals(notes, batch: try lab.batch()))
  }

  @Test(arguments: ObjectFormat.allCases) func aRewoundViewIsPutRight(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    var history = try lab.begin().history
    let early = try #require(try add(NotesView.notes(of: history), in: lab))
    history = try lab.checkpoint("x").history
    let late = try #require(try add(NotesView.notes(of: history), in: lab))
    try lab.scratch.git("update-ref", NotesView.reference, early.hex)
    let rebuilt = try #require(try lab.view.rebuild(NotesView.notes(of: history), batch: try lab.batch()))
    #expect(try lab.git("rev-parse", "\(rebuilt)^{tree}") == (try lab.git("rev-parse", "\(late)^{tree}")))
    #expect(try lab.git("rev-parse", "\(rebuilt)^") == early.hex)
  }

  @Test(arguments: ObjectFormat.allCases) func aLockedViewHoldsNobodyUp(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let history = try lab.begin().history
    try lab.scratch.write(".git/\(NotesView.reference).lock", "")
    #expect(try add(NotesView.notes(of: history), in: lab) == nil)
    #expect(try lab.repository.reference(NotesView.reference) == nil)
  }

  @Test(.timeLimit(.minutes(2))) func processesThatAddAtOnceLoseNothing() async throws {
    let lab = try Laboratory()
    let (path, session) = (lab.scratch.path, lab.session.description)
    let same = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    await withTaskGroup { group in
      for number in 0..<3 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [
              path = path as String, session = session as String, number = number as Int,
              same = same as String
            ] in
            let rival = try Rival(at: path, session: try #require(SessionID(session)))
            try rival.meet("\(number)", count: 3)
            for (step, name) in NotesViewSuite.names(10, seed: 100 + number).enumerated() {
              let shared = try #require(ObjectID(same))
              let notes = [name: NotesView.Note.lines(["own"]), shared: .lines(["\(number) \(step)"])]
              _ = try #require(try rival.view.add(notes, batch: try ObjectBatch(rival.repository)))
            }
          }
        }
      }
    }
    try expectFanOut(lab, count: 31)
    let lines = try lab.git("cat-file", "-p", "\(NotesView.reference):4b/\(same.dropFirst(2))")
    #expect(lines.split(separator: "\n").count == 30)
  }
}

extension NotesView.Note {
  fileprivate var blob: ObjectID? { if case .document(let blob) = self { blob } else { nil } }
}
