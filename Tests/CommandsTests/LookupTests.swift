import TestSupport
import Testing

/// Which checkpoint a name means.
@Suite struct Lookups {
  /// Whatever another work tree records: here the latest is the one that this work tree has.
  @Test func theLatestIsThatOfTheWorkTree() throws {
    let terminal = try Terminal()
    let commands = [
      "project; git session start 'Two work trees' --quiet; git worktree add -q ../two -b two",
      "cd ../two; git session continue 1 --quiet; echo two >two; git session checkpoint --quiet",
      "echo one >one; git session checkpoint --quiet", "cd ../two; git session note Later --quiet",
    ]
    for command in commands { try terminal.output(command) }
    #expect(try terminal.output("git session diff 1:@ worktree") == "")
    #expect(try terminal.output("cd ../two; git session diff 1:@ worktree") == "")
    // Of another session it is the newest.
    try terminal.output("git session start Other --switch --quiet")
    #expect(try terminal.output("git session show 1:@").contains("checkpoint c3"))
  }

  @Test(arguments: ["base", "worktree", "c1", "12"]) func whatStandsForSomethingElseIsNoName(name: String)
    throws
  {
    let terminal = try Terminal()
    let result = try terminal.run("project; git session start 'Do it' --name \(name)")
    #expect(result.status == 129)
    #expect(result.errors.contains("'\(name)' is no name for a session"))
  }
}
