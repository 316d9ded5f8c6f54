import TestSupport
import Testing

/// A repository may bring settings of agents that are no files: nobody waits for them.
@Suite struct ForeignSettingsTests {
  private static let codex = ".codex/config.toml"
  private static let claude = ".claude/settings.json"

  private func terminal() throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; git session start 'Retry failed deliveries' --quiet; mkdir .codex .claude
      cat >../codex.jsonl <<'END'
      {"type":"event_msg","payload":{"type":"token_count","info":{"model_context_window":258400,"last_token_usage":{"total_tokens":30000}}}}
      END
      cat >../claude-code.jsonl <<'END'
      {"type":"assistant","message":{"id":"m","model":"claude-haiku-4-5","usage":{"input_tokens":33500}}}
      END
      """)
    return terminal
  }

  /// What the hook at the end of a turn says, and the context as it is known afterwards.
  private func endTurn(_ agent: String, _ terminal: Terminal) throws -> (errors: String, context: String) {
    let place = terminal.repository.path
    let transcript = "\(terminal.repository.root)/\(agent).jsonl"
    let payload =
      #"{"session_id":"r","cwd":"\#(place)","hook_event_name":"Stop","transcript_path":"\#(transcript)"}"#
    let result = try terminal.run("date +%N >new.txt; git session hook \(agent)", input: payload)
    #expect(result.status == 0)
    return (result.errors, try terminal.output("git session log; git session context"))
  }

  private static let makings = [
    "mkfifo FILE", "ln -s /dev/ptmx FILE", "ln -s /dev/zero FILE", "mkfifo pipe; ln -s ../pipe FILE",
    "mkdir FILE", "ln -s nowhere FILE", "truncate -s 5G FILE",
  ]

  @Test(arguments: [("codex", codex, 258_400 * 90 / 95), ("claude-code", claude, 200_000)], makings)
  func saysNothingAndIsNotWaitedFor(of agent: (name: String, file: String, limit: Int), making: String)
    throws
  {
    let terminal = try terminal()
    try terminal.output(making.replacing("FILE", with: agent.file) + "")
    let (errors, context) = try endTurn(agent.name, terminal)
    #expect(!errors.contains("stopped after"), "\(errors)")
    #expect(context.contains("turn") && context.contains("of \(agent.limit) tokens"), "\(context)")
    let status = try terminal.run("timeout 60 git session agent status \(agent.name)")
    #expect(status.status == 0, "\(status)")
  }

  /// Of one who keeps settings in another place.
  @Test func aLinkToAFileIsFollowed() throws {
    let terminal = try terminal()
    try terminal.output(
      "echo 'model_auto_compact_token_limit = 60_000' >../mine.toml; ln -s ../../mine.toml \(Self.codex)")
    #expect(try endTurn("codex", terminal).context.contains("50 % of 60000 tokens"))
  }

  @Test(arguments: ["mkfifo", "mkdir", "ln -s /dev/zero"]) func whatIsNoFileIsSaidToBeNone(making: String)
    throws
  {
    let terminal = try terminal()
    try terminal.output("mkdir ~/.claude; \(making) ~/\(Self.claude)")
    let status = try terminal.output("timeout 60 git session agent status claude-code --user")
    #expect(status.hasPrefix("unreadable") && status.contains("is no file"), "\(status)")
    #expect(try terminal.run("timeout 60 git session agent install claude-code").status == 128)
  }
}
