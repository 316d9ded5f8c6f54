import Sessions

/// Google's Gemini CLI. Built from its documents and its source (https://github.com/google-gemini/gemini-cli,
/// `docs/hooks` and `packages/core`): it has never met the real program.
struct Gemini: Agent {
  let name = "gemini"
  let title = "Gemini CLI"
  // Before each turn it says that it may compress by itself, whether it does or not: only the user's own word counts.
  let hooks = [
    AgentHook("SessionStart", timeout: 30), AgentHook("BeforeAgent", timeout: 30),
    AgentHook("AfterTool", timeout: 30), AgentHook("AfterAgent", timeout: 30),
    AgentHook("PreCompress", matcher: "manual", timeout: 30), AgentHook("SessionEnd", timeout: 30),
  ]
  let contextLimit = 10_000
  let resume = "gemini --resume"

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.home("GEMINI_CLI_HOME").map { $0 + "/.gemini/settings.json" }
    case .project: places.workTree.map { $0 + "/.gemini/settings.json" }
    case .local: nil
    }
  }

  func settings(in bytes: [UInt8]?) throws(UnusableSettings) -> any AgentSettings {
    try HookSettings(bytes, of: name, hooks, form: .grouped) { hook, command in
      var handler: [String: JSONValue] = [
        "name": .string("git-session"), "type": .string("command"), "command": .string(command),
      ]
      // It counts in milliseconds.
      if let timeout = hook.timeout { handler["timeout"] = .integer(Int64(timeout) * 1000) }
      return handler
    }
  }

  func event(in payload: JSONValue) -> AgentEvent? { HookPayload.event(kind(of: payload), in: payload) }

  private func kind(of payload: JSONValue) -> AgentEvent.Kind? {
    switch payload["hook_event_name"]?.string {
    case "SessionStart": HookPayload.started(payload)
    case "BeforeAgent": .asked(payload["prompt"]?.string ?? "")
    case "AfterTool": .toolUsed
    case "AfterAgent": .turnEnded(lastWords: payload["prompt_response"]?.string)
    case "PreCompress": payload["trigger"]?.string == "manual" ? .compacting : nil
    case "SessionEnd": .ended(reason: payload["reason"]?.string)
    default: nil
    }
  }

  func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    HookPayload.output(
      context: context, at: event, names: ("SessionStart", "BeforeAgent", "AfterTool", "AfterTool"))
  }

  let transcripts = TranscriptAgent.gemini

  /// Older versions keep a chat so.
  func isDocument(_ transcript: String) -> Bool { transcript.hasSuffix(".json") }

  /// Its messages are what the lines of today are. A message that was gone back over is missing in it, but not in what
  /// was read before.
  func lines(of document: [UInt8]) -> [JSONValue] {
    guard let chat = try? JSONValue(forgiving: document), let messages = chat["messages"]?.array else {
      return []
    }
    let identity = chat["sessionId"].map { JSONValue.object(["sessionId": $0]) }
    return [identity].compactMap(\.self) + messages.filter { $0["id"]?.string != nil }
  }

  /// Its models take 1,048,576 tokens, and it compresses at half of them unless its settings say otherwise.
  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    let size = transcript.model?.hasPrefix("gemma") ?? false ? 256_000 : 1_048_576
    let share = settings.compactMap { layer -> Double? in
      switch layer["model"]?["compressionThreshold"] {
      case .number(let share) where share > 0 && share < 1: share
      case .integer(1): 1
      default: nil
      }
    }.last
    return ContextWindow(size: size, limit: Int(Double(size) * (share ?? 0.5)), compactsAhead: true)
  }
}
