import Git
import TestSupport
import Testing

/// Reading commits that other programs have made.
@Suite struct Commits {
  private let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

  private func commit(
    _ headers: [String], message: String, format: ObjectFormat = .sha1,
    encoding: (String) -> [UInt8] = { Array($0.utf8) }
  ) throws -> Commit {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let text = headers.joined(separator: "\n") + "\n\n" + message
    let id = try batch.write(encoding(text), as: .commit)
    try batch.publish()
    return try repository.commit(id)
  }

  @Test func aSignatureIsNoHeader() throws {
    let commit = try commit(
      [
        "tree \(tree)", "author A <a@x> 1 +0000", "committer C D <c@x> 1700000000 +0100",
        "gpgsig -----BEGIN PGP SIGNATURE-----\r", " \r", " tree 0000\r", " -----END PGP SIGNATURE-----\r",
        "encoding UTF-8",
      ], message: "subject\n\ntree of words\nparent nobody\n")
    #expect(commit.tree.hex == tree)
    #expect(commit.parents.isEmpty)
    #expect(commit.committerEmail == "c@x")
    #expect(commit.time == 1_700_000_000)
    #expect(commit.message == "subject\n\ntree of words\nparent nobody\n")
    #expect(commit.subject == "subject")
  }

  /// With characters, the message would begin after its own first empty line.
  @Test func aCarriageReturnDoesNotHideTheEndOfTheHeaders() throws {
    let commit = try commit(
      ["tree \(tree)", "author A <a@x> 1 +0000", "committer C <c@x> 1 +0000", "gpgsig x\r", " y\r"],
      message: "tree 1111111111111111111111111111111111111111\r\n\r\nbody")
    #expect(commit.tree.hex == tree)
    #expect(commit.message == "tree 1111111111111111111111111111111111111111\r\n\r\nbody")
    #expect(commit.subject == "tree 1111111111111111111111111111111111111111")
  }

  @Test func anotherEncoding() throws {
    let commit = try commit(
      ["tree \(tree)", "author Ä <a@x> 1 +0000", "committer Ä <c@x> 1 +0000", "encoding ISO-8859-1"],
      message: "ä\n"
    ) { $0.unicodeScalars.map { UInt8($0.value) } }
    #expect(commit.committerEmail == "c@x")
    #expect(commit.message == "\u{fffd}\n")
  }

  @Test func oddNames() throws {
    let commit = try commit(
      ["tree \(tree)", "author A <a@x> 1 +0000", "committer >\u{301} <c@x> 5 +0000"], message: "")
    #expect(commit.committerEmail == "c@x")
    #expect(commit.time == 5)
  }

  @Test(arguments: [
    ["author A <a@x> 1 +0000", "committer C <c@x> 1 +0000"],
    ["tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904", "author A <a@x> 1 +0000"],
    ["tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904", "parent none", "committer C <c@x> 1 +0000"],
    ["tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904", "committer C <c@x> soon +0000"],
  ])
  func aMalformedCommit(headers: [String]) {
    let error = #expect(throws: GitError.self) { try commit(headers, message: "m") }
    #expect(error?.kind == .invalid)
  }

  @Test func namesHaveTheLengthThatTheRepositoryGivesThem() throws {
    let (tree, parent) = (ObjectFormat.sha256.emptyTree, String(repeating: "a", count: 64))
    let commit = try commit(
      ["tree \(tree)", "parent \(parent)", "author A <a@x> 1 +0000", "committer C <c@x> 5 +0000"],
      message: "long\n", format: .sha256)
    #expect(commit.id.byteCount == 32)
    #expect(commit.tree == tree)
    #expect(commit.parents.map(\.hex) == [parent])
  }

  @Test(arguments: ObjectFormat.allCases) func objectsOfTheWrongKindOrSize(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let blob = try batch.write([UInt8](repeating: 0, count: 1000), as: .blob)
    try batch.publish()
    #expect(throws: GitError.self) { try repository.commit(blob) }
    #expect(throws: GitError.self) { try repository.object(blob, .blob, limit: 999) }
    #expect(try repository.object(blob, .blob, limit: 1000).count == 1000)
    let missing = #expect(throws: GitError.self) { try repository.object(format.none, .blob) }
    #expect(missing?.kind == .missing)
    #expect(try !repository.contains(format.none))
    #expect(try repository.contains(blob))
    #expect(try repository.tree(format.emptyTree).isEmpty)
    // Git would take it for the beginning of a longer one.
    let other = try #require(
      format == .sha1 ? ObjectID(blob.hex + blob.hex.prefix(24)) : ObjectID(blob.hex.prefix(40)))
    let foreign = #expect(throws: GitError.self) { try repository.object(other, .blob) }
    #expect(foreign?.kind == .unsupported)
  }
}
