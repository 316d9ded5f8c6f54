import Sessions
import Testing

@testable import Agents

/// Each payload that an agent sends, and what it means. All that are not named here mean nothing to us.
@Suite struct Payloads {
  private static let request = "Add a retry limit to the courier webhook"

  private static let meanings: [String: [String: AgentEvent.Kind]] = [
    "claude-code": [
      "SessionStart.clear": .started(.clear), "SessionStart.compact": .started(.compact),
      "SessionStart.fork": .started(.fork), "SessionStart.resume": .started(.resume),
      "SessionStart.startup": .started(.startup),
      "UserPromptSubmit": .asked(request + " and cover it with tests"),
      "PostToolUse.Agent": .toolUsed, "PostToolUse.Bash": .toolUsed, "PostToolUse.Edit": .toolUsed,
      "PostToolUse.Write": .toolUsed, "PostToolUseFailure": .toolFailed,
      "Stop": .turnEnded(lastWords: "The retry limit is in place and the tests pass."),
      "Stop.continued": .turnEnded(lastWords: "Also saved the handoff."),
      "StopFailure": .turnEnded(lastWords: nil),
      "SubagentStop": .subagentEnded, "PreCompact.auto": .compacting, "PreCompact.manual": .compacting,
      "SessionEnd.clear": .ended(reason: "clear"), "SessionEnd.logout": .ended(reason: "logout"),
      "SessionEnd.other": .ended(reason: "other"),
      "SessionEnd.prompt_input_exit": .ended(reason: "prompt_input_exit"),
      "SessionEnd.resume": .ended(reason: "resume"),
    ],
    "codex": [
      "SessionStart.clear": .started(.clear), "SessionStart.compact": .started(.compact),
      "SessionStart.resume": .started(.resume), "SessionStart.startup": .started(.startup),
      "UserPromptSubmit": .asked(request), "PostToolUse.Bash": .toolUsed,
      "PostToolUse.apply_patch": .toolUsed, "PostToolUse.mcp": .toolUsed,
      "Stop": .turnEnded(lastWords: "The retry limit is in place."),
      "Stop.null-message": .turnEnded(lastWords: nil), "SubagentStop": .subagentEnded,
      "PreCompact.auto": .compacting, "PreCompact.manual": .compacting, "SessionEnd": .ended(reason: "other"),
    ],
    "gemini": [
      "SessionStart.clear": .started(.clear), "SessionStart.no-transcript": .started(.startup),
      "SessionStart.resume": .started(.resume), "SessionStart.startup": .started(.startup),
      "BeforeAgent": .asked(request), "AfterTool.run_shell_command": .toolUsed,
      "AfterTool.write_file": .toolUsed,
      "AfterAgent": .turnEnded(lastWords: "The retry limit is in place."),
      // Before each turn it says `auto`, and does nothing.
      "PreCompress.manual": .compacting,
      "SessionEnd.clear": .ended(reason: "clear"), "SessionEnd.exit": .ended(reason: "exit"),
      "SessionEnd.logout": .ended(reason: "logout"),
      "SessionEnd.other": .ended(reason: "other"),
      "SessionEnd.prompt_input_exit": .ended(reason: "prompt_input_exit"),
    ],
    "opencode": [
      "event__session_created": .started(.startup), "event__session_compacted": .started(.compact),
      "experimental_chat_system_transform": .started(.resume), "chat_message": .asked(request),
      "tool_execute_after": .toolUsed, "event__session_idle": .turnEnded(lastWords: nil),
      "event__session_error": .turnEnded(lastWords: nil), "experimental_session_compacting": .compacting,
      "event__session_deleted": .ended(reason: nil),
    ],
    "cursor": [
      "sessionStart": .started(.startup), "beforeSubmitPrompt": .asked(request), "postToolUse": .toolUsed,
      "stop": .turnEnded(lastWords: nil), "subagentStop": .subagentEnded, "preCompact": .compacting,
      "sessionEnd": .ended(reason: "completed"),
    ],
    "copilot": [
      "sessionStart": .started(.startup), "compat.SessionStart": .started(.startup),
      "userPromptSubmitted": .asked(request), "compat.UserPromptSubmit": .asked(request),
      "postToolUse": .toolUsed, "compat.PostToolUse": .toolUsed, "compat.PostToolUseFailure": .toolFailed,
      "agentStop": .turnEnded(lastWords: nil),
      "compat.Stop": .turnEnded(lastWords: nil), "subagentStop": .subagentEnded,
      "compat.SubagentStop": .subagentEnded, "preCompact": .compacting, "compat.PreCompact": .compacting,
      "sessionEnd": .ended(reason: "complete"), "compat.SessionEnd": .ended(reason: "complete"),
    ],
  ]

  @Test(arguments: Agents.all.map(\.name)) func meanOneThingEach(name: String) throws {
    let agent = try #require(Agents.named(name))
    let meanings = try #require(Self.meanings[name])
    let payloads = try Sample.payloads(name)
    #expect(Set(meanings.keys).isSubset(of: payloads.map(\.name)))
    for (event, payload) in payloads {
      let told = agent.event(in: payload)
      #expect(told?.kind == meanings[event], "\(event)")
      guard let told else { continue }
      #expect(told.folder.hasPrefix("/home/dev/work/parcel-api"), "\(event)")
    }
  }

  /// Of all that it is told under its own name and is meant by another agent.
  @Test func whoSpeaksIsTold() throws {
    let claude = try #require(Agents.named("claude-code"))
    for name in ["claude-code", "cursor"] {
      for (event, payload) in try Sample.payloads(name) {
        #expect(claude.speaker(of: payload).name == name, "\(event)")
      }
    }
    for (event, payload) in try Sample.payloads("copilot") where event.hasPrefix("compat.") {
      #expect(claude.speaker(of: payload).name == "copilot", "\(event)")
    }
  }

  @Test func someUnderNamesOfClaudeCode() throws {
    let payload = try JSONValue(
      parsing: Array(
        #"{"conversation_id":"c","cursor_version":"3","workspace_roots":["/w"],"hook_event_name":"Stop"}"#
          .utf8))
    let speaker = try #require(Agents.named("claude-code")).speaker(of: payload)
    #expect(speaker.event(in: payload)?.kind == .turnEnded(lastWords: nil))
  }

  /// Cursor names the user's address in each payload. Nothing of what is taken from them holds it.
  @Test func theUsersAddressIsLeftOut() throws {
    let agent = try #require(Agents.named("cursor"))
    for (event, payload) in try Sample.payloads("cursor") {
      guard let told = agent.event(in: payload) else { continue }
      #expect(!"\(told)".contains("dev@example.test"), "\(event)")
      var reader = TranscriptReader(.cursor)
      for line in told.lines { reader.read(line: line) }
      #expect(!String(decoding: reader.bytes, as: UTF8.self).contains("example.test"))
    }
  }

  @Test func subagentsOfOpenCodeAreNotHeard() throws {
    let agent = try #require(Agents.named("opencode"))
    let payload = try JSONValue(
      parsing: Array(
        #"{"hook":"event","directory":"/w","input":{"event":{"type":"session.created","properties":{"info":{"id":"s","parentID":"p"}}}}}"#
          .utf8))
    #expect(agent.event(in: payload) == nil)
  }

  /// A text reaches the context in each agent's own way, and only where it is safe.
  @Test func textsForTheContext() throws {
    func taken(_ name: String) throws -> [String?] {
      let agent = try #require(Agents.named(name))
      return [
        .started(.resume), .asked(""), .toolUsed, .toolFailed, .turnEnded(lastWords: nil), .compacting,
        .ended(reason: nil),
      ].map {
        agent.output(context: "t", at: $0).map {
          String(decoding: $0.canonical.filter { $0 > 0x20 }, as: UTF8.self)
        }
      }
    }
    func hook(_ name: String) -> String {
      #"{"hookSpecificOutput":{"additionalContext":"t","hookEventName":"\#(name)"}}"#
    }
    let claude = [
      hook("SessionStart"), hook("UserPromptSubmit"), hook("PostToolUse"), hook("PostToolUseFailure"), nil,
      nil,
      nil,
    ]
    #expect(try taken("claude-code") == claude)
    #expect(try taken("codex") == claude)
    #expect(
      try taken("gemini") == [
        hook("SessionStart"), hook("BeforeAgent"), hook("AfterTool"), hook("AfterTool"), nil, nil, nil,
      ])
    let opencode = #"{"context":"t"}"#
    #expect(try taken("opencode") == [opencode, nil, opencode, nil, nil, opencode, nil])
    let cursor = #"{"additional_context":"t"}"#
    #expect(try taken("cursor") == [cursor, nil, cursor, nil, nil, nil, nil])
    let copilot = #"{"additionalContext":"t"}"#
    #expect(try taken("copilot") == [copilot, nil, copilot, nil, nil, nil, nil])
  }

  @Test func takingUpARun() throws {
    let commands = Agents.all.map { $0.resuming("a-1_B.c") }
    #expect(
      commands == [
        "claude --resume a-1_B.c", "codex resume a-1_B.c", "gemini --resume a-1_B.c",
        "opencode --session a-1_B.c", "cursor-agent --resume a-1_B.c", "copilot --resume a-1_B.c",
      ])
    for run in ["", "-r", "a b", "$(x)", "a;b", "ü", "a\n"] { #expect(Agents.all[0].resuming(run) == nil) }
  }

  @Test func transcriptsOfCopilotLieWhereItsIdSays() throws {
    let agent = try #require(Agents.named("copilot"))
    let home = ["HOME": "/h"]
    #expect(agent.transcript(of: "a-1", environment: home) == "/h/.copilot/session-state/a-1/events.jsonl")
    for run in ["..", "a/b", "a.b", "ü"] { #expect(agent.transcript(of: run, environment: home) == nil) }
  }
}
