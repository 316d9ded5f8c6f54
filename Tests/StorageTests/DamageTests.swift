import Foundation
import Git
import Sessions
import Storage
import TestSupport
import Testing

/// A store that lost objects, or was cleaned up.
@Suite struct DamageSuite {
  @Test(arguments: ObjectFormat.allCases) func aMissingCommitTakesOnlyWhatStandsOnIt(format: ObjectFormat)
    throws
  {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    let lost = try lab.checkpoint("lost", facts: [.note("lost")]).commit
    let above = try lab.checkpoint("above", facts: [.note("above")]).commit
    let other = try lab.append([.note("other")], as: "b", after: first.id).commit
    try lab.scratch.remove(try lab.scratch.looseFile(lost.id))

    let history = try SessionHistory(
      lab.session, tips: try lab.repository.tips(of: lab.session), from: try lab.scratch.open())
    #expect(history.commits.map(\.id).contains(other.id))
    #expect(history.notes == ["other"])
    #expect(!history.isComplete)
    let reasons = Dictionary(uniqueKeysWithValues: history.foreign.map { ($0.id, $0.reason) })
    #expect(reasons[lost.id]?.contains("not found") == true, "\(reasons)")
    #expect(reasons[above.id] == "it stands on a foreign commit")
  }

  @Test(arguments: [0, 1, 2], ObjectFormat.allCases)
  func damagedBytesTakeOnlyWhatStandsOnThem(part: Int, format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    let commit = try lab.append([.note("damaged")]).commit
    let record = try #require(ObjectID(try lab.git("rev-parse", "\(commit.id)^2")))
    let file = try lab.scratch.looseFile([commit.id, record, try #require(commit.documentBlob)][part])
    try lab.scratch.remove(file)
    try lab.scratch.write(file, part == 0 ? "" : "garbage")

    let rival = try Rival(at: lab.scratch.path, session: lab.session)
    let history = try SessionHistory(
      lab.session, tips: try rival.repository.tips(of: lab.session), from: rival.repository)
    #expect(!history.isComplete)
    #expect(history.foreign.map(\.id) == [commit.id])
    // The commits below are found by the commit, unless that is damaged itself.
    #expect(history.commits.last?.id == (part == 0 ? nil : first.id))
    guard part > 0 else { return }
    let saved = try rival.append("saved", as: Laboratory.writer("a"))
    #expect(saved.commit.previous == first.id)
    #expect(saved.commit.writer != Laboratory.writer("a"))
    #expect(saved.history.notes == ["saved"])
  }

  @Test(arguments: ObjectFormat.allCases) func cleaningUpLosesNothing(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    try lab.scratch.commit("base")
    let base = try #require(ObjectID(try lab.git("rev-parse", "HEAD")))
    try lab.begin()
    let batch = try lab.batch()
    var snapshot = try lab.snapshot(.manual, batch)
    func side(_ name: String) throws -> ObjectID {
      let blob = try batch.write(Array(name.utf8), as: .blob)
      let tree = try batch.writeTree([TreeEntry(mode: "100644", name: Array(name.utf8), id: blob)])
      return try batch.writeCommit(tree: tree, parents: [], by: lab.signature, message: name)
    }
    snapshot.base = base
    snapshot.index = try side("index")
    snapshot.conflict = try side("conflict")
    snapshot.operations = [try side("operation")]
    let facts = [Fact.commitMade(id: base.hex, subject: "base")]
    let written = try lab.append(facts, snapshot: snapshot, batch: batch)
    _ = try lab.view.add(NotesView.notes(of: written.history), batch: try lab.batch())
    let before = try lab.history()
    let listed = try SessionIndex.summaries(of: lab.repository)

    // The user throws the base away, and all that is derived.
    try lab.scratch.git("update-ref", "-d", NotesView.reference)
    try lab.scratch.git("checkout", "-q", "--orphan", "empty")
    try lab.scratch.git("branch", "-q", "-D", "main")
    try SessionIndex.remove(from: lab.repository)
    try lab.scratch.git("reflog", "expire", "--expire=now", "--all")
    for command in [["repack", "-q", "-a", "-d"], ["gc", "-q", "--prune=now"], ["prune", "--expire=now"]] {
      try lab.scratch.git(command)
    }

    let repository = try lab.scratch.open()
    let after = try SessionHistory(lab.session, tips: try repository.tips(of: lab.session), from: repository)
    #expect(after.commits == before.commits)
    #expect(after.state == before.state)
    #expect(try SessionIndex.summaries(of: repository) == listed)
    for id in [base, snapshot.index, snapshot.conflict, snapshot.operations.first].compactMap(\.self) {
      #expect(try repository.contains(id))
    }
    #expect(try lab.git("cat-file", "-p", try #require(snapshot.index).hex + ":index") == "index")
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test(arguments: ObjectFormat.allCases) func aReferenceFileWithoutContentHidesNoOther(format: ObjectFormat)
    throws
  {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    // What a power cut leaves of a reference that was not made durable.
    try lab.scratch.write(".git/" + lab.reference("b"), "")
    #expect(try lab.history().commits.last?.id == first.id)
    #expect(try SessionIndex.summaries(of: lab.repository).count == 1)
    let saved = try lab.append([.note("x")], as: "b", after: first.id)
    #expect(try lab.history().notes == ["x"])
    #expect(saved.commit.writer == Laboratory.writer("z"))
  }
}
