import TestSupport
import Testing

/// Clones with many sessions that ended, and a remote between them.
@Suite struct ArchiveTravelTests {
  private let scene: ArchiveScene
  private var terminal: Terminal { scene.terminal }

  init() throws { scene = try ArchiveScene() }

  @Test func referencesStayFew() throws {
    func requireFew() throws {
      #expect(try scene.references("refs/sessions/") == ArchiveScene.kept)
      #expect(try scene.references("refs/sessions-remote/origin/") == ArchiveScene.kept)
      #expect(try scene.references("refs/sessions-remote-archive/origin/") == 1)
      #expect(try scene.references("refs/sessions/", in: "../hub.git") == ArchiveScene.kept)
      #expect(try scene.references("refs/sessions-archive/", in: "../hub.git") == 1)
      try scene.requireQuiet()
    }
    try requireFew()
    try terminal.output("git session doctor")
    #expect(try terminal.output("git session list --remote origin | wc -l") == "\(ArchiveScene.count)\n")
    #expect(try !terminal.output("git session list --remote origin").contains("not here"))
    // What is known of the remote is lost: the archive there, the references, all that is no truth.
    for loss in ["refs/sessions-remote-archive", "refs/sessions-remote"] {
      try terminal.output(
        "git for-each-ref --format='delete %(refname)' \(loss) | git update-ref --stdin; git session push")
      try terminal.output("git session fetch --quiet")
      try requireFew()
    }
    try terminal.output("rm -r .git/sessions; git session push --yes --quiet")
    try requireFew()
    // Another remote gets all, and costs no more.
    try terminal.output(
      "git init --quiet --bare ../other.git; git remote add up/stream ../other.git; git push --quiet up/stream main"
    )
    try terminal.output("git session push up/stream --yes --quiet")
    #expect(try scene.references("refs/sessions/", in: "../other.git") == ArchiveScene.kept)
    #expect(try scene.references("refs/sessions-remote/up/stream/") == ArchiveScene.kept)
    #expect(
      try terminal.output("git session push up/stream") == "up/stream has all sessions of this clone.\n")
    try requireFew()
    try requireRecovery()
  }

  /// What is gone here comes back from the remote.
  private func requireRecovery() throws {
    let before = try scene.view(in: "../work")
    func lose(_ prefixes: String) throws {
      try terminal.output(
        "git for-each-ref --format='delete %(refname)' \(prefixes) | git update-ref --stdin")
      try terminal.output("git update-ref -d refs/notes/sessions; git reflog expire --expire=now --all")
      try terminal.output("git gc --quiet --prune=now; git session fetch --quiet")
      #expect(try scene.view(in: "../work") == before)
    }
    try lose("refs/sessions refs/sessions-archive")
    let all = "refs/sessions refs/sessions-archive refs/sessions-remote refs/sessions-remote-archive"
    try lose(all)
    // The same where another archive is still there.
    try terminal.output("git session doctor --fix --quiet; git session push --quiet")
    try terminal.output(
      """
      name=$(git for-each-ref --format='%(refname)' refs/sessions-archive)
      git update-ref refs/sessions-archive/00000000 $(git commit-tree -m x $(git mktree </dev/null))
      git update-ref -d $name; git gc --quiet --prune=now; git session fetch --quiet
      """)
    #expect(try scene.view(in: "../work") == before)
  }

  @Test func aFreshCloneAndAThirdGetAll() throws {
    try terminal.output("git clone --quiet ../hub.git ../there; git clone --quiet ../hub.git ../third")
    #expect(
      try terminal.output("cd ../there; git session list --remote origin | tail -n 1")
        == "1 archive of ended sessions there may list more; 'git session fetch' reads it.\n")
    try terminal.output("cd ../there; git session fetch --quiet")
    #expect(try scene.references("refs/sessions/", in: "../there") == ArchiveScene.kept)
    #expect(try scene.references("refs/sessions-archive/", in: "../there") == 1)
    #expect(try scene.references("refs/sessions-remote-archive/", in: "../there") == 1)
    #expect(
      try terminal.output("cd ../there; git session list --remote origin | wc -l")
        == "\(ArchiveScene.count)\n")
    try scene.requireSame("../there")
    try terminal.output("cd ../there; git session doctor; git fsck --strict; rm -rf .git/sessions")
    try scene.requireQuiet(in: "../there")
    // Whoever resumes one that is archived gets it from there.
    let ended = try terminal.run("cd ../third; git session resume 3 --from origin")
    #expect(ended.errors.contains("SESSION-003 is completed"), "\(ended.errors)")
    for place in ["../work", "../there", "../third", "../hub.git"] {
      try terminal.output("cd \(place); git reflog expire --expire=now --all; git gc --quiet --prune=now")
    }
    try terminal.output("git clone --quiet ../hub.git ../fourth; cd ../fourth; git session fetch --quiet")
    try scene.requireSame("../there", "../fourth")
    try terminal.output("git -C ../hub.git fsck --strict")
    // Without a work tree there is no archive to put them into.
    try terminal.output("git clone --quiet --bare ../hub.git ../bare.git")
    try terminal.output("cd ../bare.git; git session fetch --quiet")
    #expect(try scene.references("refs/sessions/", in: "../bare.git") == ArchiveScene.count)
    #expect(try terminal.output("cd ../bare.git; git session fetch") == "origin has nothing new.\n")
  }

  @Test func twoClonesThatArchiveSeeTheSame() throws {
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there; git session fetch --quiet")
    try terminal.output("cd ../there; git session start 'From there' --quiet; git session complete --quiet")
    // Archived in both, one is reopened there and another is deleted.
    try terminal.output("cd ../there; git session reopen 1 --quiet; git session note 'Again' --quiet")
    try terminal.output("cd ../there; git session delete 2 --yes --quiet; git session push --yes --quiet")
    let fetched = try terminal.output("git session fetch")
    #expect(fetched.contains("SESSION-001  updated") && fetched.contains("deleted"), "\(fetched)")
    #expect(try terminal.output("git session show 1").contains("Again"))
    #expect(try terminal.run("git session show 2").status == 1)
    #expect(try scene.references("refs/sessions-remote/") == ArchiveScene.kept + 3)
    try scene.requireSame("../there")
    // Ended and archived once more.
    try terminal.output(
      "git session continue 1 --quiet && git session complete --quiet; git session sync --quiet")
    try terminal.output("cd ../there; git session sync --quiet; git session doctor --fix")
    try terminal.output("git session doctor --fix; git session sync --quiet")
    try terminal.output("cd ../there; git session sync --quiet")
    try terminal.output("git session fetch --quiet")
    try scene.requireSame("../there")
    #expect(try scene.references("refs/sessions/", in: "../hub.git") <= ArchiveScene.kept + 4)
    #expect(try scene.references("refs/sessions-archive/", in: "../hub.git") <= 2)
    try terminal.output("git clone --quiet ../hub.git ../third; cd ../third; git session fetch --quiet")
    #expect(try terminal.run("cd ../third; git session show 2").status == 1)
    try scene.requireSame("../there", "../third")
    try scene.requireQuiet()
    try scene.requireQuiet(in: "../there")
    try terminal.output("git fsck --strict; git gc --quiet --prune=now; git session doctor")
  }

  /// What another clone has sent meanwhile is not deleted.
  @Test func whatGoesOnThereStays() throws {
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there; git session fetch --quiet")
    try terminal.output("cd ../there; git session reopen 30 --quiet; git session complete --quiet")
    try terminal.output("cd ../there; git session push --yes --quiet")
    // It is archived here, with the chain of the other one, which goes on before this is sent.
    try terminal.output("git session fetch --quiet")
    try ArchiveScene.endSessions(terminal, count: 7, series: 6)
    try terminal.output("cd ../there; git session reopen 30 --quiet; git session note 'More' --quiet")
    try terminal.output("cd ../there; git session push --quiet")
    let chain = try terminal.output(
      "cd ../there; git for-each-ref | grep $(sed -n 's/.*\"writer\": \"\\(.*\\)\".*/\\1/p' .git/session/state.json)"
    ).split(separator: "\n").filter { $0.contains("refs/sessions/") }
    #expect(chain.count == 1)
    #expect(try terminal.output("git for-each-ref refs/sessions").contains(chain[0].suffix(9)) == false)
    try terminal.output("git session push --quiet")
    #expect(try terminal.output("git -C ../hub.git for-each-ref").contains(chain[0]))
    try terminal.output("git session fetch --quiet; cd ../there; git session fetch --quiet")
    #expect(try terminal.output("git session show 30").contains("More"))
    try scene.requireSame("../there")
  }

  /// Two work trees of one clone, and two processes at once.
  @Test func severalAtOnceLoseNothing() throws {
    try terminal.output("git worktree add --quiet ../second; git clone --quiet ../hub.git ../there")
    try ArchiveScene.endSessions(terminal, count: 9, in: "../second", series: 7)
    #expect(try scene.references("refs/sessions-archive/") == 2)
    try terminal.output("git session push --quiet & (cd ../second; git session push --quiet); wait")
    try terminal.output("git session push --quiet; cd ../second; git session push --quiet")
    #expect(try scene.references("refs/sessions/", in: "../hub.git") < 12)
    #expect(try scene.references("refs/sessions-archive/", in: "../hub.git") <= 2)
    try terminal.output("cd ../there; git session fetch --quiet & git session fetch --quiet; wait")
    try terminal.output("cd ../there; git session fetch --quiet")
    try scene.requireSame("../there", "../second")
    try scene.requireQuiet(in: "../there")
  }

  @Test(arguments: [1]) func clonesThatGoOnAtRandomSeeTheSame(_ seed: Int) throws {
    var random = Random(seed)
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there; git session fetch --quiet")
    for round in 1...4 {
      for place in ["../work", "../there"].shuffled(using: &random) {
        for step in Self.steps(round, &random) { try terminal.output("cd \(place); \(step)") }
      }
    }
    for _ in 1...2 {
      for place in ["../work", "../there"] {
        try terminal.output("cd \(place); git session sync --yes --quiet; git session doctor --fix --quiet")
        try terminal.output("cd \(place); git session sync --quiet")
      }
    }
    try terminal.output("git session fetch --quiet")
    for place in ["../work", "../there", "../hub.git"] {
      try terminal.output("cd \(place); git reflog expire --expire=now --all; git gc --quiet --prune=now")
    }
    try terminal.output("git clone --quiet ../hub.git ../third; cd ../third; git session fetch --quiet")
    let all = """
      export GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z; git session list --json | grep -v isCurrent
      for key in 1 2 3 4 5 6 7 8 9 31 32 33; do
        git session show $key --json; git session log $key --all --json
      done; true
      """
    let here = try terminal.output(all)
    for place in ["../there", "../third"] {
      #expect(try terminal.output("cd \(place); \(all)") == here, "\(seed), \(place)")
    }
    #expect(try scene.references("refs/sessions/", in: "../hub.git") < 16, "\(seed)")
    try scene.requireQuiet()
    try terminal.output("git fsck --strict; git session doctor; cd ../hub.git; git fsck --strict")
  }

  private static func steps(_ round: Int, _ random: inout Random) -> [String] {
    let key = random.number(1...9)
    return [
      "git session start --switch 'New \(round)' --quiet && git session complete --quiet",
      random.pick([
        "git session reopen \(key) --quiet && git session note 'In \(round)' --quiet; true",
        "git session delete \(key) --yes --quiet; true", "git session doctor --fix --quiet",
      ]),
      random.pick(["git session complete --quiet; true", ":"]),
      random.pick(["git session fetch --quiet", "git session push --yes --quiet", ":"]),
      "git session sync --yes --quiet",
    ].shuffled(using: &random).dropLast(random.number(0...1)) + []
  }
}
