import Foundation
import TestSupport
import Testing

/// A restore that is killed at any moment has lost nothing.
@Suite struct KilledTests {
  @Test func restoreKilledAtAnyMoment() throws {
    let terminal = try Terminal()
    let (first, second) = try prepare(terminal)
    let start = ContinuousClock.now
    try terminal.output("git-session restore c2 --index --quiet; git-session restore c3 --index --quiet")
    let duration = (ContinuousClock.now - start) / 2
    for round in 0..<30 {
      // The last rounds are likely to reach the end.
      let delay = duration * round / 25
      try kill("restore c2 --index", after: delay, terminal)
      try removeLocks(terminal)
      if round.isMultiple(of: 2) {
        try terminal.output("git session restore c3 --index")
      } else if State(terminal) != second {
        try terminal.output("git session undo")
      }
      #expect(State(terminal) == second, "round \(round), after \(delay)")
    }
    try terminal.output("git session restore c2 --index")
    #expect(State(terminal) == first)
    try expectMended(terminal)
    let left = try terminal.output("ls .git/session .git/sessions")
    #expect(!left.contains("staging-") && !left.contains("quarantine-") && !left.contains(".tmp"), "\(left)")
    try terminal.output("git fsck --strict")
  }

  @Test func checkpointKilledAtAnyMoment() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries'")
    for round in 0..<15 {
      try terminal.output("echo \(round) >>file.txt")
      try kill("checkpoint", after: .milliseconds(20 * round), terminal)
      try removeLocks(terminal)
    }
    try terminal.output("git session checkpoint --trigger phase; git session diff @ --exit-code")
    try expectMended(terminal)
    try terminal.output("git fsck --strict && git gc --quiet --prune=now && git session restore c1")
    try terminal.output("git session undo")
    #expect(try terminal.output("wc -l <file.txt") == "15\n")
  }

  /// What ends a program at once in a terminal waits until files and index are those that were asked for.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func interruptionsWaitForTheWholeChange(signal: Int32) throws {
    let terminal = try Terminal()
    let (first, second) = try prepareSlowIndex(terminal)
    #expect(try restore(terminal) { $0.send(signal) } == 128 + signal)
    #expect(State(terminal) == first)
    #expect(terminal.repository.bytes(".git/index.lock") == nil)
    try terminal.output("git session undo")
    #expect(State(terminal) == second)
  }

  /// Who presses twice, not by chance, wants an end now.
  @Test func aSecondInterruptionWaitsNoLonger() throws {
    let terminal = try Terminal()
    let (first, second) = try prepareSlowIndex(terminal, seconds: 5)
    let status = try restore(terminal) { running in
      running.send(SIGINT)
      running.send(SIGINT)
      usleep(2_200_000)
      running.send(SIGINT)
    }
    #expect(status == 128 + SIGINT)
    #expect(State(terminal).files == first.files)
    #expect(State(terminal).staged == second.staged)
    try terminal.output("rm .git/info/attributes; git session undo")
    #expect(State(terminal) == second)
  }

  /// A lock of git's that a program of ours has left is none for the next one.
  @Test(arguments: [false, true]) func theLockOfADeadProgramIsTakenOver(byDoctor: Bool) throws {
    let terminal = try Terminal()
    let (_, second) = try prepareSlowIndex(terminal)
    #expect(try restore(terminal) { $0.kill() } == 128 + SIGKILL)
    #expect(terminal.repository.bytes(".git/index.lock") != nil)
    let found = try terminal.run("git session doctor | grep index.lock").output
    #expect(terminal.neutral(found) == "wrong  locks: '/scratch/work/.git/index.lock' was left behind\n")
    if byDoctor {
      try terminal.output("git session doctor --fix --quiet; git add .")
    } else {
      try terminal.output("git session undo")
      #expect(State(terminal) == second)
    }
    #expect(terminal.repository.bytes(".git/index.lock") == nil)
  }

  /// Restores `c2`, and lets `body` do something once the files are changed and the index is about to be.
  private func restore(_ terminal: Terminal, _ body: (RunningProgram) -> Void) throws -> Int32 {
    let running = try RunningProgram(
      "git-session", ["restore", "c2", "--index"], environment: terminal.nextEnvironment(),
      in: terminal.repository.path)
    while terminal.repository.bytes("../reached") == nil { usleep(5000) }
    body(running)
    return running.wait()
  }

  /// Two checkpoints, as ``prepare(_:)`` makes them, where git takes its time to look at files while the index is
  /// locked.
  private func prepareSlowIndex(_ terminal: Terminal, seconds: Int = 1) throws -> (State, State) {
    let states = try prepare(terminal)
    try terminal.output(
      """
      echo 'd1/f1 filter=slow' >.git/info/attributes
      git config filter.slow.clean 'if test -e .git/index.lock; then : >"$ROOT/reached"; sleep \(seconds); fi; cat'
      """)
    return states
  }

  /// Only a person may do that, who knows that no git is at work. One of ours does not stand in our way.
  private func removeLocks(_ terminal: Terminal) throws {
    try terminal.output(
      "find .git -name '*.lock' ! -path '.git/session/*' ! -path .git/index.lock -exec rm -f {} +")
  }

  private func expectMended(_ terminal: Terminal) throws {
    let fixed = try terminal.run("git session doctor --fix")
    #expect(fixed.status == 0, "\(fixed.output)\(fixed.errors)")
    let doctor = try terminal.run("git session doctor")
    #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
  }

  /// What is in the work tree, and what is staged.
  private struct State: Equatable {
    let files: FileTree
    let staged: String

    init(_ terminal: Terminal) {
      files = terminal.repository.files
      staged = (try? terminal.output("git ls-files --stage")) ?? "unreadable"
    }
  }

  /// Two checkpoints that differ much: `c2`, and `c3`, which the work tree holds.
  private func prepare(_ terminal: Terminal) throws -> (State, State) {
    let script = { (text: String, folders: String) in
      "for i in \(folders); do mkdir -p d$i; for j in 1 2 3 4 5 6; do echo \(text) $i $j >d$i/f$j; done; done"
    }
    try terminal.output(
      "project; git session start 'Retry failed deliveries'; \(script("first", "1 2 3 4 5"))")
    try terminal.output("git add d1 d2; ln -s d1 link; git session checkpoint")
    let first = State(terminal)
    try terminal.output("git rm -r --quiet --cached .; rm -r d1 d2 link; \(script("second", "3 4 5 6 7"))")
    try terminal.output("echo file >d1; git add d3 d1; git session checkpoint")
    return (first, State(terminal))
  }

  private func kill(_ command: String, after delay: Duration, _ terminal: Terminal) throws {
    let running = try RunningProgram(
      "git-session", command.split(separator: " ").map(String.init), environment: terminal.nextEnvironment(),
      in: terminal.repository.path)
    let wait = delay.components
    usleep(UInt32(wait.seconds * 1_000_000 + wait.attoseconds / 1_000_000_000_000))
    running.kill()
    running.wait()
  }
}
