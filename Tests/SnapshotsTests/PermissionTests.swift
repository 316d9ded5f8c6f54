import Foundation
import Git
import Sessions
import Snapshots
import TestSupport
import Testing

/// What may not be read or written. The superuser may do all of it, so this needs another user.
@Suite(.enabled(if: geteuid() != 0, "the superuser may read and write everything")) struct Permissions {
  private func chmod(_ mode: String, _ name: String, in lab: Lab) throws {
    try lab.scratch.run("chmod", [mode, lab.scratch.path + "/" + name])
  }

  @Test func whatCannotBeReadIsReportedAndTheRestIsSaved() throws {
    let lab = try Lab()
    for name in ["tracked", "changed", "shut/tracked", "listed/tracked"] {
      lab.scratch.put(name, .file("one\n"))
    }
    try lab.scratch.commit("base")
    lab.scratch.put("changed", .file("two\n"))
    for name in ["new", "ordinary", "closed/new"] { lab.scratch.put(name, .file("new\n")) }
    for name in ["tracked", "changed", "new", "closed", "shut"] { try chmod("000", name, in: lab) }
    try chmod("444", "listed", in: lab)
    let saved = try lab.save()
    #expect(
      saved.reasons() == [
        "tracked": .unreadable, "changed": .unreadable, "new": .unreadable, "closed/": .unreadable,
        "shut/tracked": .unreadable,
        "shut/": .unreadable, "listed/": .unreadable, "listed/tracked": .unreadable,
      ])
    #expect(
      Set(saved.tree.keys.map(\.description))
        == ["tracked", "changed", "shut/tracked", "listed/tracked", "ordinary"])
  }

  @Test(arguments: Lab.Engine.allCases) func aFolderWhoseGitDirCannotBeRead(engine: Lab.Engine) throws {
    let lab = try Lab()
    lab.engine = engine
    for name in ["file", "shut", "listed"] {
      lab.scratch.put(name + "/new", .file("new\n"))
      if name != "file" { try lab.scratch.git("init", "--quiet", name) }
    }
    lab.scratch.put("file/.git", .file("gitdir: elsewhere\n"))
    for (name, mode) in [("file", "000"), ("shut", "000"), ("listed", "600")] {
      try chmod(mode, name + "/.git", in: lab)
    }
    let saved = try lab.save()
    #expect(Set(saved.tree.keys.map(\.description)) == ["shut/new", "listed/new"])
    #expect(saved.reasons() == ["file/": .nestedRepository])
  }

  @Test func unsavedContentIsNotOverwritten() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("file", .file("two\n"))
    try chmod("000", "file", in: lab)
    let outcome = try lab.restore(target)
    #expect(outcome.plan.obstacles.map(\.path.description) == ["file"])
    try chmod("644", "file", in: lab)
    #expect(lab.scratch.read("file") == "two\n")
  }

  @Test(arguments: ["555", "444", "000"]) func aFolderThatMayNotBeWrittenStopsAll(mode: String) throws {
    for change in ["write", "add", "remove", "replace"] {
      let lab = try Lab()
      lab.scratch.put("a", .file("one\n"))
      if change != "remove" { lab.scratch.put("dir/file", .file("one\n")) }
      if change == "replace" { lab.scratch.put("dir", .file("one\n")) }
      let target = try lab.save()
      lab.scratch.put("a", .file("two\n"))
      lab.scratch.put("dir/file", .file("two\n"))
      lab.scratch.put("dir/other/file", .file("two\n"))
      if change == "add" { try lab.scratch.remove("dir/file") }
      try chmod(mode, "dir", in: lab)
      let outcome = try? lab.restore(target)
      if change == "remove" && mode == "000" {
        // There may be anything in there, or nothing.
        #expect(outcome?.kept == ["dir/": .unreadable])
      } else {
        #expect(outcome == nil || outcome?.plan.obstacles.isEmpty == false, "\(change)")
        #expect(lab.scratch.read("a") == "two\n", "\(change)")
      }
      try chmod("755", "dir", in: lab)
      #expect(lab.scratch.read("dir/other/file") == "two\n", "\(change)")
    }
  }

  @Test func anEmptyFolderThatMayNotBeRemovedStays() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    lab.scratch.put("top/keep", .file("one\n"))
    let target = try lab.save()
    lab.scratch.put("top/dir/file", .file("two\n"))
    try chmod("555", "top", in: lab)
    _ = try lab.restore(target)
    #expect(lab.scratch.files == target.files)
  }

  @Test func aRepositoryThatMayNotBeWritten() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try chmod("555", ".git", in: lab)
    let error = #expect(throws: GitError.self) { try lab.save() }
    #expect(error?.kind == .notPermitted)
    let repository = try lab.scratch.open()
    let batch = try ObjectBatch(repository, temporary: lab.scratch.root)
    #expect(try lab.snapshot(repository, batch).leftOut.isEmpty)
    try chmod("755", ".git", in: lab)
  }
}
