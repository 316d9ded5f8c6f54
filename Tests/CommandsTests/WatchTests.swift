import Foundation
import TestSupport
import Testing

/// What changes while a work tree is watched is saved, whatever becomes of those who change it.
@Suite struct WatchTests {
  private func watched() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    try terminal.output("git session watch --detach")
    return terminal
  }

  /// Waits until a command line succeeds, up to a minute: a watcher takes its time, and so may the machine.
  private func wait(_ terminal: Terminal, until command: String) throws {
    for _ in 0..<300 {
      if try terminal.run(command).status == 0 { return }
      usleep(200_000)
    }
    Issue.record("never: \(command)\n\(try terminal.run("git session log; git session status").output)")
  }

  @Test func changesAreSaved() throws {
    let terminal = try watched()
    #expect(try terminal.output("git session status").contains("Saved by itself while it changes"))
    try terminal.output("mkdir -p new/folder; echo 1 >new/folder/file.txt")
    try wait(terminal, until: "git session log -n 1 | grep ' interval ' && git session diff @ --exit-code")
    // In a folder that was not there when watching began.
    try terminal.output("echo 2 >new/folder/file.txt")
    try wait(terminal, until: "git session log -n 1 | grep '^. c3 ' && git session diff @ --exit-code")
    // What is staged, and where HEAD stands.
    try terminal.output("git add new; git commit --quiet -m new; git gc --quiet --prune=now")
    try wait(terminal, until: "git session log | grep ' c[4-9] ' && git session status | grep 'All is saved'")
    // At the end what is not saved yet.
    try terminal.output("echo 3 >last.txt; git session watch --stop")
    try terminal.output("git session diff @ --exit-code")
    #expect(try terminal.run("git session watch --stop").status == 1)
    #expect(!(try terminal.output("git session status").contains("git session watch")))
    try terminal.output("git fsck --strict")
  }

  @Test func workOfAnAgentThatIsKilledIsSaved() throws {
    let terminal = try watched()
    // It writes without a pause, so that no moment is quiet.
    let agent = try RunningProgram(
      "sh", ["-c", "while :; do date >>work.txt; echo x >>more.txt; sleep 0.3; done"],
      environment: terminal.nextEnvironment(), in: terminal.repository.path)
    try wait(terminal, until: "git session log -n 1 | grep ' interval '")
    agent.kill()
    agent.wait()
    try wait(terminal, until: "git session diff @ --exit-code")
    try terminal.output("git session watch --stop")
  }

  @Test func endsWithTheSessionAndWithTheWorkTree() throws {
    let terminal = try watched()
    try terminal.output("git session complete --quiet; touch a")
    try wait(terminal, until: "git session watch --stop; [ $? = 1 ]")

    try terminal.output("git session reopen --quiet; git session watch --detach --json")
    let find = "git session status --json | sed -n 's/.*\"watcher\" : \\([0-9]*\\).*/\\1/p'"
    let process = try terminal.output(find).trimmingCharacters(in: .newlines)
    try terminal.output("mv .git ../git; sleep 1")
    // Where nobody collects the processes of others it may stay, dead.
    try wait(terminal, until: "case $(ps -o stat= -p \(process)) in Z*|'') ;; *) false;; esac")
    try terminal.output("mv ../git .git")
  }

  @Test func oneWatchesAndASignalEndsIt() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    let watcher = try RunningProgram(
      "git", ["session", "watch"], environment: terminal.nextEnvironment(), in: terminal.repository.path)
    try wait(terminal, until: "git session status | grep 'git session watch'")
    #expect(try terminal.run("git session watch").errors.contains("watched already"))
    try terminal.output("echo 1 >file.txt; git session watch --stop; git session diff @ --exit-code")
    #expect(watcher.wait() == 0)
  }

  @Test func whereTheSystemWatchesNoMoreItLooks() throws {
    let terminal = try Terminal()
    let limited = "unshare --user --map-root-user sh -c 'echo 2 >/proc/sys/user/max_inotify_watches && "
    // Not every system lets its users have a world of their own.
    guard try terminal.run(limited + "true'").status == 0 else { return }
    try terminal.output("project; mkdir -p a/b; echo 1 >a/b/c; git session start 'Retry' --quiet")
    try terminal.output(limited + "git session watch >../out 2>&1 & sleep 1; true'")
    try wait(terminal, until: "grep 'watches no more folders' ../out")
    #expect(try terminal.run("git session doctor").output.contains("only looks every 15 seconds"))
    try terminal.output("echo 2 >a/b/c")
    try wait(terminal, until: "git session diff @ --exit-code")
    try terminal.output("git session watch --stop")
  }
}
