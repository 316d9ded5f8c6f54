import Sessions
import Testing

@testable import Agents

/// Settings of all shapes come out of an installation and a removal as they went in.
@Suite struct HookSettingsFiles {
  private static let shapes = [
    "{}", "{}\n", "{ }\n", "{\n}\n", "{\"model\":\"opus\"}", "{ \"model\": \"opus\" }\n",
    "{\n  \"model\": \"opus\"\n}\n",
    "{\n\t\"model\": \"opus\",\n\t\"permissions\": {\n\t\t\"allow\": []\n\t}\n}",
    "{\r\n    \"model\": \"opus\"\r\n}\r\n",
    #"{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"say done"}]}]},"x":1}"#,
    """
    {
        "hooks": {
            "PreToolUse": [ {"matcher": "Bash", "hooks": [{"type": "command", "command": "guard"}]} ],
            "Stop": [
                {
                    "hooks": [
                        { "type": "command", "command": "say \\"done\\"", "timeout": 5 }
                    ]
                }
            ]
        },
        "z": "ü \\u00fc"
    }

    """,
  ]

  @Test(arguments: shapes, Agents.all.map(\.name)) func comeBackByteForByte(shape: String, name: String)
    throws
  {
    let agent = try #require(Agents.named(name))
    let before = Array(shape.utf8)
    var settings = try HookSettings(before, of: agent)
    settings.add(agent.hooks, command: "git-session hook \(name)")
    let value = try JSONValue(parsing: settings.bytes)
    for hook in agent.hooks {
      let groups = try #require(value["hooks"]?[hook.event]?.array)
      #expect(
        groups.contains { $0["hooks"]?.array?.first?["command"] == .string("git-session hook \(name)") })
    }
    #expect(Set(settings.commands.keys) == Set(agent.hooks.map(\.event)))

    var again = settings
    again.add(agent.hooks, command: "git-session hook \(name)")
    #expect(again.bytes == settings.bytes)

    settings.remove()
    // Empty brackets lose the space in them; the copy that is kept brings it back.
    let expected = ["{ }\n", "{\n}\n"].contains(shape) ? "{}\n" : shape
    #expect(String(decoding: settings.bytes, as: UTF8.self) == expected)
  }

  @Test func whatOthersHaveSetStays() throws {
    let agent = try #require(Agents.named("claude-code"))
    var settings = try HookSettings(Array((Self.shapes.last ?? "").utf8), of: agent)
    settings.add(agent.hooks, command: "old/git-session hook claude-code")
    settings.add(agent.hooks, command: "new/git-session hook claude-code")
    #expect(Set(settings.commands.values) == ["new/git-session hook claude-code"])
    let stop = try JSONValue(parsing: settings.bytes)["hooks"]?["Stop"]?.array ?? []
    #expect(stop.count == 2)
    #expect(stop.first?["hooks"]?.array?.first?["command"] == .string("say \"done\""))
  }

  @Test(arguments: [
    "", "[]", "{", "{\"hooks\":[]}", "{\"hooks\":{\"Stop\":1}}", "// a remark\n{}", "\u{feff}{}",
    "{\"a\":1,\"a\":2}",
  ])
  func whatIsNotUnderstoodIsNotTouched(text: String) throws {
    let agent = try #require(Agents.named("codex"))
    #expect(throws: HookSettings.Unusable.self) { try HookSettings(Array(text.utf8), of: agent) }
  }

  @Test func anEmptyFileIsMade() throws {
    let agent = try #require(Agents.named("codex"))
    var settings = try HookSettings(nil, of: agent)
    settings.add([AgentHook("Stop", timeout: 3)], command: "git-session hook codex")
    #expect(
      String(decoding: settings.bytes, as: UTF8.self) == """
        {
          "hooks": {
            "Stop": [
              {
                "hooks": [
                  {
                    "command": "git-session hook codex",
                    "timeout": 3,
                    "type": "command"
                  }
                ]
              }
            ]
          }
        }

        """)
    settings.remove()
    #expect(settings.isEmpty)
  }
}

@Suite struct HookPayloads {
  private func event(_ text: String) throws -> AgentEvent? {
    HookPayload.event(in: try JSONValue(parsing: Array(text.utf8)))
  }

  @Test func whatAgentsSay() throws {
    let base = #""session_id":"r","transcript_path":"/t","cwd":"/w","hook_event_name":"#
    let events: [(String, AgentEvent.Kind?)] = [
      (#""SessionStart","source":"startup""#, .started(.startup)),
      (#""SessionStart","source":"compact","model":"m""#, .started(.compact)),
      (#""SessionStart","source":"new one""#, .started(.startup)),
      (#""UserPromptSubmit","prompt":"Do it""#, .asked("Do it")),
      (#""Stop","stop_hook_active":false,"last_assistant_message":"Done.""#, .turnEnded(lastWords: "Done.")),
      (
        #""StopFailure","error":"rate_limit","last_assistant_message":"API Error""#,
        .turnEnded(lastWords: nil)
      ),
      (#""SubagentStop","agent_type":"Explore""#, .subagentEnded),
      (#""SubagentStop","agent_type":"""#, nil),
      (#""PreCompact","trigger":"auto","custom_instructions":null"#, .compacting),
      (#""SessionEnd","reason":"other""#, .ended(reason: "other")),
      (#""PostToolUse","tool_name":"Bash""#, .toolUsed),
      (#""PostToolUse","agent_id":"a""#, nil), (#""PreToolUse""#, nil), ("7", nil),
    ]
    for (text, kind) in events {
      let expected = kind.map { AgentEvent($0, run: "r", folder: "/w", transcript: "/t") }
      #expect(try event("{\(base)\(text)}") == expected, "\(text)")
    }
  }

  @Test(arguments: [
    "{}", "[]", "null", #"{"session_id":1,"cwd":"/w","hook_event_name":"Stop"}"#,
    #"{"session_id":"r","cwd":"w","hook_event_name":"Stop"}"#,
    #"{"session_id":"","cwd":"/w","hook_event_name":"Stop"}"#,
    #"{"session_id":"r","cwd":"/w\u0000x","hook_event_name":"Stop"}"#,
  ])
  func whatIsNotAsItShouldBeSaysNothing(text: String) throws { #expect(try event(text) == nil) }
}
