import TestSupport
import Testing

/// Sessions that are published without what they went through.
@Suite struct SquashTests {
  private let terminal: Terminal

  init() throws {
    terminal = try RemoteTests.terminal()
    try terminal.output("git remote add origin ../hub.git; git push --quiet origin main")
    try terminal.output("git session start 'Only the end' --quiet")
    try terminal.output("echo password >>new.txt; git session checkpoint -m Early --quiet")
    try terminal.output(
      "git add new.txt; git commit -qm Hasty; git session checkpoint --quiet; echo better >new.txt; git commit -q --amend -am Careful"
    )
    try terminal.output(
      "echo final >>new.txt; git session note 'Kept'; git session checkpoint -m Late --quiet")
  }

  @Test func onlyTheLatestStateIsSent() throws {
    let told = try terminal.run("git session push --squash")
    let sentence = "would publish 1 session with 1 checkpoint, 1 commit and 1 file in 2 versions that"
    #expect(told.errors.contains(sentence), "\(told.errors)")
    let hidden = try terminal.output(
      "git rev-list --all | sort >../all; git rev-list HEAD | sort | comm -23 ../all -; printf 'password\n' | git hash-object --stdin"
    ).split(separator: "\n")
    #expect(hidden.count > 8)
    try terminal.output("git session push --squash --yes")
    for object in hidden {
      let found = try terminal.run("git -C ../hub.git cat-file -e \(object)")
      #expect(found.status != 0, "\(object)")
    }
    #expect(try terminal.output("git session push --squash") == "origin has all sessions of this clone.\n")
    // That much is agreed to, and no more.
    #expect(
      try terminal.run("git session push").errors.contains("would publish 1 session with 4 checkpoints"))
    try terminal.output("git -C ../hub.git fsck --strict")
  }

  @Test func notesOfARepetitionGoWithIt() throws {
    try terminal.output(
      "git session start 'No commits' --quiet; echo one >one.txt; git session checkpoint -q")
    try terminal.output("echo two >one.txt; git session checkpoint -q; git session push --squash --yes -q")
    try terminal.output("git clone --quiet ../hub.git ../clone; cd ../clone; git session fetch --quiet")
    try terminal.output("git session push --yes --quiet; cd ../clone; git session fetch --quiet")
    #expect(try terminal.output("cd ../clone; git session doctor").contains("ok     notes:"))
  }

  @Test func bothSidesGoOn() throws {
    try terminal.output("git session push --squash --yes --quiet; git clone --quiet ../hub.git ../clone")
    try terminal.output("cd ../clone; git session resume --from origin; git session note 'From the clone'")
    #expect(
      try terminal.output("cd ../clone; cat new.txt; git log -1 --format=%s") == "better\nfinal\nCareful\n")
    try terminal.output("cd ../clone; echo clone >>new.txt; git session checkpoint -m There --quiet")
    try terminal.output("cd ../clone; git session push --yes --quiet; git session doctor")
    // What comes back stands on what was sent, and nothing is there twice.
    let fetched = try terminal.output("git session fetch")
    #expect(fetched.contains("updated") && !fetched.contains("heads"), "\(fetched)")
    let notes = try terminal.output("git session note --list")
    #expect(notes.contains("From the clone\n") && notes.contains("Kept\n"))
    #expect(notes.split(separator: "\n").count == 2, "\(notes)")
    #expect(try terminal.output("git session resume | head -n 1").hasPrefix("Resumed SESSION-001 c"))
    #expect(try terminal.output("tail -n 1 new.txt") == "clone\n")
    try terminal.output("echo middle >>new.txt; git session checkpoint -m Middle --quiet")
    try terminal.output(
      "echo end >>new.txt; git session checkpoint -m End --quiet; git session next Rest --quiet")
    try terminal.output("git session push --squash --quiet; git session doctor")
    let there = try terminal.output(
      "cd ../clone; git session fetch; git session log; git session note --list")
    #expect(there.contains("End") && !there.contains("Middle") && !there.contains("heads"), "\(there)")
    #expect(
      try terminal.output("cd ../clone; git session resume | head -n 1").contains("Resumed SESSION-001 c"))
    #expect(
      try terminal.output("cd ../clone; tail -n 1 new.txt; git session | tail -n 1")
        == "end\nNext step: Rest\n")
    // Sent as a whole after all, it is the same session still.
    try terminal.output(
      "git session fetch --quiet; git session push --yes --quiet; cd ../clone; git session fetch")
    #expect(try terminal.output("cd ../clone; git session log").contains("Early"))
    #expect(try !terminal.output("cd ../clone; git session log").contains("~"))
    for command in ["show 1 --json", "log 1 --all --json"] {
      let fixed = "GIT_SESSION_TEST_CLOCK=2026-02-01T00:00:00Z git session \(command)"
      #expect(
        try terminal.output(
          "cd ../clone; git session push --yes --quiet; cd ../work; git session fetch --quiet; \(fixed)")
          == terminal.output("cd ../clone; \(fixed)"))
    }
  }
}
