import Foundation
import TestSupport
import Testing

/// Two clones and the remotes between them, over each of git's transports.
@Suite struct RemoteTests {
  @Test func aFolder() throws {
    let terminal = try Self.terminal()
    try Self.resumeElsewhere(terminal, url: "../hub.git")
  }

  @Test func aFileURL() throws {
    let terminal = try Self.terminal()
    try Self.resumeElsewhere(terminal, url: "file://\(terminal.repository.root)/hub.git")
  }

  @Test(.enabled(if: Server.hasPython, "python3 is not here")) func httpWithAuthentication() throws {
    let terminal = try Self.terminal()
    let server = try Server.http(terminal, credentials: "ada:secret word")
    try terminal.output("git -C ../hub.git config http.receivepack true")
    let url = "http://127.0.0.1:\(server.port)/hub.git"
    let refused = try terminal.run(
      "git remote add locked \(url); GIT_TERMINAL_PROMPT=0 git session fetch locked; git remote remove locked"
    )
    #expect(refused.errors.contains("could not read Username"))
    // The user's own helper is asked, as for any other fetch.
    try terminal.output(
      "git config --global credential.helper '!echo username=ada; echo \"password=secret word\"; :'")
    try Self.resumeElsewhere(terminal, url: url)
    withExtendedLifetime(server) {}
  }

  @Test(.enabled(if: Server.hasSSH, "no sshd can be started here")) func ssh() throws {
    let terminal = try Self.terminal()
    let server = try Server.ssh(terminal)
    try Self.resumeElsewhere(terminal, url: "box:\(terminal.repository.root)/hub.git")
    withExtendedLifetime(server) {}
  }

  /// The name of the host is known to the ssh that the environment names alone; and what follows a push uses it too.
  @Test(.enabled(if: Server.hasSSH, "no sshd can be started here")) func sshOfTheEnvironment() throws {
    let terminal = try Self.terminal()
    let server = try Server.ssh(terminal)
    try terminal.output("git config --global --unset core.sshCommand")
    try terminal.output("git remote add origin \"box:$ROOT/hub.git\"")
    let unknown = try terminal.run("git session fetch")
    #expect(unknown.status == 128 && unknown.errors.contains("resolve hostname box"), "\(unknown.errors)")
    terminal.repository.setEnvironment(
      "GIT_SSH_COMMAND", "ssh -F \(terminal.repository.root)/home/.ssh/config")
    try Self.resumeElsewhere(terminal, url: "box:\(terminal.repository.root)/hub.git")
    try terminal.output("git config session.push with-push; git session init --quiet; git session note Later")
    try terminal.output("git push --quiet origin main:later")
    let hub = "git -C ../hub.git for-each-ref refs/sessions"
    let here = "git for-each-ref refs/sessions"
    #expect(try WithPushTests.eventually { try terminal.output(hub) == terminal.output(here) })
    withExtendedLifetime(server) {}
  }

  @Test func aRemoteWhoseNameBeginsWithThatOfAnother() throws {
    let terminal = try Self.terminal()
    try terminal.output("git init --quiet --bare ../other.git")
    try terminal.output("git remote add a ../hub.git; git remote add a/b ../other.git")
    try terminal.output("git session start 'Retry' --quiet; git session push a/b --yes --quiet")
    let known = "git for-each-ref refs/sessions-remote"
    let before = try terminal.output(known)
    #expect(before.contains("refs/sessions-remote/a/b/"))
    try terminal.output("git session fetch a")
    #expect(try terminal.output(known) == before)
    // What a remote has no more is still forgotten.
    try terminal.output("git session push a --yes --quiet; git session fetch a")
    #expect(try terminal.output(known) != before)
    try terminal.output(
      "for r in $(git -C ../hub.git for-each-ref --format='%(refname)'); do git -C ../hub.git update-ref -d $r; done"
    )
    try terminal.output("git session fetch a")
    #expect(try terminal.output(known) == before)
  }

  /// A project with an empty remote beside it.
  static func terminal() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git init --quiet --bare ../hub.git")
    return terminal
  }

  /// Uncommitted, staged and untracked work is the same on a second clone.
  private static func resumeElsewhere(_ terminal: Terminal, url: String) throws {
    try terminal.output(
      "git remote remove origin 2>/dev/null; git remote add origin '\(url)'; git push --quiet origin main")
    try terminal.output("git session start 'Retry' --quiet; echo staged >>README.md; git add README.md")
    try terminal.output(
      "echo unstaged >>README.md; rm src/deliver.c; printf 'new' >new.txt; chmod +x new.txt")
    try terminal.output("git session checkpoint --quiet; git session push --yes")
    #expect(try terminal.output("git session list --remote origin").contains("here  SESSION-001"))
    try terminal.output("git clone --quiet '\(url)' ../clone")
    try terminal.output("cd ../clone; git session resume 1 --from origin; git gc --quiet --prune=now")
    let state =
      "git status --short --branch | tail -n +2; git ls-files --stage; git rev-parse HEAD; ls -l new.txt | cut -c 1-10"
    let (here, there) = (try terminal.output(state), try terminal.output("cd ../clone; \(state)"))
    #expect(here == there)
    #expect(here.contains(" D src/deliver.c"))
    try terminal.output("cmp README.md ../clone/README.md && cmp new.txt ../clone/new.txt")
    try terminal.output("cd ../clone; git session note 'From the clone'; git session sync --yes")
    try terminal.output("git session fetch; git session note --list | grep 'From the clone'")
    try terminal.output("cd ../clone; git fsck --strict; git session doctor")
  }
}

/// Clones that do not wait for each other.
@Suite struct RoundTests {
  @Test(arguments: [1, 2, 3]) func tenRounds(_ seed: Int) throws {
    try rounds(seed, try RemoteTests.terminal(), url: "../hub.git")
  }

  @Test(.enabled(if: Server.hasSSH, "no sshd can be started here")) func tenRoundsOverSSH() throws {
    let terminal = try RemoteTests.terminal()
    let server = try Server.ssh(terminal)
    try rounds(4, terminal, url: "box:\(terminal.repository.root)/hub.git")
    withExtendedLifetime(server) {}
  }

  private func rounds(_ seed: Int, _ terminal: Terminal, url: String) throws {
    var random = Random(seed)
    try terminal.output("git remote add origin '\(url)'; git push --quiet origin main")
    try terminal.output("git session start 'Both go on' --quiet; git session push --yes --quiet")
    try terminal.output("git clone --quiet '\(url)' ../there")
    try terminal.output(
      "cd ../there; git session resume --from origin --quiet; git session push --yes --quiet")
    for round in 1...10 {
      for place in ["../work", "../there"].shuffled(using: &random) {
        for step in Self.steps(round, &random) {
          let result = try terminal.run("cd \(place); \(step)")
          #expect(
            result.status == 0, "\(seed), \(round), \(place), \(step): \(result.errors)\(result.output)")
        }
      }
    }
    try terminal.output("git session sync --quiet; cd ../there; git session sync --quiet")
    try terminal.output("git session fetch --quiet; rm -rf .git/sessions; git gc --quiet --prune=now")
    try terminal.output("cd ../there; git update-ref -d refs/notes/sessions; git gc --quiet --prune=now")
    for command in ["show 1 --json", "log 1 --all --json", "log 1"] {
      let fixed = "GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z git session \(command)"
      #expect(try terminal.output(fixed) == terminal.output("cd ../there; \(fixed)"))
    }
    #expect(try terminal.output("git session show 1").contains("round 10"))
    try terminal.output("git session doctor --fix; cd ../there; git session doctor --fix; git fsck --strict")
  }

  private static func steps(_ round: Int, _ random: inout Random) -> [String] {
    var steps = [
      "echo \(round) >>file-\(random.number(1...3)).txt; git session checkpoint --quiet",
      random.pick([
        "git session note 'round \(round)'", "git session decision 'round \(round)' --because x",
        "git session next 'round \(round)'", "git commit --quiet --allow-empty -m 'round \(round)'",
      ]),
      random.pick(["git session fetch", "git session push", "git session sync", ":"]),
      random.pick(["git session fetch", "git session push", "git session sync", ":"]),
    ]
    if round == 10 { steps.append("git session note 'round 10'") }
    steps.shuffle(using: &random)
    return steps
  }
}
