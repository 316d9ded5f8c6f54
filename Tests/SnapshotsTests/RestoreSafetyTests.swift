import Git
import Snapshots
import TestSupport
import Testing

/// Restores that must not happen, or must not happen by half.
@Suite struct RestoreSafety {
  /// Trees that git itself would refuse to make.
  @Test(arguments: [
    ".git/hooks/x", ".GIT/config", ".git", "sub/.Git/x", ".git./x", ".git /x", "git~1/x",
    ".git::$INDEX_ALLOCATION/x",
    ".g\u{200c}it/x", "a\\.git\\x", "../x", "./x", "sub/../x",
  ])
  func noFileOfThisNameIsWritten(name: String) throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let repository = try lab.scratch.open()
    let batch = try ObjectBatch(repository)
    var id = try batch.write(Array("evil\n".utf8), as: .blob)
    var mode = "100644"
    for component in RepositoryPath(name.utf8).components.reversed() {
      id = try batch.writeTree([TreeEntry(mode: mode, name: Array(component), id: id)])
      mode = "40000"
    }
    try batch.publish()
    let before = FileTree(of: lab.scratch.root)
    let outcome = try lab.restore(RestoreTarget(tree: id, leftOut: []))
    #expect(outcome.plan.obstacles.map(\.path) == [RepositoryPath(name.utf8)])
    #expect(outcome.plan.writes.isEmpty && outcome.plan.removals.isEmpty)
    #expect(FileTree(of: lab.scratch.root).differences(from: before).isEmpty)
  }

  @Test(arguments: [".gitmodules", ".gitattributes.txt", "git", ".github/x", "agit~1", ".git2", "..git"])
  func ordinaryNamesAreSafe(name: String) {
    #expect(SafePath.isSafe(RepositoryPath(name.utf8)))
  }

  /// What comes between the plan and its execution: all stays as it is then.
  @Test(arguments: ["changed", "removed", "appears", "dir", "gone", "folder/inside", "becomes/file"])
  func aChangeMeanwhileStopsItBeforeAnythingHappens(name: String) throws {
    let lab = try Lab()
    for path in ["changed", "removed", "appears", "dir", "becomes/file"] {
      lab.scratch.put(path, .file("one\n"))
    }
    lab.scratch.put("folder", .link("somewhere"))
    let target = try lab.save()
    lab.scratch.put("changed", .file("two\n"))
    lab.scratch.put("dir/file", .file("two\n"))
    lab.scratch.put("gone", .file("two\n"))
    lab.scratch.put("folder/file", .file("two\n"))
    for path in ["removed", "appears", "becomes"] { try lab.scratch.remove(path) }
    var interfered = FileTree()
    let error = #expect(throws: GitError.self) {
      try lab.restore(target.target) {
        if name == "becomes/file" {
          lab.scratch.put("becomes", .link("/tmp"))
        } else {
          lab.scratch.put(name, .file("three\n"))
        }
        interfered = lab.scratch.files
      }
    }
    #expect(error?.kind == .moved)
    #expect(lab.scratch.files.differences(from: interfered).isEmpty)
  }

  @Test func aFilterThatFailsStopsItBeforeAnythingHappens() throws {
    let lab = try Lab()
    lab.scratch.put(".gitattributes", .file("*.no filter=no\n"))
    lab.scratch.put("a", .file("one\n"))
    lab.scratch.put("file.no", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("a", .file("two\n"))
    lab.scratch.put("file.no", .file("two\n"))
    lab.scratch.put("new", .file("two\n"))
    try lab.scratch.git("config", "filter.no.clean", "cat")
    try lab.scratch.git("config", "filter.no.smudge", "false")
    try lab.scratch.git("config", "filter.no.required", "true")
    let before = lab.scratch.files
    #expect(throws: GitError.self) { try lab.restore(target) }
    #expect(lab.scratch.files == before)
  }

  @Test func aMissingObjectStopsItBeforeAnythingHappens() throws {
    let lab = try Lab()
    lab.scratch.put("a", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("a", .file("two\n"))
    let id = try #require(target.tree[RepositoryPath("a".utf8)]).id
    try lab.scratch.remove(try lab.scratch.looseFile(id))
    #expect(throws: GitError.self) { try lab.restore(target) }
    #expect(lab.scratch.read("a") == "two\n")
  }

  @Test func repositoriesOfTheirOwnAreNotTouched() throws {
    let lab = try Lab()
    lab.scratch.put("nested/old", .file("one\n"))
    lab.scratch.put("linked", .file("one\n"))
    let target = try lab.save()
    try lab.scratch.commit("base")
    try lab.scratch.remove("linked")
    try lab.scratch.git("worktree", "add", "--quiet", "--detach", "linked")
    try lab.scratch.git("init", "--quiet", "nested")
    lab.scratch.put("nested/old", .file("two\n"))
    let before = lab.scratch.files
    let outcome = try lab.restore(target)
    #expect(Set(outcome.plan.obstacles.map(\.path.description)) == ["nested", "linked"])
    #expect(lab.scratch.files == before)

    let empty = RestoreTarget(tree: .emptyTree, leftOut: [])
    #expect(try lab.restore(empty).plan.obstacles.map(\.path.description) == ["nested"])
    #expect(lab.scratch.files == before)
  }

  @Test func aPipeInTheWayStopsIt() throws {
    let lab = try Lab()
    lab.scratch.put("a", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("a", .fifo)
    let outcome = try lab.restore(target)
    #expect(outcome.plan.obstacles.map(\.path.description) == ["a"])
    #expect(lab.scratch.files[RepositoryPath("a".utf8)] == .fifo)
  }

  /// What cannot be read may be what the target holds: it stays, and the plan says so.
  @Test func whatCannotBeReadStaysAndIsNamed() throws {
    let lab = try Lab()
    lab.scratch.put("a", .file("one\n"))
    try lab.scratch.commit("base")
    let target = try lab.save()
    lab.scratch.put("a", .fifo)
    lab.scratch.put("b", .file("two\n"))
    let outcome = try lab.restore(target)
    #expect(outcome.kept == ["a": .unreadable])
    #expect(lab.scratch.read("b") == nil)
    #expect(try lab.restore(target, pathspecs: ["b"]).plan.kept.isEmpty)
  }
}
