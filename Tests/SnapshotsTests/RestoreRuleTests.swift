import Git
import Snapshots
import TestSupport
import Testing

/// The rules of restore, one by one.
@Suite struct RestoreRules {
  @Test func filesThatAreTheSameAreNotTouched() throws {
    let lab = try Lab()
    for name in ["same", "dir/same", "changed"] { lab.scratch.put(name, .file("one\n")) }
    let target = try lab.save()
    lab.scratch.put("changed", .file("two\n"))
    func identity() throws -> String {
      try lab.scratch.run(
        "stat",
        ["-c", "%i %y %z", "same", "dir/same"].map {
          $0.hasPrefix("%") || $0 == "-c" ? $0 : "\(lab.scratch.path)/\($0)"
        })
    }
    let before = try identity()
    let outcome = try lab.restore(target)
    #expect(outcome.plan.writes.map(\.path.description) == ["changed"])
    #expect(try identity() == before)
    #expect(lab.scratch.files == target.files)
  }

  @Test func nothingToDoTouchesNothing() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let target = try lab.save()
    #expect(try lab.restore(target).plan.isEmpty)
  }

  @Test func pathsRestrictIt() throws {
    let lab = try Lab()
    for name in ["a", "dir/a", "dir/b", "dir/sub/c"] { lab.scratch.put(name, .file("one\n")) }
    let target = try lab.save()
    for name in ["a", "dir/a", "dir/b", "dir/sub/c", "dir/new"] { lab.scratch.put(name, .file("two\n")) }
    try lab.scratch.remove("dir/sub")
    _ = try lab.restore(
      target.target, pathspecs: ["sub", ":(exclude)b", "new"], from: lab.scratch.path + "/dir")
    #expect(lab.scratch.read("dir/sub/c") == "one\n")
    #expect(lab.scratch.read("dir/new") == nil)
    #expect(lab.scratch.read("dir/a") == "two\n")
    _ = try lab.restore(target.target, pathspecs: ["../a"], from: lab.scratch.path + "/dir")
    #expect(lab.scratch.read("a") == "one\n")
    #expect(lab.scratch.read("dir/b") == "two\n")
  }

  @Test func theFolderInWhichTheUserStandsStays() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("dir/sub/file", .file("one\n"))
    _ = try lab.restore(target.target, from: lab.scratch.path + "/dir/sub")
    #expect(lab.scratch.files == target.files)
    #expect(try lab.scratch.run("ls", [lab.scratch.path + "/dir/sub"]).isEmpty)
    try lab.scratch.remove("dir")

    lab.scratch.put("dir", .file("a file\n"))
    let other = try lab.save()
    lab.scratch.put("dir/file", .file("one\n"))
    let before = lab.scratch.files
    let outcome = try lab.restore(other.target, from: lab.scratch.path + "/dir")
    #expect(outcome.plan.obstacles.map(\.path.description) == ["dir"])
    #expect(lab.scratch.files == before)
    _ = try lab.restore(other.target)
    #expect(lab.scratch.files == other.files)
  }

  @Test func ignoredFilesInTheWayAreHeldAndOverwritten() throws {
    let lab = try Lab()
    lab.scratch.put("file.o", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put(".gitignore", .file("*.o\n"))
    lab.scratch.put("file.o", .file("two\n"))
    lab.scratch.put("other.o", .file("other\n"))
    let outcome = try lab.restore(target)
    #expect(outcome.plan.held.map(\.description) == ["file.o"])
    let held = try lab.scratch.open().files(of: try #require(outcome.held))
    #expect(Set(held.keys.map(\.description)) == ["file.o"])
    #expect(lab.scratch.read("file.o") == "one\n")
    #expect(lab.scratch.read("other.o") == "other\n")
  }

  @Test func whatEitherStateIgnoresStays() throws {
    let lab = try Lab()
    lab.scratch.put(".gitignore", .file("then\n"))
    let target = try lab.save()
    lab.scratch.put(".gitignore", .file("now\n"))
    for name in ["then", "now", "neither"] { lab.scratch.put(name, .file("x\n")) }
    try lab.scratch.git("add", "--force", "now")
    let outcome = try lab.restore(target)
    #expect(outcome.kept == ["now": .ignored, "then": .ignored])
    #expect(lab.scratch.files.paths.map(\.description).sorted() == [".gitignore", "now", "then"])
  }

  @Test(arguments: [("link", FileTree.Entry.link("../outside")), ("file", .file("x\n"))])
  func anIgnoredThingWhereAFolderMustGo(name: String, entry: FileTree.Entry) throws {
    let lab = try Lab()
    lab.scratch.put(".gitignore", .file("/dir\n"))
    lab.scratch.put("dir/file", .file("one\n"))
    try lab.scratch.git("add", "--force", ".")
    let target = try lab.save()
    try lab.scratch.git("rm", "-r", "--cached", "--quiet", "dir")
    try lab.scratch.run("mkdir", [lab.scratch.root + "/outside"])
    lab.scratch.put("dir", entry)
    let before = lab.scratch.files
    let outcome = try lab.restore(target)
    #expect(outcome.plan.obstacles.map(\.path.description) == ["dir"])
    #expect(lab.scratch.files == before)
    #expect(try lab.scratch.run("ls", [lab.scratch.root + "/outside"]).isEmpty)
  }

  @Test func aSavedLinkMakesWayForAFolderAndIsNotFollowed() throws {
    let lab = try Lab()
    lab.scratch.put("dir/file", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("../outside/file", .file("outside\n"))
    lab.scratch.put("dir", .link("../outside"))
    let there = try lab.save()
    _ = try lab.restore(target)
    #expect(lab.scratch.files == target.files)
    #expect(lab.scratch.read("../outside/file") == "outside\n")
    _ = try lab.restore(there)
    #expect(lab.scratch.files == there.files)
    #expect(lab.scratch.read("../outside/file") == "outside\n")
  }

  @Test func sparsePathsStayAsTheyAre() throws {
    let lab = try Lab()
    lab.scratch.put("in/file", .file("one\n"))
    lab.scratch.put("out/file", .file("one\n"))
    try lab.scratch.commit("one")
    let target = try lab.save()
    lab.scratch.put("in/file", .file("two\n"))
    lab.scratch.put("out/file", .file("two\n"))
    try lab.scratch.commit("two")
    try lab.scratch.git("sparse-checkout", "set", "--cone", "in")
    let outcome = try lab.restore(target)
    #expect(outcome.kept == ["out/file": .sparse])
    #expect(lab.scratch.read("in/file") == "one\n")
    #expect(lab.scratch.read("out/file") == nil)
  }

  @Test func submodulesStayAsTheyAre() throws {
    let lab = try Lab()
    let inner = try ScratchRepository()
    inner.put("inside", .file("1\n"))
    try inner.commit("inner")
    lab.scratch.put("sub/file", .file("one\n"))
    let before = try lab.save()
    try lab.scratch.remove("sub")
    try lab.scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path, "sub")
    let with = try lab.save()
    let forbidden = try lab.restore(before)
    #expect(forbidden.plan.obstacles.map(\.path.description) == ["sub"])
    #expect(lab.scratch.files == with.files)
    try lab.scratch.git("submodule", "--quiet", "deinit", "--force", "sub")
    #expect(try lab.restore(before).plan.obstacles.map(\.path.description) == ["sub"])
    lab.scratch.put("new", .file("new\n"))
    let outcome = try lab.restore(with)
    #expect(outcome.plan.removals.map(\.path.description) == ["new"])
  }
}
