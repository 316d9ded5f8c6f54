import Foundation
import TestSupport
import Testing

/// Hooks of agents that have no time, come together, or are told nonsense about the time.
@Suite struct AgentHurryTests {
  private func terminal() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    return terminal
  }

  /// Runs the hook of Claude Code, after the command line `before`.
  @discardableResult
  private func hook(
    _ event: String, _ members: String = "", _ terminal: Terminal, before: String = ":"
  ) throws -> Program.Result {
    let place = terminal.repository.path
    let payload = #"{"session_id":"r","cwd":"\#(place)","hook_event_name":"\#(event)"\#(members)}"#
    let result = try terminal.run("\(before)\ngit session hook claude-code", input: payload)
    #expect(result.status == 0)
    return result
  }

  private func log(_ terminal: Terminal) throws -> String { try terminal.output("git session log") }

  private func count(_ text: String, _ terminal: Terminal) throws -> Int {
    try log(terminal).split(separator: text, omittingEmptySubsequences: false).count - 1
  }

  /// The first one's rest is none of the second one.
  @Test func aSaveLeavesTheNoteOfANewerOne() throws {
    let terminal = try terminal()
    let left = try terminal.output(
      """
      echo '*.slow filter=slow' >.gitattributes; echo one >a.slow; pending=.git/session/pending-save.json
      git config filter.slow.clean 'touch ../begun; while [ ! -e ../go ]; do sleep 0.05; done; cat'
      note() { printf '{"steps":["checkpoint","handoff","index","push"],"trigger":"compaction","since":"2026-01-05T09:00:00Z","token":"%s"}' $1 >$pending; }
      note first; git-session detached finish-save & while [ ! -e ../begun ]; do sleep 0.05; done
      note second; touch ../go; wait; cat $pending; rm $pending
      """)
    #expect(left.contains(#""handoff","index","push""#) && left.contains("second"), "\(left)")
  }

  /// They may have been stopped at different places.
  @Test func whatIsLeftOfTwoSavesIsDone() throws {
    let terminal = try terminal()
    try terminal.output("echo new >new.txt")
    let told = try hook(
      "PreCompact", "", terminal,
      before: """
        printf '{"steps":["handoff","index","push"],"trigger":"threshold","since":"2026-01-05T09:00:00Z"}' \\
          >.git/session/pending-save.json
        """)
    #expect(told.errors == "")
    #expect(try terminal.output("git session log --all -n 1").contains("handoff kept"))
  }
}
