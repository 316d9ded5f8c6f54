import TestSupport
import Testing

/// A session that goes on in another clone while this one stands still.
@Suite struct WentOnTests {
  private let terminal: Terminal

  /// Both have the session, and the other one has gone on in it.
  init() throws {
    terminal = try RemoteTests.terminal()
    try terminal.output("git remote add origin ../hub.git; git push --quiet origin main")
    try terminal.output(
      "git session start 'Retry' --quiet; echo one >one.txt; git session checkpoint --quiet")
    try terminal.output("git session push --yes --quiet; git clone --quiet ../hub.git ../clone")
    try terminal.output("cd ../clone; git session resume 1 --from origin --quiet; echo two >two.txt")
    try terminal.output(
      "cd ../clone; git session checkpoint -m There --quiet; git session push --yes --quiet")
  }

  @Test func statusAndHandoffSayThatResumeTakesItUp() throws {
    #expect(try !terminal.output("git session status; git session handoff").contains("went on"))
    try terminal.output("git session fetch --quiet")
    let status = try terminal.output("git session status")
    #expect(
      status.contains("\nThe session went on elsewhere; 'git session resume' takes up c5: There\n"),
      "\(status)")
    #expect(status.hasSuffix("\nSuggested: git session resume\n"), "\(status)")
    #expect(try terminal.output("git session status --json").contains("\"continuation\" : {"))
    let handoff = try terminal.output("git session handoff")
    #expect(
      handoff.contains("- The session went on elsewhere, and `git session resume` takes it up: `c5` (manual"),
      "\(handoff)")
    #expect(!handoff.contains("choose") && !handoff.contains("Another head"), "\(handoff)")
    // Work of here is saved first.
    #expect(
      try terminal.output("echo more >>one.txt; git session status").hasSuffix(
        "Suggested: git session checkpoint\n"))
    try terminal.output("git session resume --quiet; cat two.txt")
    #expect(try !terminal.output("git session status; git session handoff").contains("went on"))
  }

  @Test func headsThatStandBesideEachOtherAreToBeChosenFrom() throws {
    try terminal.output("git session fetch --quiet; echo here >>one.txt; git session checkpoint --quiet")
    let status = try terminal.output("git session status")
    #expect(status.contains("Work trees went different ways") && !status.contains("went on"), "\(status)")
    let handoff = try terminal.output("git session handoff")
    #expect(
      handoff.contains("- Another head stands beside it, and somebody has to choose: `c5`"), "\(handoff)")
    #expect(!handoff.contains("went on"), "\(handoff)")
  }

  /// What was chosen, and is not any more, is to be chosen again, there as well.
  @Test func anUndoneChoiceIsNone() throws {
    try terminal.output(
      "echo here >here.txt; git session checkpoint -m Here --quiet; git session fetch --quiet")
    try terminal.output("git session resume --head c5 --quiet; echo more >more.txt")
    #expect(try !terminal.output("git session show").contains("Heads: "))
    let undone = "git session undo --quiet; git session show | grep -c '^Heads: c5, '; ls"
    #expect(try terminal.output(undone).contains("here.txt") && terminal.run("ls two.txt").status != 0)
    try terminal.output("git session push --yes --quiet; cd ../clone; git session fetch --quiet")
    let refused = try terminal.run("cd ../clone; git session resume")
    #expect(refused.status == 1 && refused.errors.contains("has several heads"), "\(refused.errors)")
    #expect(try terminal.output("cd ../clone; cat two.txt") == "two\n")
    // Undone itself, it holds again; and it can be made anew.
    try terminal.output("git session undo --quiet; cat two.txt more.txt")
    #expect(try !terminal.output("git session show").contains("Heads: "))
    try terminal.output("git session undo --quiet; git session resume --head c5 --quiet; cat two.txt")
    #expect(try !terminal.output("git session show; git session doctor").contains("Heads: "))
    try terminal.output(
      "git session push --yes --quiet; cd ../clone; git session fetch --quiet; git session resume")
  }

  @Test func workOfOthersIsNotTakenBackHere() throws {
    try terminal.output("echo gone >gone.txt; git session checkpoint --quiet; rm gone.txt")
    try terminal.output("git session checkpoint --quiet; git session fetch --quiet")
    let handoff = try terminal.output("git session handoff")
    #expect(!handoff.contains("`two.txt` was changed"), "\(handoff)")
    #expect(handoff.contains("`gone.txt` was changed in 2 checkpoints and is now as before"), "\(handoff)")
  }
}
