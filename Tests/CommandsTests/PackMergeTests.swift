import Foundation
import TestSupport
import Testing

/// Saves do not fill the repository with packs.
@Suite struct PackMergeTests {
  @Test func manySavesLeaveFewPacks() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    for round in 0..<14 {
      try terminal.output("echo \(round) >>file.txt; git session checkpoint --quiet")
    }
    // They are merged by a process that goes on by itself.
    let deadline = ContinuousClock.now + .seconds(30)
    while try packs(terminal) > 10 && ContinuousClock.now < deadline { usleep(50_000) }
    #expect(try packs(terminal) <= 10)
    try terminal.output("git fsck --full --strict --no-dangling; git session restore c3; git session doctor")
    #expect(try terminal.output("cat file.txt") == "0\n1\n")

    try terminal.output("git session complete --quiet")
    while try packs(terminal) > 1 && ContinuousClock.now < deadline + .seconds(30) { usleep(50_000) }
    #expect(try packs(terminal) == 1)
    try terminal.output("git fsck --full --strict --no-dangling; git session show")
  }

  /// What a program has left behind goes by the way, unless it may be one that is at work elsewhere.
  @Test func leftoversGo() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    try terminal.output(
      """
      cd .git/session && mkdir -p staging-999999-old/d staging-999999-new && cd ../sessions
      mkdir -p quarantine-999999-old/pack && touch note.999999.tmp
      echo 'git-session 999999' >../objects/pack/pack-1.keep; echo mine >../objects/pack/pack-2.keep
      touch -d '2 days ago' * ../session/*-old ../objects/pack/*.keep
      """)
    // Of these alone: who merges packs has folders and files of its own there, for a moment.
    let list = "ls -d .git/session*/*999999* .git/objects/pack/pack-[12].keep"
    try terminal.output("git session complete --quiet")
    let left = [".git/objects/pack/pack-2.keep", ".git/session/staging-999999-new"]
    let deadline = ContinuousClock.now + .seconds(30)
    while try lines(list, terminal) != left && ContinuousClock.now < deadline { usleep(50_000) }
    #expect(try lines(list, terminal) == left)
  }

  private func lines(_ command: String, _ terminal: Terminal) throws -> [String] {
    try terminal.run(command).output.split(separator: "\n").map(String.init)
  }

  private func packs(_ terminal: Terminal) throws -> Int {
    Int(try terminal.output("ls .git/objects/pack | grep -c 'pack$'").dropLast()) ?? 0
  }
}
