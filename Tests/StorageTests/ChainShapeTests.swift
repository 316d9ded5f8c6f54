import Git
import Sessions
import Storage
import TestSupport
import Testing

/// What plain git sees of a chain.
@Suite struct ChainShapeSuite {
  private func trailers(_ lab: Laboratory, _ commit: String) throws -> [String] {
    let message = try lab.git("log", "-1", "--format=%B", commit)
    let parsed = try Program.run(
      "git", ["interpret-trailers", "--parse", "--no-divider"], environment: lab.scratch.environment,
      in: lab.scratch.path, input: message)
    return parsed.output.split(separator: "\n").map(String.init)
  }

  @Test(arguments: ObjectFormat.allCases) func aChainOfAllKindsOfCommits(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    let first = try lab.begin().commit
    let record = try lab.append([.note("one"), .note("two")]).commit
    let second = try lab.checkpoint("content\n", message: "Half way\n\nAnd more.").commit
    let root = try #require(lab.root)

    let walk = try lab.git("log", "--first-parent", "--format=%H %s", lab.reference("a"))
    #expect(
      walk == """
        \(second.id) Half way
        \(record.id) session: item-added, item-added
        \(first.id) checkpoint 1 (start)
        \(root) session: begin
        """)
    #expect(try lab.git("show", "-s", "--format=%P|%T", root.hex) == "|" + format.emptyTree.hex)
    #expect(
      try trailers(lab, root.hex) == [
        "Session-Id: \(lab.session)", "Session-Writer: 11111111", "Session-Clock: 0",
      ])
    let parents = try lab.git("show", "-s", "--format=%P", record.id.hex).split(separator: " ")
    #expect(
      try trailers(lab, record.id.hex) == [
        "Session-Previous: \(first.id)", "Session-Record: \(parents[1])", "Session-Id: \(lab.session)",
        "Session-Writer: 11111111", "Session-Clock: 2",
      ])
    #expect(
      try lab.git("show", "-s", "--format=%b", second.id.hex).hasPrefix("And more.\n\nSession-Previous: "))
    #expect(try lab.git("rev-parse", "\(record.id)^{tree}") == first.tree.hex, "a record keeps the tree")
    #expect(try lab.git("show", "\(second.id):file") == "content")
    #expect(
      try lab.git("show", "\(second.id)^2:session.json") + "\n"
        == String(decoding: Self.document(lab, second), as: UTF8.self))
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
    #expect(try lab.git("status", "--porcelain") == "")
  }

  private static func document(_ lab: Laboratory, _ commit: ChainCommit) throws -> [UInt8] {
    try lab.repository.object(try #require(commit.documentBlob), .blob)
  }

  @Test(arguments: ObjectFormat.allCases) func theParentsStandInTheirOrder(format: ObjectFormat) throws {
    let lab = try Laboratory(format: format)
    try lab.begin()
    let other = try lab.append([.note("elsewhere")], as: "b", after: try lab.history().heads.last?.id).commit
    try lab.scratch.commit("base")
    try lab.scratch.git("tag", "base")
    for name in ["index", "conflict", "one", "two"] { try lab.scratch.commit(name) }
    func id(_ name: String) throws -> ObjectID { try #require(ObjectID(try lab.git("rev-parse", name))) }

    let batch = try lab.batch()
    var snapshot = try lab.snapshot(.manual, batch)
    snapshot.base = try id("base")
    snapshot.index = try id("main~3")
    snapshot.conflict = try id("main~2")
    snapshot.operations = [try id("main~1"), try id("main")]
    let previous = try lab.history().last(of: Laboratory.writer("a"))
    let written = try lab.append([], snapshot: snapshot, merged: [other.id, other.id], batch: batch)
    let record = try lab.git("rev-parse", "\(written.commit.id)^8")
    let expected = [
      try #require(previous).id.hex, other.id.hex, try id("base").hex, try id("main~3").hex,
      try id("main~2").hex, try id("main~1").hex, try id("main").hex, record,
    ]
    #expect(
      try lab.git("show", "-s", "--format=%P", written.commit.id.hex) == expected.joined(separator: " "))
    let names = [
      "Previous", "Merged", "Base", "Index", "Conflict", "Operation", "Operation", "Record",
    ]
    #expect(
      try trailers(lab, written.commit.id.hex).prefix(8)
        == zip(names, expected).map { "Session-\($0): \($1)" }[...])
    #expect(
      try trailers(lab, written.commit.id.hex).suffix(5) == [
        "Session-Id: \(lab.session)", "Session-Writer: 11111111", "Session-Checkpoint: 2",
        "Session-Trigger: manual", "Session-Clock: 3",
      ])
    #expect(written.commit.merged == [other.id])
    #expect(written.commit.operations == snapshot.operations)
    #expect(written.history.heads.map(\.id) == [written.commit.id])
  }

  @Test(arguments: [
    "Session-Id: forged", "subject\n\nSession-Writer: zzzzzzzz\nSession-Clock: 999",
    "subject\n\nSession-Previous: 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n\n", "one\r\ntwo\r\n\r\nthree",
    "subject\n\n---\ndiff --git a/x b/x\n\nSession-Id: forged", "\n\n  \n", "a\u{0}b\u{1b}[31mc", "# comment",
    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nparent x", "-----BEGIN PGP SIGNATURE-----", "",
    String(repeating: "long line ", count: 50_000),
  ])
  func textOfTheUserIsNeverTakenForTrailers(message: String) throws {
    let lab = try Laboratory()
    try lab.begin()
    let written = try lab.checkpoint("x", message: message).commit
    #expect(written.writer == Laboratory.writer("a"))
    #expect(try lab.history()[written.id] == written)
    let shown = try trailers(lab, written.id.hex)
    #expect(shown.count == 7)
    #expect(shown.contains("Session-Id: \(lab.session)"))
    #expect(
      try lab.git("log", "-1", "--format=%(trailers:key=Session-Clock,valueonly)", written.id.hex) == "2\n")
    #expect(try lab.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test func idsAreStable() throws {
    let ids = try (0..<2).map { _ in
      let lab = try Laboratory()
      try lab.begin()
      try lab.append([.itemAdded(.decision, text: "Use git", because: "it is there")])
      return try lab.checkpoint("content\n", message: "Half way").commit.id
    }
    #expect(ids[0] == ids[1])
    #expect(ids[0].hex == "47dd9cacb9a29c877c766b237973f3e7715b68d7")
  }
}
