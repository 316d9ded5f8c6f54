import TestSupport
import Testing

/// Tests that run the hook of Claude Code as it does, one event at a time, in a work tree that has a session.
protocol ClaudeHooks {}

extension ClaudeHooks {
  func terminal() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' --quiet")
    return terminal
  }

  /// Runs the hook, after the command line `before`; `members` stand in its payload beside what each has. `folder` is
  /// where the run works, from the top of the work tree.
  @discardableResult
  func hook(
    _ event: String, _ members: String = "", _ terminal: Terminal, in folder: String = "",
    run: String = "r", before: String = ":"
  ) throws -> Program.Result {
    let place = terminal.repository.path + folder
    let payload = #"{"session_id":"\#(run)","cwd":"\#(place)","hook_event_name":"\#(event)"\#(members)}"#
    let result = try terminal.run("\(before)\ngit session hook claude-code", input: payload)
    #expect(result.status == 0)
    return result
  }

  func log(_ terminal: Terminal) throws -> String { try terminal.output("git session log") }
}
