import Git
import TestSupport
import Testing

@testable import Snapshots

@Suite struct SavedFoldersTests {
  @Test func areThoseWhoseFilesAreSaved() throws {
    let lab = try Lab()
    for path in [
      "a/b/c/f", "a/ignored/d/f", "node_modules/x/y/f", "other/.git/HEAD", "other/src/f", "tracked/ignored/f",
      "deep/new/g",
    ] {
      try lab.scratch.write(path, "x")
    }
    try lab.scratch.write(".gitignore", "node_modules/\nignored/\n")
    try lab.scratch.git("add", "--force", "tracked/ignored/f", "a/b")
    try lab.scratch.git("commit", "-qm", "some")
    let repository = try lab.scratch.open()
    let folders = try SavedFolders(
      repository, settings: WorkTreeSettings(try repository.configuration(), of: repository))
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    var found: [String] = []
    try folders.visit(below: []) { found.append(text($0)) }
    #expect(found.sorted() == ["", "a", "a/b", "a/b/c", "deep", "deep/new", "tracked"])
    found = []
    try folders.visit(below: Array("a/b".utf8)) { found.append(text($0)) }
    #expect(found.sorted() == ["a/b", "a/b/c"])
    found = []
    try folders.visit(below: Array("node_modules/x".utf8)) { found.append(text($0)) }
    try folders.visit(below: Array("gone".utf8)) { found.append(text($0)) }
    try folders.visit(below: Array(".git".utf8)) { found.append(text($0)) }
    #expect(found == ["gone"])

    found = []
    let head = try repository.commit(try #require(try repository.head().commit))
    try folders.visit(of: head.tree) { found.append(text($0)) }
    #expect(found.sorted() == ["a", "a/b", "a/b/c", "tracked", "tracked/ignored"])
  }
}
