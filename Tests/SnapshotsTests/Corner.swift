import Git
import TestSupport
import Testing

/// One state of a repository in which a snapshot must be what git itself would record.
struct Corner: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable (ScratchRepository) throws -> Void

  init(_ name: String, _ make: @escaping @Sendable (ScratchRepository) throws -> Void) {
    testDescription = name
    self.make = make
  }

  static let all = changes + indexes + settings

  /// Three files that are committed.
  private static func commitSome(_ scratch: ScratchRepository) throws {
    scratch.put("kept.txt", .file("kept\n"))
    scratch.put("dir/one.txt", .file("one\n"))
    scratch.put("dir/two.txt", .file("two\n"))
    try scratch.commit("base")
  }

  private static let changes = [
    Corner("nothing at all") { _ in },
    Corner("unborn, one untracked file") { $0.put("new.txt", .file("new\n")) },
    Corner("unborn, staged and gone") {
      $0.put("new.txt", .file("new\n"))
      try $0.git("add", "new.txt")
      try $0.remove("new.txt")
    },
    Corner("modified, deleted, renamed, new") {
      try commitSome($0)
      $0.put("kept.txt", .file("changed\n"))
      try $0.remove("dir/one.txt")
      $0.put("dir/renamed.txt", .file("two\n"))
      try $0.remove("dir/two.txt")
    },
    Corner("all deleted") {
      try commitSome($0)
      try $0.remove("kept.txt")
      try $0.remove("dir")
    },
    Corner("mode only") {
      try commitSome($0)
      $0.put("kept.txt", .file("kept\n", executable: true))
    },
    Corner("file to link, folder to file, folder to link, file to folder") {
      try commitSome($0)
      $0.put("other/file", .file("other\n"))
      $0.put("third", .file("third\n"))
      try $0.commit("more")
      $0.put("kept.txt", .link("dir/one.txt"))
      $0.put("dir", .file("now a file\n"))
      $0.put("other", .link("nowhere"))
      $0.put("third/deep/file", .file("deep\n"))
    },
    Corner("folder to link to a folder with the same names") {
      try commitSome($0)
      $0.put("elsewhere/one.txt", .file("one\n"))
      $0.put("elsewhere/two.txt", .file("two\n"))
      $0.put("dir", .link("elsewhere"))
    },
    Corner("empty folders") {
      try commitSome($0)
      try $0.run("mkdir", ["-p", $0.path + "/empty/deeper"])
    },
    Corner("odd names") { scratch in
      for name in [
        "-dash", "sp ace", "new\nline", "qu\"ote", "*", "?", "[a]", ":(top)", "!bang", "#hash", "\\", "~",
      ] {
        scratch.put(name, .file(name))
        scratch.put("folder \(name)/\(name)", .link(name))
      }
    },
    Corner("what is called .git, and is no repository") { scratch in
      let contents = [
        String(repeating: "x", count: 70_000), "gitdir: " + String(repeating: "x", count: 70_000), "gitdir: ",
        "gitdir: nowhere\n", "",
      ]
      for (number, content) in contents.enumerated() {
        scratch.put("folder\(number)/.git", .file(content))
        scratch.put("folder\(number)/new", .file("new\n"))
      }
      scratch.put("pipe/.git", .fifo)
      scratch.put("pipe/new", .file("new\n"))
    },
    Corner("pipe") {
      try commitSome($0)
      $0.put("pipe", .fifo)
    },
    Corner("dangling, absolute and looping links") {
      $0.put("dangling", .link("nowhere"))
      $0.put("absolute", .link("/nowhere/at/all"))
      $0.put("loop", .link("loop"))
    },
    Corner("every source of ignore rules, and what is tracked all the same") {
      try commitSome($0)
      $0.put(".gitignore", .file("*.log\n/build/\n!keep.log\n"))
      $0.put("dir/.gitignore", .file("*.tmp\n!important.tmp\n"))
      $0.put(".git/info/exclude", .file("excluded\n"))
      $0.put("../home/globally", .file("global\n"))
      try $0.git("config", "core.excludesFile", $0.root + "/home/globally")
      for name in ["a.log", "keep.log", "build/out", "dir/a.tmp", "dir/important.tmp", "excluded", "global"] {
        $0.put(name, .file(name))
      }
      $0.put("tracked.log", .file("1\n"))
      try $0.git("add", "--force", "tracked.log")
      $0.put("tracked.log", .file("2\n"))
    },
  ]

  private static let indexes = [
    Corner("staged, then changed again, removed, and put back") {
      try commitSome($0)
      $0.put("kept.txt", .file("staged\n"))
      $0.put("new.txt", .file("staged\n"))
      try $0.git("add", "--all")
      try $0.git("rm", "--cached", "--quiet", "dir/one.txt")
      $0.put("kept.txt", .file("not staged\n"))
      try $0.remove("new.txt")
    },
    Corner("intent to add") {
      try commitSome($0)
      $0.put("announced", .file("announced\n"))
      $0.put("announced and gone", .file("gone\n"))
      try $0.git("add", "--intent-to-add", ".")
      try $0.remove("announced and gone")
    },
    Corner("unmerged") { scratch in
      try commitSome(scratch)
      let blobs = try (1...3).map {
        String(try scratch.git(["hash-object", "-w", "--stdin"], input: "\($0)\n").dropLast())
      }
      let stages = zip(1...3, blobs).map { "100644 \($1) \($0)\tkept.txt\n100644 \($1) \($0)\tgone.txt\n" }
      try scratch.git(["update-index", "--index-info"], input: "0 \(blobs[0])\tkept.txt\n" + stages.joined())
      scratch.put("kept.txt", .file("<<<<<<< both\n"))
    },
    Corner("no index") {
      try commitSome($0)
      try $0.remove(".git/index")
    },
    Corner("index version 4") {
      try commitSome($0)
      try $0.git("update-index", "--index-version", "4")
      $0.put("dir/one.txt", .file("changed\n"))
      $0.put("dir/three.txt", .file("three\n"))
    },
    Corner("split index") {
      try $0.git("config", "core.splitIndex", "true")
      try commitSome($0)
      $0.put("dir/one.txt", .file("staged\n"))
      try $0.git("add", "--all")
      $0.put("dir/three.txt", .file("three\n"))
    },
    Corner("untracked cache") {
      try $0.git("config", "core.untrackedCache", "true")
      try commitSome($0)
      $0.put("dir/three.txt", .file("three\n"))
      try $0.git("status")
      $0.put("dir/four.txt", .file("four\n"))
    },
    Corner("sparse checkout with cones") {
      try commitSome($0)
      $0.put("in/file", .file("in\n"))
      try $0.commit("more")
      try $0.git("sparse-checkout", "set", "--cone", "in")
      $0.put("in/file", .file("changed\n"))
    },
    Corner("sparse checkout with a sparse index") {
      try commitSome($0)
      $0.put("in/file", .file("in\n"))
      try $0.commit("more")
      try $0.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
      $0.put("in/new", .file("new\n"))
    },
    Corner("sparse checkout by patterns") {
      try commitSome($0)
      try $0.git("sparse-checkout", "set", "--no-cone", "/kept.txt")
      $0.put("kept.txt", .file("changed\n"))
    },
    Corner("files skipped by hand") {
      try commitSome($0)
      try $0.git("update-index", "--skip-worktree", "dir/one.txt", "dir/two.txt")
      try $0.remove("dir/one.txt")
      $0.put("dir/two.txt", .file("private\n"))
    },
  ]

  private static let settings = [
    Corner("line ends, ident and encodings") {
      $0.put(
        ".gitattributes",
        .file("*.txt text eol=crlf\n*.id ident\n*.u16 working-tree-encoding=UTF-16LE\n*.bin -text\n"))
      $0.put("dos.txt", .file("one\r\ntwo\r\n"))
      $0.put("raw.bin", .file("one\r\ntwo\r\n"))
      $0.put("who.id", .file("$Id: 0123 $\n"))
      $0.put("wide.u16", .file("a\0b\0"))
    },
    Corner("line ends by configuration, and a warning about them") {
      try $0.git("config", "core.autocrlf", "true")
      try $0.git("config", "core.safecrlf", "warn")
      $0.put("mixed.txt", .file("one\r\ntwo\n"))
    },
    Corner("a filter that must run") {
      try $0.git("config", "filter.upper.clean", "tr a-z A-Z")
      try $0.git("config", "filter.upper.smudge", "tr A-Z a-z")
      try $0.git("config", "filter.upper.required", "true")
      $0.put(".gitattributes", .file("*.up filter=upper\n"))
      $0.put("tracked.up", .file("one\n"))
      try $0.commit("base")
      $0.put("tracked.up", .file("two\n"))
      $0.put("new.up", .file("three\n"))
    },
    Corner("settings that would sign, hook and watch") {
      try $0.git("config", "core.hooksPath", $0.root + "/hooks")
      $0.put(
        "../hooks/post-index-change", .file("#!/bin/sh\necho ran >> '\($0.root)/ran'\n", executable: true))
      $0.put("../hooks/watch", .file("#!/bin/sh\necho ran >> '\($0.root)/ran'\nexit 1\n", executable: true))
      try $0.git("-c", "core.hooksPath=/dev/null", "config", "commit.gpgSign", "true")
      try $0.git("config", "core.fsmonitor", $0.root + "/hooks/watch")
      $0.put("new.txt", .file("new\n"))
    },
    Corner("modes that are not kept") {
      try commitSome($0)
      try $0.git("config", "core.fileMode", "false")
      $0.put("kept.txt", .file("kept\n", executable: true))
      $0.put("new.txt", .file("new\n", executable: true))
    },
    Corner("a file above the limit for big files") {
      try $0.git("config", "core.bigFileThreshold", "1k")
      $0.put("big", .file(String(repeating: "big\n", count: 1000)))
    },
    Corner("a file, a link and a folder of ours in the place of submodules") {
      $0.put("kept", .file("kept\n"))
      try $0.commit("base")
      let commit = try #require(try $0.open().head().commit)
      for name in ["file", "ignored", "link", "folder"] {
        try $0.git("update-index", "--add", "--cacheinfo", "160000,\(commit),\(name)")
      }
      $0.put(".gitignore", .file("ignored\n"))
      $0.put("file", .file("in place\n"))
      $0.put("ignored", .file("in place\n"))
      $0.put("link", .link("kept"))
      $0.put("folder/inner", .file("inner\n"))
    },
    Corner("submodule at another commit") {
      let inner = try ScratchRepository(format: try $0.open().objectFormat)
      inner.put("inside", .file("1\n"))
      try inner.commit("inner")
      try $0.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path, "sub")
      try $0.commit("base")
      try $0.git(
        ["-c", "user.name=a", "commit", "--quiet", "--allow-empty", "-m", "x"], in: $0.path + "/sub")
    },
  ]
}
