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
    "\u{feff}{\"model\": 1}", "\u{feff}{\r\n\t\"model\": 1\r\n}", "{\"model\": 1,}",
    "{\"model\": [1, 2,],\n}\n",
    "// mine\n{\n  // my model\n  \"model\": \"opus\", // the best /* \n  /* \"hooks\": { */ \"x\": \"// no */ remark\"\n}\n// end",
    "{\"hooks\": {\"Stop\": [ /* none */ ]}}", "{\"hooks\": {}, \"a\": {}}",
    "{\"url\": \"http://x\", \"b\": \"\\\\\"}",
    #"{"hooks":{"PreToolUse":[{"hooks":[]}],"Notification":[],"Stop":[{"matcher":"*","hooks":[{"type":"http","url":"git-session"}]}]}}"#,
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

  /// Of all but OpenCode, whose file is our own.
  private static let agents = Agents.all.map(\.name).filter { $0 != "opencode" }

  @Test(arguments: shapes, agents) func comeBackByteForByte(shape: String, name: String)
    throws
  {
    let agent = try #require(Agents.named(name))
    let before = Array(shape.utf8)
    var settings = try agent.settings(in: before)
    settings.connect(command: "git-session hook \(name)")
    let value = try Self.value(settings.bytes)
    for hook in agent.hooks {
      let entries = try #require(value["hooks"]?[hook.event]?.array)
      #expect(entries.contains { $0.texts.contains("git-session hook \(name)") })
    }
    #expect(settings.isConnected)

    var again = settings
    again.connect(command: "git-session hook \(name)")
    #expect(again.bytes == settings.bytes)

    settings.disconnect()
    #expect(!settings.isConnected)
    // Empty lists go with what was put into them, and a version that had to be added stays: the copy that is kept
    // brings all back.
    if value["version"] == nil, !Self.withEmptyLists.contains(shape) {
      #expect(String(decoding: settings.bytes, as: UTF8.self) == shape)
    } else {
      let rest = try Self.value(settings.bytes).object?.filter { !["version", "hooks"].contains($0.key) }
      #expect(rest == (try Self.value(before).object?.filter { $0.key != "hooks" }))
    }
  }

  private static let withEmptyLists = Set(
    shapes.filter { shape in
      ["{ }\n", "{\n}\n"].contains(shape)
        || ["\"hooks\": {}", "none", "\"hooks\":[]"].contains { shape.contains($0) }
    })

  /// Comments are no part of it.
  private static func value(_ bytes: [UInt8]) throws -> JSONValue {
    try JSONValue(parsing: LooseJSON.strict(bytes))
  }

  /// What stands beside our hooks was written there later, and stays.
  @Test func commentsBesideOursStay() throws {
    let agent = try #require(Agents.named("codex"))
    var settings = try agent.settings(in: nil)
    settings.connect(command: "git-session hook codex")
    let text = String(decoding: settings.bytes, as: UTF8.self)
    let edited = text.replacing("\"hooks\": {", with: "\"hooks\": { // saves my work", maxReplacements: 1)
      .replacing("\"Stop\": [", with: "// at the end of a turn\n    \"Stop\": [ /* mine */ {},")
    var again = try agent.settings(in: Array(edited.utf8))
    again.disconnect()
    #expect(!again.isConnected)
    let left = String(decoding: again.bytes, as: UTF8.self)
    for comment in ["// saves my work\n", "// at the end of a turn\n", "/* mine */"] {
      #expect(left.contains(comment), "\(left)")
    }
    #expect(try Self.value(again.bytes) == JSONValue(parsing: Array(#"{"hooks":{"Stop":[{}]}}"#.utf8)))
  }

  @Test func whatOthersHaveSetStays() throws {
    let agent = try #require(Agents.named("claude-code"))
    var settings = try agent.settings(in: Array((Self.shapes.last ?? "").utf8))
    settings.connect(command: "old/git-session hook claude-code")
    settings.connect(command: "new/git-session hook claude-code")
    #expect(!String(decoding: settings.bytes, as: UTF8.self).contains("old/git-session"))
    let stop = try JSONValue(parsing: settings.bytes)["hooks"]?["Stop"]?.array ?? []
    #expect(stop.count == 2)
    #expect(stop.first?["hooks"]?.array?.first?["command"] == .string("say \"done\""))
  }

  @Test(arguments: [
    "[]", "{", "{\"hooks\":[]}", "{\"hooks\":{\"Stop\":1}}", "// a remark\n", "/* {}", "{}/",
    "{,}{}",
    "{\"a\":1,\"a\":2}", "{\"a\":1 \"b\":2}", "\u{feff}", "{/}", "{\"a", "{\"a\\", "{}\u{feff}",
  ])
  func whatIsNotUnderstoodIsNotTouched(text: String) throws {
    let agent = try #require(Agents.named("codex"))
    #expect(throws: UnusableSettings.self) { try agent.settings(in: Array(text.utf8)) }
  }

  /// Hours, if the end of each comment were looked for.
  @Test(arguments: ["/* ", "{} /* ", "/*/"]) func commentsWithoutAnEnd(piece: String) throws {
    let bytes = Array(String(repeating: piece, count: 400_000).utf8)
    for agent in Agents.all { #expect(throws: UnusableSettings.self) { try agent.settings(in: bytes) } }
    #expect(Agents.named("claude-code")?.configuration(in: "settings.json", bytes) == nil)
  }

  /// Each handler that goes costs a look at the whole file: hours, here.
  @Test(arguments: agents) func tooManyHooksOfOurs(name: String) throws {
    let agent = try #require(Agents.named(name))
    let handler =
      #"{"hooks":[{"command":"git-session hook \#(name)"}],"command":"git-session hook \#(name)"}"#
    func text(_ count: Int) -> [UInt8] {
      let list = Array(repeating: handler, count: count).joined(separator: ",")
      return Array(#"{"version":1,"hooks":{"Former":[\#(list)]}}"#.utf8)
    }
    #expect(throws: UnusableSettings.self) { try agent.settings(in: text(20_000)) }
    var settings = try agent.settings(in: text(100))
    settings.connect(command: "git-session hook \(name)")
    #expect(try Self.value(settings.bytes)["hooks"]?["Former"] == nil)
  }

  @Test(arguments: agents) func anIndentationWithoutAnEnd(name: String) throws {
    let agent = try #require(Agents.named(name))
    let space = String(repeating: " ", count: 200_000)
    var settings = try agent.settings(in: Array("{\n\(space)\"hooks\": {\n\(space)}\n}".utf8))
    settings.connect(command: "git-session hook \(name)")
    #expect(settings.bytes.count < 500_000)
  }

  @Test(arguments: ["", " \r\n\t"]) func aFileWithNothingInItSaysNothing(text: String) throws {
    for agent in ["codex", "cursor"].compactMap(Agents.named) {
      var (settings, fresh) = (try agent.settings(in: Array(text.utf8)), try agent.settings(in: nil))
      #expect(!settings.isConnected && settings.isEmpty)
      settings.connect(command: "git-session hook \(agent.name)")
      fresh.connect(command: "git-session hook \(agent.name)")
      #expect(settings.bytes == fresh.bytes)
    }
  }

  @Test func anEmptyFileIsMade() throws {
    let command = "git-session hook"
    func made(_ name: String) throws -> (agent: any AgentSettings, text: String) {
      let agent = try #require(Agents.named(name))
      var settings = try agent.settings(in: nil)
      settings.connect(command: "\(command) \(name)")
      let value = try JSONValue(parsing: settings.bytes)
      let ends = JSONValue.object(
        (value["hooks"]?.object ?? [:]).filter { $0.key.lowercased() == "sessionend" })
      let text = JSONValue.object(["hooks": ends, "version": value["version"] ?? .null]).canonical
      return (settings, String(decoding: text.filter { $0 > 0x20 }, as: UTF8.self))
    }
    let shapes = [
      "claude-code":
        #"{"hooks":{"SessionEnd":[{"hooks":[{"command":"C","timeout":10,"type":"command"}]}]},"version":null}"#,
      "codex":
        #"{"hooks":{"SessionEnd":[{"hooks":[{"command":"C","timeout":3,"type":"command"}]}]},"version":null}"#,
      "gemini":
        #"{"hooks":{"SessionEnd":[{"hooks":[{"command":"C","name":"git-session","timeout":30000,"type":"command"}]}]},"version":null}"#,
      "cursor": #"{"hooks":{"sessionEnd":[{"command":"C","timeout":30}]},"version":1}"#,
      "copilot": #"{"hooks":{"SessionEnd":[{"bash":"C","timeoutSec":30,"type":"command"}]},"version":1}"#,
    ]
    for (name, shape) in shapes {
      var (settings, text) = try made(name)
      #expect(text == shape.replacing(#""C""#, with: "\"git-sessionhook\(name)\""))
      settings.disconnect()
      #expect(settings.isEmpty, "\(name)")
    }
  }

  @Test func aMatcherGoesWithItsHook() throws {
    var settings = try #require(Agents.named("gemini")).settings(in: nil)
    settings.connect(command: "git-session hook gemini")
    let hook = try JSONValue(parsing: settings.bytes)["hooks"]?["PreCompress"]?.array?.first
    #expect(hook?["matcher"] == .string("manual"))
    settings.disconnect()
    #expect(String(decoding: settings.bytes, as: UTF8.self) == "{}\n")
  }

  @Test func aVersionThatIsNotKnownIsLeftAlone() throws {
    for name in ["cursor", "copilot"] {
      let agent = try #require(Agents.named(name))
      #expect(throws: UnusableSettings.self) { try agent.settings(in: Array(#"{"version":2}"#.utf8)) }
    }
  }

  @Test func thePluginOfOpenCodeIsAFileOfOurs() throws {
    let agent = try #require(Agents.named("opencode"))
    var settings = try agent.settings(in: nil)
    settings.connect(command: #"g='/opt/"it"'; exec "$g" hook opencode"#)
    let text = String(decoding: settings.bytes, as: UTF8.self)
    #expect(text.contains(#"const command = "g='/opt/\"it\"'; exec \"$g\" hook opencode""# + "\n"))
    var again = try agent.settings(in: settings.bytes)
    #expect(again.isConnected)
    again.disconnect()
    #expect(again.isEmpty && again.bytes.isEmpty)
    #expect(throws: UnusableSettings.self) { try agent.settings(in: Array("export const Mine = 1".utf8)) }
  }
}

extension JSONValue {
  /// All texts in it.
  fileprivate var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(\.texts)
    case .object(let members): members.values.flatMap(\.texts)
    default: []
    }
  }
}

@Suite struct HookPayloads {
  private func event(_ text: String) throws -> AgentEvent? {
    ClaudeCode().event(in: try JSONValue(parsing: Array(text.utf8)))
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
      (#""PostToolUseFailure","tool_name":"Bash","error":"Exit code 1""#, .toolFailed),
      (#""PostToolUseFailure","agent_id":"a""#, nil),
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
