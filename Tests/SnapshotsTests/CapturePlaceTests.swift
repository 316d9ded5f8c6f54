import Git
import Sessions
import Snapshots
import TestSupport
import Testing

/// Snapshots of all kinds of work trees, in all kinds of surroundings.
@Suite struct CapturePlaces {
  @Test func aLinkedWorkTree() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.commit("base")
    let linked = lab.scratch.root + "/linked"
    try lab.scratch.git("worktree", "add", "--quiet", linked, "-b", "other")
    FileTree.put(.file("linked\n"), at: RepositoryPath("file".utf8), below: linked)
    let saved = try lab.save(at: linked)
    #expect(saved.snapshot.head.branch == "refs/heads/other")
    try lab.scratch.git(["add", "--all"], in: linked)
    #expect(try lab.scratch.git(["write-tree"], in: linked) == saved.snapshot.tree.hex + "\n")
    #expect(try lab.save().snapshot.tree.hex == lab.treeByAddAll())
  }

  @Test func aGitDirElsewhere() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.git("init", "--quiet", "--separate-git-dir", lab.scratch.root + "/data.git")
    #expect(try lab.save().snapshot.tree.hex == lab.treeByAddAll())
  }

  @Test func aCloneThatBorrowsObjects() throws {
    let lender = try ScratchRepository()
    lender.put("file", .file("one\n"))
    try lender.commit("base")
    let lab = try Lab()
    try lab.scratch.git(
      "clone", "--quiet", "--shared", lender.path, lab.scratch.root + "/clone:with \"odd\" name")
    let clone = lab.scratch.root + "/clone:with \"odd\" name"
    FileTree.put(.file("two\n"), at: RepositoryPath("new".utf8), below: clone)
    let saved = try lab.save(at: clone)
    #expect(saved.tree.count == 2)
    try lab.scratch.git(["fsck", "--strict"], in: clone)
  }

  @Test(arguments: [ObjectFormat.sha1, .sha256]) func aCloneThatBorrowsFromOneThatBorrows(
    format: ObjectFormat
  ) throws {
    let lab = try Lab(format)
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.commit("base")
    var source = "work"
    for name in ["second", "third \"odd\"", "fourth"] {
      let clone = "\(lab.scratch.root)/\(name)"
      try lab.scratch.git("clone", "--quiet", "--shared", "\(lab.scratch.root)/\(source)", clone)
      try lab.scratch.write(
        "../\(name)/.git/objects/info/alternates", "# \n../../../\(source)/.git/objects\n")
      source = name
    }
    let clone = lab.scratch.root + "/fourth"
    FileTree.put(.file("two\n"), at: RepositoryPath("new".utf8), below: clone)
    let repository = try lab.scratch.open(at: clone)
    _ = try repository.commit(try #require(try repository.head().commit))
    #expect(try lab.save(at: clone).tree.count == 2)
    // One that borrows from itself in the end.
    try lab.scratch.write(
      ".git/objects/info/alternates", "../../../fourth/.git/objects\n\"../../../odd\\n\"\n")
    #expect(try lab.save(at: clone).tree.count == 2)
  }

  /// What lies outside of the sparse checkout is not in the clone, and there is nobody to get it from.
  @Test(arguments: [ObjectFormat.sha1, .sha256]) func aSparsePartialClone(format: ObjectFormat) throws {
    let lab = try Lab(format)
    for name in ["in", "out"] {
      lab.scratch.put("\(name)/.gitignore", .file("*.\(name)\n"))
      lab.scratch.put("\(name)/.gitattributes", .file("*.\(name) text\n"))
      lab.scratch.put("\(name)/file", .file("\(name)\n"))
    }
    try lab.scratch.commit("base")
    try lab.scratch.git("config", "uploadpack.allowFilter", "true")
    let clone = lab.scratch.root + "/clone"
    let source = "file://" + lab.scratch.path
    try lab.scratch.git("clone", "--quiet", "--filter=blob:none", "--sparse", source, clone)
    try lab.scratch.git(["sparse-checkout", "set", "--cone", "in"], in: clone)
    try lab.scratch.remove(".git")
    func put(_ name: String, _ text: String) {
      FileTree.put(.file(text), at: RepositoryPath(name.utf8), below: clone)
    }

    put("in/file", "one\n")
    put("in/a.in", "ignored\n")
    put("in/a.txt", "one\r\n")
    let first = try lab.save(at: clone)
    #expect(first.snapshot.leftOut.isEmpty)
    #expect(
      first.tree.keys.map(\.description).sorted() == [
        "in/.gitattributes", "in/.gitignore", "in/a.txt", "in/file", "out/.gitattributes", "out/.gitignore",
        "out/file",
      ])
    put("in/file", "two\n")
    put("in/new", "two\n")
    put("in/.gitattributes", "*.txt text\n")
    _ = try lab.restore(first.target, from: clone)
    #expect(FileTree(of: clone) == first.files)

    // No rules are known here.
    put("out/new", "new\n")
    let second = try lab.save(at: clone)
    #expect(Set(second.tree.keys).subtracting(first.tree.keys).map(\.description) == ["out/new"])
  }

  @Test func fromAFolderBelowTheTop() throws {
    let lab = try Lab()
    lab.scratch.put("deep/er/file", .file("one\n"))
    lab.scratch.put("top", .file("top\n"))
    let saved = try lab.save(at: lab.scratch.path + "/deep/er")
    #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()))
  }

  /// A hook is called with variables that tie git to an index, a time and a store of its own.
  @Test func variablesOfAHookDoNotLeakIn() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.commit("base")
    lab.scratch.put("file", .file("two\n"))
    let expected = try lab.treeByAddAll()
    let variables = [
      "GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere", "GIT_INDEX_FILE": "/nowhere/index",
      "GIT_PREFIX": "deep/",
      "GIT_OBJECT_DIRECTORY": "/nowhere/objects", "GIT_AUTHOR_DATE": "nonsense",
      "GIT_COMMITTER_DATE": "nonsense",
      "GIT_LITERAL_PATHSPECS": "1", "GIT_NAMESPACE": "other", "GIT_CONFIG": "/nowhere/config",
    ]
    for (name, value) in variables { lab.scratch.setEnvironment(name, value) }
    let saved = try lab.save()
    #expect(saved.snapshot.tree.hex == expected)
  }

  @Test func collectingGarbageTakesNothingThatAReferenceHolds() async throws {
    let lab = try Lab()
    for number in 0..<20 { lab.scratch.put("file\(number)", .file("\(number)\n")) }
    let repository = try lab.scratch.open()
    let batch = try ObjectBatch(repository)
    let tree = try lab.snapshot(repository, batch).tree
    let commit = try batch.writeCommit(
      tree: tree, parents: [], by: Signature(name: "a", email: "b", seconds: 1), message: "m")
    try batch.publish()
    try repository.move("refs/sessions/x", from: nil, to: commit, log: "")
    let (path, environment) = (lab.scratch.path, lab.scratch.environment)
    async let collected = Task.detached {
      try Program.run("git", ["-C", path, "gc", "--quiet", "--prune=now"], environment: environment).status
    }.value
    for number in 20..<40 {
      lab.scratch.put("file\(number)", .file("\(number)\n"))
      let more = try ObjectBatch(repository)
      #expect(try lab.snapshot(repository, more).leftOut.isEmpty)
    }
    #expect(try await collected == 0)
    try lab.scratch.git("fsck", "--strict", "--connectivity-only")
    #expect(try repository.files(of: tree).count == 20)
    for entry in try repository.files(of: tree).values { _ = try repository.object(entry.id, .blob) }
  }

  @Test(arguments: [
    ("MERGE_HEAD", OperationInProgress.Kind.merge), ("CHERRY_PICK_HEAD", .cherryPick),
    ("REVERT_HEAD", .revert),
    ("rebase-merge/onto", .rebase), ("rebase-apply/onto", .rebase),
  ])
  func anOperationInProgress(file: String, kind: OperationInProgress.Kind) throws {
    let lab = try Lab()
    try lab.scratch.commit("base")
    let head = try lab.scratch.git("rev-parse", "HEAD")
    #expect(try lab.save().snapshot.operation == nil)
    lab.scratch.put(".git/" + file, .file(head))
    #expect(
      try lab.save().snapshot.operation == OperationInProgress(kind: kind, heads: [String(head.dropLast())]))
  }

  @Test func whatIsNotAWorkTree() throws {
    let lab = try Lab()
    try lab.scratch.git("init", "--quiet", "--bare", lab.scratch.root + "/bare.git")
    #expect(throws: GitError.self) { try lab.save(at: lab.scratch.root + "/bare.git") }
    #expect(throws: GitError.self) { try lab.save(at: lab.scratch.path + "/.git") }
  }
}
