import Foundation
import TestSupport
import Testing

/// Git is never disturbed: what a verb has no business with is the same, byte for byte, afterwards.
@Suite struct UntouchedTests {
  /// Every verb but restore and undo, in an order in which each can do its work.
  private static let commands = [
    "start 'Retry failed deliveries' --budget 200k", "status", "checkpoint -m 'A state'", "list",
    "list --search retry", "show", "show c1", "log --all", "diff", "diff c1 worktree --stat",
    "note 'A note'", "decision 'A decision' --because 'a reason'", "next 'The next step'",
    "blocker 'In the way'", "question 'Why?'", "question --list", "blocker --resolve 6", "handoff",
    "handoff --since HEAD",
    "handoff --output ../handoff.md && git session handoff --verify --output ../handoff.md",
    "config", "pause", "continue", "start --switch 'Another'", "continue 1", "complete", "reopen", "abandon",
    "reopen", "restore c1 --dry-run", "restore c1 --index --dry-run", "doctor", "doctor --fix", "undo",
  ]

  @Test func allButRestoreAndUndoLeaveGitAlone() throws {
    let terminal = try Terminal()
    try prepare(terminal)
    for command in Self.commands {
      try terminal.output("echo '\(command)' >>src/deliver.c")
      let before = try Surroundings(terminal)
      let result = try terminal.run("git session \(command)")
      #expect(result.status == 0, "\(command): \(result.errors)")
      let after = try Surroundings(terminal)
      #expect(after == before, "\(command): \(after.differences(from: before))")
    }
    try terminal.output("git fsck --strict")
  }

  @Test func branchOnlyAddsABranch() throws {
    let terminal = try Terminal()
    try prepare(terminal)
    try terminal.output("git session start 'Retry failed deliveries'")
    let before = try Surroundings(terminal)
    try terminal.output("git session branch saved")
    #expect(try Surroundings(terminal).differences(from: before) == ["references"])
    try terminal.output("git session undo")
    #expect(try Surroundings(terminal) == before)
  }

  @Test func restoreLeavesHeadIndexAndStashAlone() throws {
    let terminal = try Terminal()
    try prepare(terminal)
    try terminal.output("git session start 'Retry failed deliveries'")
    let before = try Surroundings(terminal)
    try terminal.output("rm -r src; echo other >other.txt; git session checkpoint")
    try terminal.output("git session restore c1")
    #expect(try Surroundings(terminal) == before)
    try terminal.output("git session undo --quiet; git session undo --quiet")
    #expect(try Surroundings(terminal) == before)
  }

  @Test func undoPutsTheIndexBackByteForByte() throws {
    let terminal = try Terminal()
    try prepare(terminal)
    try terminal.output("git session start 'Retry failed deliveries'")
    let before = try Surroundings(terminal)
    try terminal.output("git reset --quiet; git session checkpoint")
    for command in ["restore c1 --index", "undo", "undo"] { try terminal.output("git session \(command)") }
    let staged = try terminal.output("git diff --cached --raw; git status --porcelain")
    for name in ["c2", "c1"] { try terminal.output("git session restore \(name) --index") }
    #expect(try terminal.output("git diff --cached --raw; git status --porcelain") == staged)
    let index = terminal.repository.bytes(".git/index")
    for command in ["restore c2 --index", "undo"] { try terminal.output("git session \(command)") }
    #expect(terminal.repository.bytes(".git/index") == index)
    #expect(try Surroundings(terminal).differences(from: before).filter { $0 != "index" } == [])
  }

  /// A work tree in which everything is a bit different from everything else.
  private func prepare(_ terminal: Terminal) throws {
    try terminal.output(
      """
      project; git tag v1; git branch other
      echo stashed >README.md; git stash --quiet
      echo staged >staged.txt; git add staged.txt; echo more >>staged.txt
      git add --intent-to-add --force .gitignore; rm README.md; echo untracked >untracked.txt
      mkdir build; echo object >build/deliver.o; echo TOKEN=1 >.env
      ln -s src/deliver.c link; chmod +x src/deliver.c; mkdir empty
      """)
  }
}
