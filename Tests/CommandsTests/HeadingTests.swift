import TestSupport
import Testing

/// What hooks and status lines know of the session of a work tree without reading it.
@Suite struct HeadingSuite {
  private func line(_ terminal: Terminal) throws -> String {
    try terminal.output("git session statusline --prompt --json | grep -v savedMilliseconds")
  }

  @Test func whatOtherWorkTreesDoWithTheSessionIsKnownAtOnce() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; git session init --quiet; git session agent install claude-code --quiet
      git session start One --quiet; git worktree add --quiet ../second
      """)
    #expect(try line(terminal).contains(#""lifecycle" : "active""#))
    try terminal.output("cd ../second; git session continue 1 --quiet; git session complete --quiet")
    #expect(try line(terminal).contains(#""lifecycle" : "completed""#))
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=Two' 'say=Done.'")
    #expect(try terminal.output("git session list").contains("Two"), "what has ended takes no more work")
  }

  @Test func whatIsKeptIsWhatReadingTells() throws {
    let terminal = try Terminal()
    let file = ".git/session/heading"
    func read() throws -> String {
      try terminal.output("mv \(file) ../heading")
      let line = try line(terminal)
      try terminal.output("cmp \(file) ../heading")
      return line
    }
    try terminal.output("project; git session start 'One \u{1F600}' --quiet")
    for command in [
      "true", "git session checkpoint --quiet", "git session pause --quiet", "git session continue --quiet",
      "git session note X --quiet", "git session complete --quiet", "git session reopen --quiet",
      "git session undo --quiet",
    ] {
      try terminal.output(command)
      #expect(try line(terminal) == read(), "after \(command)")
    }
  }

  @Test func damageIsNoticed() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start One --quiet")
    let whole = try #require(terminal.repository.bytes(".git/session/heading"))
    for position in stride(from: 0, to: whole.count, by: whole.count / 12) {
      var damaged = whole
      damaged[position] ^= 1
      try terminal.repository.write(".git/session/heading", bytes: damaged)
      #expect(try line(terminal).contains(#""objective" : "One""#), "byte \(position)")
      #expect(terminal.repository.bytes(".git/session/heading") == whole)
    }
  }
}
