#if os(Linux)
  import Files
  import Foundation
  import Git
  import Sessions
  import TestSupport
  import Testing

  @testable import Snapshots

  /// Folders whose names are in no encoding that anybody knows.
  @Suite struct NameEncodings {
    private static let folder: [UInt8] = Array("d".utf8) + [0xff]

    private func path(_ name: String) -> RepositoryPath {
      RepositoryPath(Self.folder + Array("/\(name)".utf8))
    }

    private func put(_ name: String, _ entry: FileTree.Entry, in lab: Lab) {
      FileTree.put(entry, at: path(name), below: lab.scratch.path)
    }

    @Test(arguments: Lab.Engine.allCases) func holdTheirOwnIgnoreRules(engine: Lab.Engine) throws {
      let lab = try Lab()
      lab.engine = engine
      put(".gitignore", .file("*.secret\n*.pipe\n"), in: lab)
      for name in ["a.secret", "kept", "below/b.secret", "below/kept"] { put(name, .file("x\n"), in: lab) }
      put("a.pipe", .fifo, in: lab)
      let saved = try lab.save()
      #expect(Set(saved.tree.keys) == [path(".gitignore"), path("kept"), path("below/kept")])
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()))
      #expect(saved.snapshot.leftOut.isEmpty)
    }

    @Test(arguments: Lab.Engine.allCases) func mayHoldRepositories(engine: Lab.Engine) throws {
      let lab = try Lab()
      lab.engine = engine
      lab.scratch.put("file", .file("x\n"))
      try lab.scratch.git("init", "--quiet", "--separate-git-dir", lab.scratch.root + "/data.git", "inner")
      put("inner/new", .file("x\n"), in: lab)
      try lab.scratch.run(
        "sh",
        ["-c", "cd \"$1\"/d*/inner && mv ../../inner/.git . && rmdir ../../inner", "sh", lab.scratch.path])
      let saved = try lab.save()
      #expect(saved.reasons() == ["\"d\\377/inner/\"": .nestedRepository])
      #expect(saved.tree.keys.map(\.description) == ["file"])
    }

    @Test func leaveNothingBehindWhenTheyAreRestored() throws {
      let lab = try Lab()
      put("file", .file("one\n"), in: lab)
      put("deep/file", .file("one\n"), in: lab)
      let target = try lab.save()
      put("deep/file", .file("two\n"), in: lab)
      _ = try lab.restore(target)
      #expect(lab.scratch.files == target.files)
      let left = try Files.list(lab.scratch.path + "/.git/session")
      #expect(!left.contains { $0.hasPrefix("staging-") }, "\(left)")
    }

    @Test func areWatchedLikeOthers() throws {
      let lab = try Lab()
      put(".gitignore", .file("ignored/\n"), in: lab)
      for name in ["deep/file", "ignored/file", "other/file", "other/.git/HEAD"] {
        put(name, .file("x\n"), in: lab)
      }
      let repository = try lab.scratch.open()
      let folders = try SavedFolders(
        repository, settings: WorkTreeSettings(try repository.configuration(), of: repository))
      var found: Set<[UInt8]> = []
      try folders.visit(below: []) { found.insert($0) }
      #expect(found == [[], Self.folder, path("deep").bytes])
    }
  }
#endif
