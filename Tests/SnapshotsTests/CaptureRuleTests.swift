import Git
import Sessions
import Snapshots
import TestSupport
import Testing

/// Where `git add --all` would fail, or record what is not so, the rule is ours.
@Suite struct CaptureRules {
  @Test func aFileAssumedUnchangedIsSavedAsItIs() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.commit("base")
    try lab.scratch.git("update-index", "--assume-unchanged", "file")
    lab.scratch.put("file", .file("two\n"))
    #expect(try text("file", of: lab.save(), in: lab) == "two\n")
    #expect(try lab.scratch.git("ls-files", "-v") == "h file\n")
  }

  /// The copy of the index must be as old as the index: git compares its age with that of the files.
  @Test func aFileChangedInTheTickOfTheIndexIsNotMissed() throws {
    let lab = try Lab()
    // Without these, the time of the last change of the inode would give the file away.
    try lab.scratch.git("config", "core.trustCTime", "false")
    let (file, index) = (lab.scratch.path + "/file", lab.scratch.path + "/.git/index")
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.run("touch", ["-d", "2001-01-01T00:00:00.5", file])
    try lab.scratch.git("add", "file")
    try lab.scratch.run("touch", ["-d", "2001-01-01T00:00:00.5", index])
    try lab.scratch.run("sh", ["-c", "printf 'two\\n' > \"$1\"", "sh", file])
    try lab.scratch.run("touch", ["-d", "2001-01-01T00:00:00.5", file])
    #expect(try text("file", of: lab.save(), in: lab) == "two\n")
  }

  @Test func presentFilesOutsideASparseCheckoutAreSaved() throws {
    let lab = try Lab()
    lab.scratch.put("in/file", .file("in\n"))
    lab.scratch.put("out/file", .file("out\n"))
    lab.scratch.put("out/absent", .file("absent\n"))
    lab.scratch.put("out/.gitignore", .file("ignored\n"))
    try lab.scratch.commit("base")
    try lab.scratch.git("sparse-checkout", "set", "--cone", "in")
    lab.scratch.put("out/file", .file("changed\n"))
    lab.scratch.put("out/new", .file("new\n"))
    lab.scratch.put("out/ignored", .file("ignored\n"))
    let saved = try lab.save()
    #expect(try text("out/file", of: saved, in: lab) == "changed\n")
    #expect(try text("out/new", of: saved, in: lab) == "new\n")
    #expect(try text("out/absent", of: saved, in: lab) == "absent\n")
    #expect(saved.tree[RepositoryPath("out/ignored".utf8)] == nil)
  }

  @Test(arguments: Lab.Engine.allCases) func whatIsSkippedByHandIsReportedIfItDiffers(
    engine: Lab.Engine
  ) throws {
    let lab = try Lab()
    lab.engine = engine
    for name in ["same", "changed", "absent"] { lab.scratch.put(name, .file("1\n")) }
    try lab.scratch.commit("base")
    try lab.scratch.git("update-index", "--skip-worktree", "same", "changed", "absent")
    lab.scratch.put("changed", .file("private\n"))
    try lab.scratch.remove("absent")
    let saved = try lab.save()
    #expect(saved.reasons() == ["changed": .skipped])
    #expect(try text("changed", of: saved, in: lab) == "1\n")
    #expect(try text("absent", of: saved, in: lab) == "1\n")
  }

  @Test func aDirtySubmoduleIsReported() throws {
    let lab = try Lab()
    let inner = try ScratchRepository()
    inner.put("inside", .file("1\n"))
    try inner.commit("inner")
    for name in ["clean", "dirty", "untracked"] {
      try lab.scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path, name)
    }
    try lab.scratch.commit("base")
    #expect(try lab.save().snapshot.leftOut.isEmpty)
    lab.scratch.put("dirty/inside", .file("2\n"))
    lab.scratch.put("untracked/new", .file("new\n"))
    let saved = try lab.save()
    #expect(saved.reasons() == ["dirty": .dirtySubmodule, "untracked": .dirtySubmodule])
    #expect(saved.tree.values.filter { $0.mode == "160000" }.count == 3)
  }

  @Test func nestedRepositoriesAreSkippedAndReported() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("file\n"))
    try lab.scratch.commit("base")
    try lab.scratch.git("init", "--quiet", "unborn")
    try lab.scratch.git("init", "--quiet", "deep/born")
    try lab.scratch.git(
      ["commit", "--quiet", "--allow-empty", "-m", "x"], in: lab.scratch.path + "/deep/born")
    try lab.scratch.git("worktree", "add", "--quiet", "--detach", "linked")
    for name in ["unborn", "deep/born", "linked"] { lab.scratch.put(name + "/new", .file("new\n")) }
    let saved = try lab.save()
    #expect(Set(saved.tree.keys.map(\.description)) == ["file"])
    #expect(
      saved.reasons()
        == ["unborn/": .nestedRepository, "deep/born/": .nestedRepository, "linked/": .nestedRepository])
  }

  @Test func aGitDirInTheWorkTreeIsNoContent() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("file\n"))
    try lab.scratch.git("init", "--quiet", "--separate-git-dir", lab.scratch.path + "/data")
    let saved = try lab.save()
    #expect(Set(saved.tree.keys.map(\.description)) == ["file"])
    #expect(saved.snapshot.leftOut.isEmpty)
  }

  @Test func aPipeInPlaceOfATrackedFileIsReported() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.commit("base")
    lab.scratch.put("file", .fifo)
    lab.scratch.put("other", .file("other\n"))
    let saved = try lab.save()
    #expect(saved.reasons() == ["file": .unreadable])
    #expect(try text("file", of: saved, in: lab) == "one\n")
    #expect(try text("other", of: saved, in: lab) == "other\n")
  }

  @Test func filesThatNoFilterTakesAreReportedAndTheRestIsSaved() throws {
    let lab = try Lab()
    lab.scratch.put(".gitattributes", .file("*.no filter=no\n"))
    lab.scratch.put("tracked.no", .file("one\n"))
    try lab.scratch.commit("base")
    // What is as young as the index is compared whenever git writes one, and so cannot be left out.
    try lab.scratch.run("touch", ["-d", "2001-01-01", lab.scratch.path + "/tracked.no"])
    try lab.scratch.git("update-index", "--refresh")
    try lab.scratch.git("config", "filter.no.clean", "false")
    try lab.scratch.git("config", "filter.no.required", "true")
    for name in ["tracked.no", "new.no", "a", "b", "c", "d"] { lab.scratch.put(name, .file("two\n")) }
    let saved = try lab.save()
    #expect(saved.reasons() == ["tracked.no": .unreadable, "new.no": .unreadable])
    #expect(saved.snapshot.leftOut.map(\.filter) == ["no", "no"])
    #expect(
      Set(saved.tree.keys.map(\.description)) == [".gitattributes", "tracked.no", "a", "b", "c", "d"])
    #expect(try text("tracked.no", of: saved, in: lab) == "one\n")
  }

  @Test func aFileThatVanishesMeanwhileIsNotSaved() throws {
    let lab = try Lab()
    lab.scratch.put(".gitattributes", .file("*.rm filter=rm\n"))
    try lab.scratch.git("config", "filter.rm.clean", "rm -rf later folder; cat")
    for name in ["first.rm", "folder/file", "later"] { lab.scratch.put(name, .file("x\n")) }
    let saved = try lab.save()
    #expect(Set(saved.tree.keys.map(\.description)) == [".gitattributes", "first.rm"])
    #expect(saved.snapshot.leftOut.isEmpty)
  }

  private func text(_ name: String, of saved: Lab.Saved, in lab: Lab) throws -> String {
    let entry = try #require(saved.tree[RepositoryPath(name.utf8)])
    return String(decoding: try lab.scratch.open().object(entry.id, .blob), as: UTF8.self)
  }
}
