import Foundation
import TestSupport
import Testing

/// What `undo` needs beside the chains: a list, and copies of the index.
@Suite struct UndoListTests {
  private func begin(_ terminal: Terminal) throws {
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    try terminal.output("echo two >>README.md; git add README.md; git session checkpoint --quiet")
  }

  private func indexes(_ terminal: Terminal, _ folder: String) throws -> Int {
    Int(try terminal.output("find \(folder) -name 'index-*' | wc -l").filter(\.isNumber)) ?? -1
  }

  @Test func copiesOfTheIndexGoWithWhatNamesThem() throws {
    let terminal = try Terminal()
    try begin(terminal)
    for _ in 0..<4 {
      try terminal.output("git session restore --index c1 --quiet")
      try terminal.output("git session undo --quiet")
    }
    let named = try terminal.output("grep -o 'index-[0-9a-z-]*' .git/session/state.json | sort -u")
    #expect(try indexes(terminal, ".git/session") == named.split(separator: "\n").count)

    // A copy has nothing to undo.
    try terminal.output("cp -r . ../copy; cd ../copy; git session note 'in a copy' --quiet")
    #expect(try indexes(terminal, "../copy/.git/session") == 0)
    #expect(try indexes(terminal, ".git/session") == named.split(separator: "\n").count)
  }

  @Test func doctorFindsCopiesThatNothingNames() throws {
    let terminal = try Terminal()
    try begin(terminal)
    try terminal.output("git session restore --index c1 --quiet")
    try terminal.output("cp .git/index .git/session/index-1767000000000-old; git session undo --quiet")
    try terminal.output("cp .git/index .git/session/index-1799000000000-new")
    let named = try indexes(terminal, ".git/session") - 2
    let found = try terminal.run("git session doctor").output
    #expect(found.contains("index-1767000000000-old' was left behind") && !found.contains("-new"), "\(found)")
    try terminal.output("git session doctor --fix; git session undo")
    #expect(named == 1)
    #expect(try terminal.output("ls .git/session").contains("index-1799000000000-new"))
  }

  @Test(arguments: [
    "git worktree move ../side ../moved", "mv ../side ../moved; git worktree repair ../moved",
  ])
  func aMovedWorkTreeIsTheSame(_ move: String) throws {
    let terminal = try Terminal()
    try terminal.output(
      "project; git worktree add -q ../side; cd ../side; git session start 'On the side' --quiet")
    try terminal.output("cd ../side; echo one >>README.md; git session checkpoint --quiet")
    try terminal.output("cd ../side; git session restore --index c1 --quiet")
    try terminal.output(move)
    try terminal.output("cd ../moved; git session note 'after the move' --quiet")
    #expect(try terminal.output("git for-each-ref refs/sessions | wc -l").contains("1"))
    #expect(try terminal.output("cd ../moved; git session undo").contains("restore c1"))
    #expect(try terminal.output("cd ../moved; tail -n 1 README.md") == "one\n")
  }
}
