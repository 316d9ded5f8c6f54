import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Disks that are full, and places that may not be written.
@Suite struct DeviceTests {
  /// Programs that only root may use, and only on Linux, set these scenes.
  private static let isRoot =
    geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")

  @Test(.enabled(if: isRoot && canMount, "needs root, who may mount"))
  func fullDisk() throws {
    let terminal = try Terminal()
    let disk = terminal.repository.root + "/disk"
    try terminal.output("mkdir ../disk; mount -t tmpfs -o size=3m tmpfs ../disk")
    defer { _ = try? terminal.run("umount '\(disk)'") }
    try terminal.output(
      """
      cd ../disk; git init --quiet .; project; git session start 'Retry failed deliveries'
      head -c 300000 /dev/urandom >large; git session checkpoint; rm large; echo small >small
      """)
    // A little of room is left, too little for what is asked for.
    try terminal.run("head -c 4000000 /dev/zero >../disk/filler 2>/dev/null; truncate -s -8k ../disk/filler")
    let before = try terminal.output("cd ../disk; cat small README.md src/deliver.c; git status --porcelain")
    for command in ["restore c2", "checkpoint -m 'no room'", "note -"] {
      let result = try terminal.run(
        "cd ../disk; echo $$ >unsaved; head -c 500000 /dev/urandom | od | git session \(command)")
      #expect(result.status == 128, "\(command): \(result.output)\(result.errors)")
      #expect(result.errors.contains("hint: Free some space"), "\(command): \(result.errors)")
      try terminal.output("rm ../disk/unsaved")
    }
    #expect(
      try terminal.output("cd ../disk; cat small README.md src/deliver.c; git status --porcelain") == before)
    try terminal.output(
      "rm ../disk/filler; cd ../disk; git fsck --strict; git session restore c2; cmp large large")
    try terminal.output("cd ../disk; git session undo; git session doctor --fix; git session doctor")
    #expect(try terminal.output("cat ../disk/small") == "small\n")
  }

  /// As in the sandbox of an agent, whose hooks run outside of it.
  @Test(.enabled(if: isRoot && canMount, "needs root, who may mount"))
  func whatIsRecordedWhereNothingCanBeWrittenWaitsForTheNextHook() throws {
    let terminal = try Terminal()
    try terminal.output("mkdir ../tmp; project; git session start 'Retry failed deliveries'")
    // What only an agent knows.
    let own = "TMPDIR=\(terminal.repository.root)/tmp"
    let name = try terminal.output("printf %s \"$(realpath .git)\" | git hash-object --stdin").prefix(20)
    let spool = "/tmp/git-session-\(getuid())/\(name)"
    defer { _ = try? terminal.run("rm -r \(spool)") }
    let git = terminal.repository.path + "/.git"
    try terminal.output("mount --bind .git .git; mount -o remount,ro,bind .git")
    var isMounted = true
    defer { if isMounted { _ = try? terminal.run("umount '\(git)'") } }
    for command in [
      "decision 'Use a queue' --because 'webhooks come in bursts ghp_abcdefghijklmnopqrstuvwxyz0123456789'",
      "next 'Test it'", "note \"$(printf 'with an \\033[31mescape')\"",
    ] {
      let result = try terminal.run("\(own) git session \(command)")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("recorded by the next hook"), "\(result.output)")
      #expect(result.errors == "")
    }
    let refused = try terminal.run("git session checkpoint -m 'Save it'")
    #expect(refused.status == 128 && refused.errors.contains("its hooks save when the turn ends"))
    #expect(try terminal.run("git session doctor").output.contains("ok     index"))
    #expect(try terminal.output("grep -rc ghp_ \(spool) | grep -v ':0$' | wc -l") == "0\n")
    try terminal.output("umount '\(git)'")
    isMounted = false
    // What nobody could have typed, what is none, and what does not end.
    try terminal.output(
      """
      cd \(spool); f=$(ls | head -n 1); s=${f#*.}
      sed 's/next-step-set/deleted/; s/item-added/deleted/' $f >0.$s
      echo nothing >1.$s; mkfifo 2.$s; ln -s /etc/passwd 3.$s; head -c 100000 /dev/zero >4.$s
      """)
    let payload = #"{"session_id":"r","cwd":"'"$PWD"'","hook_event_name":"PostToolUse"}"#
    let hook = try terminal.run("printf '%s' '\(payload)' | git-session hook codex")
    #expect(hook.status == 0)
    #expect(hook.errors.hasPrefix("git-session: codex: nobody understands some of what was recorded"))
    #expect(hook.errors.split(separator: "\n").count == 1, "\(hook.errors)")
    let shown = try terminal.output("git session show; git session log --all")
    for text in ["Use a queue", "bursts [redacted:github-token]", "Next step:  Test it", "with an escape"] {
      #expect(shown.contains(text), "\(text) in \(shown)")
    }
    #expect(
      try terminal.output("ls -A \(spool) | sed 's/\\..*\\./ /'")
        == "1 unread\n2 unread\n3 unread\n4 unread\n")
  }

  @Test(.enabled(if: isRoot && canMount, "needs root, who may mount"))
  func anAgentsWorkIsSavedOnAFullDisk() throws {
    let terminal = try Terminal()
    let disk = terminal.repository.root + "/disk"
    try terminal.output("mkdir ../disk; mount -t tmpfs -o size=40m tmpfs ../disk")
    defer { _ = try? terminal.run("umount '\(disk)'") }
    try terminal.output(
      """
      cd ../disk; git init --quiet .; project; git session agent install claude-code --quiet
      stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one stop
      """)
    // Nobody else gets any room.
    try terminal.run(
      "cd ../disk; echo two >a.txt; head -c 99000000 /dev/zero >filler 2>/dev/null; echo filler >.git/info/exclude"
    )
    try terminal.output("cd ../disk; stand-in-agent claude-code run-1 'ask=Go on' stop")
    #expect(
      try terminal.output(
        "cd ../disk; git show $(git for-each-ref --format='%(refname)' refs/sessions):a.txt") == "two\n")
    // With room again it is set aside again.
    try terminal.output(
      "cd ../disk; rm filler; stand-in-agent claude-code run-1 start=resume; test -s .git/sessions/reserve")
    try terminal.output("cd ../disk; git fsck --strict; git session doctor")
  }

  @Test(.enabled(if: isRoot && canMount, "needs root, who may mount"))
  func hooksOnAFullDisk() throws {
    let terminal = try Terminal()
    let disk = terminal.repository.root + "/disk"
    try terminal.output("mkdir ../disk; mount -t tmpfs -o size=3m tmpfs ../disk")
    defer { _ = try? terminal.run("umount '\(disk)'") }
    try terminal.output(
      "cd ../disk; git init --quiet .; project; git session init; git session start 'Retry failed deliveries'"
    )
    // Room for a commit of git, and no more.
    try terminal.run("head -c 4000000 /dev/zero >../disk/filler 2>/dev/null; truncate -s -24k ../disk/filler")
    let results = try (1...2).map { number in
      try terminal.run(
        "cd ../disk; echo \(number) >>README.md; git commit --quiet -m 'No room \(number)' README.md")
    }
    #expect(results[0].status == 0, "\(results[0].errors)")
    let said = results.map(\.errors).joined().split(separator: "\n").filter { $0.hasPrefix("git-session: ") }
    #expect(said.count <= 1, "\(said)")
    try terminal.output("rm ../disk/filler; cd ../disk; git fsck --strict; git session checkpoint")
    #expect(try terminal.output("cd ../disk; git session show").contains("  No room 1\n"))
    try terminal.output("cd ../disk; git session doctor --fix; git session doctor")
  }

  @Test(.enabled(if: isRoot && canBecomeNobody, "needs root, who can become somebody else"))
  func repositoryOfSomebodyElse() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries'")
    let refused = try terminal.run("\(Self.asNobody) git-session status")
    #expect(refused.status == 128)
    #expect(refused.errors.contains("dubious ownership"), "\(refused.errors)")
    #expect(refused.errors.contains("safe.directory"), "\(refused.errors)")
  }

  @Test(.enabled(if: isRoot && canBecomeNobody, "needs root, who can become somebody else"))
  func readOnlyRepository() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; git config --global --add safe.directory '*'
      git session start 'Retry failed deliveries'; echo idea >ideas.txt; git session checkpoint; chmod -R go-w .
      """)
    let before = try Surroundings(terminal)
    for command in ["status", "list", "show", "show c2", "log", "diff c1 c2", "diff", "handoff", "config"] {
      let result = try terminal.run("\(Self.asNobody) git-session \(command)")
      #expect(result.status == 0, "\(command): \(result.errors)")
      #expect(try terminal.output("git session \(command)") != "" || command == "diff")
    }
    try terminal.output("echo more >>ideas.txt")
    for command in [
      "checkpoint", "note x", "start --switch y", "restore c1", "complete", "branch b", "undo",
      "doctor --fix",
    ] {
      let result = try terminal.run("\(Self.asNobody) git-session \(command)")
      #expect(result.status == 128 || command.hasPrefix("doctor") || command == "undo", "\(command)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.first?.contains("Permission denied") == true || result.status != 128, "\(result.errors)")
    }
    try terminal.output("echo idea >ideas.txt")
    #expect(try Surroundings(terminal) == before)
  }

  private static let asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"

  private static let canBecomeNobody = (try? Terminal().output("\(asNobody) git-session --version")) != nil

  private static let canMount: Bool = {
    guard let terminal = try? Terminal() else { return false }
    return (try? terminal.output("mkdir m && mount -t tmpfs tmpfs m && umount m")) != nil
  }()
}
