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

  private func packs(_ terminal: Terminal) throws -> Int {
    Int(try terminal.output("ls .git/objects/pack | grep -c 'pack$'").dropLast()) ?? 0
  }
}
