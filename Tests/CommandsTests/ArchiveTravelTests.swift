import TestSupport
import Testing

/// Clones with many sessions that ended, and a remote between them.
@Suite struct ArchiveTravelTests {
  private let terminal: Terminal
  private static let count = 32
  /// So many of them keep references of their own: see the operation that archives.
  private static let kept = 4

  init() throws {
    terminal = try RemoteTests.terminal()
    try terminal.output("git remote add origin ../hub.git; git push --quiet origin main")
    try terminal.output(
      """
      for number in $(seq 10 \(9 + Self.count)); do
        export GIT_SESSION_TEST_SEED=9$number GIT_SESSION_TEST_CLOCK=2026-01-05T08:$number:00Z
        git session start "Old $number" --quiet && git session complete --quiet || exit 1
      done
      """)
    try terminal.output("git session push --yes --quiet")
  }

  private func references(_ prefix: String, in place: String = "../work") throws -> Int {
    try terminal.output("git -C \(place) for-each-ref \(prefix)").split(separator: "\n").count
  }

  /// What every clone tells in the same way.
  private func view(in place: String) throws -> String {
    let fixed = "cd \(place); export GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z;"
    let each = "for key in 1 3 20 32; do git session show $key --json || exit 1; done"
    return try terminal.output("\(fixed) \(each); git session list | cut -c 3-")
  }

  @Test func referencesStayFew() throws {
    func requireFew() throws {
      #expect(try references("refs/sessions/") == Self.kept)
      #expect(try references("refs/sessions-remote/origin/") == Self.kept)
      #expect(try terminal.output("git session push") == "origin has all sessions of this clone.\n")
      #expect(try terminal.output("git session fetch") == "origin has nothing new.\n")
      #expect(try references("refs/sessions-remote/origin/") == Self.kept)
    }
    #expect(try references("refs/sessions/", in: "../hub.git") == Self.count)
    try requireFew()
    try terminal.output("git session doctor")
    // What is known of the remote is lost, then half of it, then the whole clone state.
    try terminal.output("rm .git/sessions/remote-tips; git session fetch --quiet")
    try requireFew()
    try terminal.output("head -n 9 .git/sessions/remote-tips >../half; cp ../half .git/sessions/remote-tips")
    try terminal.output("git session push --quiet")
    try requireFew()
    try terminal.output("rm -r .git/sessions; git session push --yes --quiet")
    try requireFew()
    // Another remote gets all, and costs no more.
    try terminal.output(
      "git init --quiet --bare ../other.git; git remote add up/stream ../other.git; git push --quiet up/stream main"
    )
    try terminal.output("git session push up/stream --yes --quiet")
    #expect(try references("refs/sessions/", in: "../other.git") == Self.count)
    #expect(try references("refs/sessions-remote/up/stream/") == Self.kept)
    #expect(
      try terminal.output("git session push up/stream") == "up/stream has all sessions of this clone.\n")
    try requireFew()
    try requireRecovery()
  }

  /// The list of what a remote has keeps no object, so what is gone here has to be fetched again.
  private func requireRecovery() throws {
    let before = try view(in: "../work")
    try terminal.output(
      "git for-each-ref --format='delete %(refname)' refs/sessions refs/sessions-archive | git update-ref --stdin"
    )
    try terminal.output(
      "git for-each-ref --format='delete %(refname)' refs/sessions-remote | git update-ref --stdin")
    try terminal.output("git update-ref -d refs/notes/sessions; git reflog expire --expire=now --all")
    try terminal.output("git gc --quiet --prune=now; git session fetch --quiet")
    #expect(try view(in: "../work") == before)
    // The same where another archive is still there.
    try terminal.output("git session doctor --fix --quiet; git session push --quiet")
    try terminal.output(
      """
      name=$(git for-each-ref --format='%(refname)' refs/sessions-archive)
      git update-ref refs/sessions-archive/00000000 $(git commit-tree -m x $(git mktree </dev/null))
      git update-ref -d $name; git gc --quiet --prune=now; git session fetch --quiet
      """)
    #expect(try view(in: "../work") == before)
  }

  @Test func twoClonesThatArchiveSeeTheSame() throws {
    try terminal.output("git clone --quiet ../hub.git ../there; cd ../there; git session fetch --quiet")
    #expect(try references("refs/sessions-remote/", in: "../there") == Self.count)
    try terminal.output("cd ../there; git session start 'From there' --quiet; git session complete --quiet")
    #expect(try references("refs/sessions-remote/", in: "../there") == 2)
    #expect(try references("refs/sessions-archive/", in: "../there") == 1)
    // Archived in both, one is reopened there and another is deleted.
    try terminal.output("cd ../there; git session reopen 1 --quiet; git session note 'Again' --quiet")
    try terminal.output("cd ../there; git session delete 2 --yes --quiet; git session push --yes --quiet")
    let fetched = try terminal.output("git session fetch")
    #expect(fetched.contains("SESSION-001  updated") && fetched.contains("deleted"), "\(fetched)")
    #expect(try terminal.output("git session show 1").contains("Again"))
    #expect(try terminal.run("git session show 2").status == 1)
    #expect(try references("refs/sessions-remote/") == Self.kept + 3)
    #expect(try view(in: "../work") == view(in: "../there"))
    // Ended and archived once more.
    try terminal.output(
      "git session continue 1 --quiet && git session complete --quiet; git session sync --quiet")
    try terminal.output("cd ../there; git session sync --quiet; git session doctor --fix")
    try terminal.output("git session doctor --fix; git session sync --quiet")
    #expect(try view(in: "../work") == view(in: "../there"))
    #expect(try terminal.output("git session push") == "origin has all sessions of this clone.\n")
    try terminal.output("git fsck --strict; git gc --quiet --prune=now; git session doctor")
  }
}
