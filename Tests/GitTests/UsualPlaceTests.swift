import Files
import TestSupport
import Testing

@testable import Git

/// What is found without starting git must be what git finds.
@Suite struct UsualPlaces {
  /// A way to lay a repository out, the folder to look from, and whether git need not be asked.
  struct Layout: CustomTestStringConvertible, Sendable {
    let name: String
    let isUsual: Bool
    var folder = "."
    let script: String
    var testDescription: String { name }
  }

  private static let layouts = [
    Layout(name: "plain", isUsual: true, script: ""),
    Layout(name: "below", isUsual: true, folder: "a/b", script: "mkdir -p a/b"),
    Layout(name: "through a link", isUsual: true, folder: "../link/a", script: "mkdir a; ln -s work ../link"),
    Layout(
      name: "linked work tree", isUsual: true, folder: "../linked", script: "git worktree add -q ../linked"),
    Layout(
      name: "linked, settings of its own", isUsual: true, folder: "../linked",
      script: "git worktree add -q ../linked; git config extensions.worktreeConfig true; "
        + "git -C ../linked config --worktree session.a 1"),
    Layout(
      name: "relative link", isUsual: true, folder: "../linked",
      script: "git worktree add -q ../linked; echo 'gitdir: ../work/.git/worktrees/linked' >../linked/.git"),
    Layout(
      name: "separate git dir", isUsual: true, folder: "../s",
      script: "git init -q --separate-git-dir ../d ../s"),
    Layout(
      name: "separate git dir inside", isUsual: false, folder: "d",
      script: "git init -q --separate-git-dir d"),
    Layout(
      name: "submodule", isUsual: false, folder: "sub",
      script: "git init -q ../m; git -C ../m commit -q --allow-empty -m m; "
        + "git -c protocol.file.allow=always submodule --quiet add ../m sub"),
    Layout(name: "sha256", isUsual: true, folder: "s", script: "git init -q --object-format=sha256 s"),
    Layout(name: "nested", isUsual: true, folder: "n/deep", script: "git init -q n; mkdir n/deep"),
    Layout(name: "nested nothing", isUsual: false, folder: "n", script: "mkdir -p n/.git"),
    Layout(name: "bare", isUsual: false, folder: "../b", script: "git init -q --bare ../b"),
    Layout(
      name: "below a bare one", isUsual: false, folder: "../b/x",
      script: "git init -q --bare ../b; mkdir ../b/x"),
    Layout(name: "in .git", isUsual: false, folder: ".git", script: ""),
    Layout(name: "deep in .git", isUsual: false, folder: ".git/refs/heads", script: ""),
    Layout(name: ".git is a link", isUsual: false, script: "mv .git ../real; ln -s ../real .git"),
    Layout(
      name: "file without a line feed", isUsual: false, script: "mv .git ../r; printf 'gitdir: ../r' >.git"),
    Layout(name: "broken file", isUsual: false, script: "mv .git ../r; echo nonsense >.git"),
    Layout(
      name: "file that names nothing", isUsual: false, script: "mv .git ../r; echo 'gitdir: ../x' >.git"),
    Layout(name: "core.worktree", isUsual: false, script: "mkdir ../o; git config core.worktree ../../o"),
    Layout(name: "core.bare", isUsual: false, script: "git config core.bare true"),
    Layout(name: "core.bare empty", isUsual: true, script: "printf '[core]\\n\\tbare =\\n' >>.git/config"),
    Layout(name: "core.bare alone", isUsual: false, script: "printf '[core]\\n\\tbare\\n' >>.git/config"),
    Layout(name: "include", isUsual: false, script: "git config include.path other"),
    Layout(
      name: "includeIf", isUsual: false,
      script: "printf '[session]\\na = 1\\n' >../inc; git config includeIf.onbranch:main.path ../../inc"),
    Layout(name: "version 1", isUsual: true, script: "git config core.repositoryFormatVersion 1"),
    Layout(name: "version 2", isUsual: false, script: "git config core.repositoryFormatVersion 2"),
    Layout(
      name: "unknown extension", isUsual: false,
      script: "git config core.repositoryFormatVersion 1; git config extensions.future 1"),
    Layout(
      name: "known extension", isUsual: true,
      script: "git config core.repositoryFormatVersion 1; git config extensions.preciousObjects true"),
    Layout(name: "format of version 0", isUsual: false, script: "git config extensions.objectFormat sha1"),
    Layout(name: "no configuration", isUsual: true, script: "rm .git/config"),
    Layout(name: "broken configuration", isUsual: false, script: "echo '[' >.git/config"),
    Layout(name: "broken HEAD", isUsual: false, script: "echo nonsense >.git/HEAD"),
    Layout(name: "HEAD is a link", isUsual: false, script: "rm .git/HEAD; ln -s refs/heads/main .git/HEAD"),
    Layout(name: "detached", isUsual: true, script: "git checkout -q --detach"),
    Layout(name: "no objects", isUsual: false, script: "mv .git/objects .git/o"),
    Layout(name: "a file HEAD", isUsual: false, folder: "a", script: "mkdir a; echo x >a/HEAD"),
    Layout(name: "another's", isUsual: false, script: "chown 12345 . .git 2>/dev/null || mv .git ../r"),
    Layout(name: "another's .git", isUsual: false, script: "chown 12345 .git 2>/dev/null || mv .git ../r"),
    Layout(
      name: "another's, but safe", isUsual: false,
      script: "chown 12345 .git; git config --global safe.directory '*'"),
  ]

  private func git(_ scratch: ScratchRepository) -> GitExecutable {
    GitExecutable(environment: scratch.environment)
  }

  private func expectSame(_ scratch: ScratchRepository, _ folder: String, isUsual: Bool) throws {
    let git = git(scratch)
    let directory = scratch.path + "/" + folder
    let own = RepositorySearch(sources: ConfigurationSources(git: git)).place(of: directory)
    #expect((own != nil) == isUsual)
    guard let own else { return }
    #expect(try own == Place(of: directory, git: git))
    let repository = try Repository(discoveringFrom: directory, git: git)
    #expect(try repository.readConfiguration()?.entries == repository.askedConfiguration().entries)
  }

  @Test(arguments: layouts) func layout(_ layout: Layout) throws {
    let scratch = try ScratchRepository()
    try scratch.commit("base")
    try scratch.run("sh", ["-c", "cd \"$1\"; \(layout.script)", "sh", scratch.path])
    try expectSame(scratch, layout.folder, isUsual: layout.isUsual)
  }

  /// Among them those that git sets for `git session`.
  @Test func variablesThatDoNotMatter() throws {
    let scratch = try ScratchRepository()
    let names = ConfigurationSources.harmless.subtracting(["GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"])
    for name in names { scratch.setEnvironment(name, "1") }
    scratch.setEnvironment("GIT_EXEC_PATH", String(try scratch.git("--exec-path").dropLast()))
    try expectSame(scratch, ".", isUsual: true)
  }

  /// It says which folders above the first one are looked at.
  @Test(arguments: ["work", "work/a", "elsewhere"]) func ceilings(name: String) throws {
    let scratch = try ScratchRepository()
    try scratch.run("mkdir", ["-p", scratch.path + "/a/b"])
    scratch.setEnvironment("GIT_CEILING_DIRECTORIES", scratch.root + "/" + name)
    try expectSame(scratch, ".", isUsual: true)
    for folder in ["a", "a/b"] { try expectSame(scratch, folder, isUsual: false) }
  }

  @Test(arguments: [
    ("GIT_DISCOVERY_ACROSS_FILESYSTEM", "1"),
    ("GIT_CONFIG_COUNT", "0"), ("GIT_CONFIG_PARAMETERS", "'a.b'='c'"), ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("SUDO_UID", "0"), ("GIT_CONFIG_NOSYSTEM", "perhaps"), ("HOME", ""),
    ("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"),
  ])
  func variablesThatMatter(name: String, value: String) throws {
    let scratch = try ScratchRepository()
    scratch.setEnvironment(name, value)
    #expect(ConfigurationSources(git: git(scratch)).readCommon() == nil)
  }

  @Test(arguments: [
    "", "[a]\nb = c", "[a]\nb", "[A \"M i.D\"]\nNaMe-1 = V\n[a.Old]\nx=1", "\u{feff}[a]\r\nb = c d\r\n",
    "[a] b = 1", "[a]\nb = \"x ; y\" # z\nc = x ; y\nd = \"a\\tb\\nc\\\"\\\\\"", "[a]\nb = x \\\n  y\nc = 1",
    "[a \"q\\\"\\\\\\x\"]\nb = 1", "# only\n; comments\n", "[a]\nb =   spaced   out   \nc = \"  in  \"  ",
    "[a]\nb = ü\n[b]\n\n\nc=d=e", "[a]\nb = \"x\"y\"z\"", "[include]\n[a]\nb=1", "[a]\n\tb =\n",
    "[a]\nb = x\\\n",
    "[a]\nb = \"\"\n", "[a]b=1\n[b \"\"]c=2", "[a]\nb = true\nb = false\n[a]\nb",
  ])
  func configurationFiles(text: String) throws {
    let scratch = try ScratchRepository()
    try scratch.write("../home/.config/git/config", text)
    try scratch.write("../home/.gitconfig", "[user]\n\tname = Ada\n")
    let repository = try scratch.open()
    let read = try #require(repository.readConfiguration())
    #expect(try read.entries == repository.askedConfiguration().entries)
  }

  /// Git lies in a folder of its own too, which comes first on the path of what it starts.
  @Test(
    .enabled(if: Files.isExecutable("/usr/lib/git-core/git")), arguments: ["/usr/bin", "/usr/lib/git-core"])
  func theFileForAllUsers(folder: String) throws {
    let scratch = try ScratchRepository()
    scratch.setEnvironment("GIT_CONFIG_NOSYSTEM", nil)
    scratch.setEnvironment("PATH", folder + ":/usr/bin:/bin")
    let repository = try scratch.open()
    #expect(try repository.readConfiguration()?.entries == repository.askedConfiguration().entries)
    scratch.setEnvironment("PATH", scratch.root + "/bin:/usr/bin:/bin")
    try scratch.write("../bin/git", "#!/bin/sh\nexec /usr/bin/git -c core.bare=true \"$@\"\n")
    try scratch.run("chmod", ["+x", scratch.root + "/bin/git"])
    #expect(ConfigurationSources(git: git(scratch)).readCommon() == nil)
  }

  /// What git refuses, or has read in other ways, is left to it.
  @Test(arguments: [
    "[a", "[a]\n1b = c", "[a]\nb c", "b = c", "[a \"x]\nb=1", "[a]\nb = \"open", "[a]\nb = \\x",
    "[a]\nb = x\t y",
    "[a \"x\" ]\nb=1", "[include]\npath = other", "[includeIf \"gitdir:x\"]\npath = other", "[a]\n= c",
    "[a]\nb_c = 1",
  ])
  func unusualFiles(text: String) throws {
    let scratch = try ScratchRepository()
    try scratch.write("../home/.config/git/config", text)
    #expect(ConfigurationSources(git: git(scratch)).readCommon() == nil)
  }
}
