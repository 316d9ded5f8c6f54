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

  /// Only a person may do that, who knows that no git is at work.
  private func removeLocks(_ terminal: Terminal) throws {
    try terminal.output("find .git -name '*.lock' ! -path '.git/session/*' -exec rm -f {} +")
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
