import TestSupport
import Testing

@testable import Git

/// Finding a repository, and saying what is wrong with it.
@Suite struct Discovery {
  private func failure(at directory: String, _ scratch: ScratchRepository) throws -> GitError? {
    #expect(throws: GitError.self) { try scratch.open(at: directory) }
  }

  @Test func fromAnywhereInAWorkTree() throws {
    let scratch = try ScratchRepository()
    scratch.put("deep/er/file", .file("x\n"))
    let repository = try scratch.open(at: scratch.path + "/deep/er")
    #expect(repository.workTree == scratch.path)
    #expect(repository.gitDirectory == scratch.path + "/.git")
    #expect(repository.commonDirectory == scratch.path + "/.git")
    #expect(repository.currentDirectory == scratch.path + "/deep/er")
  }

  @Test func aLinkedWorkTree() throws {
    let scratch = try ScratchRepository()
    try scratch.commit("base")
    try scratch.git("worktree", "add", "--quiet", scratch.root + "/linked")
    let repository = try scratch.open(at: scratch.root + "/linked")
    #expect(repository.workTree == scratch.root + "/linked")
    #expect(repository.gitDirectory == scratch.path + "/.git/worktrees/linked")
    #expect(repository.commonDirectory == scratch.path + "/.git")
    #expect(try repository.head().branch == "refs/heads/linked")
  }

  @Test func noRepository() throws {
    let scratch = try ScratchRepository()
    #expect(try failure(at: scratch.root + "/home", scratch)?.kind == .notRepository)
  }

  @Test func aBareRepositoryAndAGitDirHaveNoWorkTree() throws {
    let scratch = try ScratchRepository()
    try scratch.git("init", "--quiet", "--bare", scratch.root + "/bare.git")
    for place in [scratch.root + "/bare.git", scratch.path + "/.git"] {
      let repository = try scratch.open(at: place)
      #expect(repository.workTree == nil)
      let error = #expect(throws: GitError.self) { try repository.requireWorkTree() }
      #expect(error?.kind == .bareRepository)
    }
  }

  @Test(arguments: ObjectFormat.allCases) func objectNamesAreOfEitherFormat(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    try scratch.commit("base")
    let repository = try scratch.open()
    #expect(repository.objectFormat == format)
    let head = try #require(try repository.head().commit)
    #expect(try repository.commit(head).tree == repository.emptyTree)
    #expect(try scratch.open(at: scratch.path + "/.git").objectFormat == format)
  }

  /// What libgit2 need not open is looked at all the same.
  @Test func otherWaysToKeepThingsAreRefused() throws {
    func sentence(_ key: String, _ value: String, scope: String = "local") -> String? {
      let entry = Configuration.Entry(scope: scope, origin: "file:config", key: key, value: value)
      return GitError(extensionsIn: Configuration(entries: [entry]))?.description
    }
    #expect(
      sentence("extensions.refstorage", "reftable")
        == "this repository keeps its references in the format reftable, which git-session cannot read yet")
    #expect(
      sentence("extensions.future", "1")
        == "this repository uses extensions.future, which git-session cannot read yet")
    #expect(sentence("extensions.compatobjectformat", "sha1") != nil)
    #expect(sentence("extensions.refstorage", "files") == nil)
    #expect(sentence("extensions.objectformat", "sha256") == nil)
    #expect(sentence("extensions.future", "1", scope: "global") == nil, "only a repository has extensions")
  }

  @Test(arguments: ["worktreeConfig", "preciousObjects"]) func extensionsThatChangeNothing(name: String)
    throws
  {
    let scratch = try ScratchRepository()
    try scratch.commit("base")
    try scratch.git("config", "core.repositoryFormatVersion", "1")
    try scratch.git("config", "extensions.\(name)", "true")
    #expect(try scratch.open().head().commit != nil)
  }

  @Test func anExtensionThatNobodyKnows() throws {
    let scratch = try ScratchRepository()
    try scratch.git("config", "core.repositoryFormatVersion", "1")
    try scratch.git("config", "extensions.future", "true")
    _ = try failure(at: scratch.path, scratch)
  }

  @Test func aBrokenRepository() throws {
    let scratch = try ScratchRepository()
    scratch.put(".git/HEAD", .file("nonsense\n"))
    #expect(try failure(at: scratch.path, scratch)?.kind == .notRepository)
  }

  @Test(arguments: ["with space", "ümlaut", "co:lon", "qu\"ote", "-dash"]) func oddPlaces(name: String) throws
  {
    let scratch = try ScratchRepository()
    let place = scratch.root + "/" + name
    try scratch.git("init", "--quiet", place)
    FileTree.put(.file("x\n"), at: RepositoryPath("file".utf8), below: place)
    let repository = try scratch.open(at: place)
    #expect(repository.workTree == place)
    let batch = try ObjectBatch(repository)
    let id = try repository.run(["hash-object", "-w", "file"], environment: batch.environment).text
    try batch.publish()
    #expect(try repository.contains(#require(ObjectID(id))))
  }

  @Test func aPlaceThatIsNoUTF8IsRefused() throws {
    let scratch = try ScratchRepository()
    try scratch.run(
      "sh",
      [
        "-c", "p=$(printf '%s/\\377' \"$1\"); git init --quiet \"$p\"; ln -s \"$p\" \"$1/link\"", "sh",
        scratch.root,
      ])
    #expect(try failure(at: scratch.root + "/link", scratch)?.kind == .unsupported)
  }

  @Test func aPlaceWithALineFeedIsRefused() throws {
    let scratch = try ScratchRepository()
    let place = scratch.root + "/line\nfeed"
    try scratch.git("init", "--quiet", place)
    #expect(try failure(at: place, scratch)?.kind == .unsupported)
  }
}
