import Sessions

/// Cursor, the editor and its command line. Built from its documents (https://cursor.com/docs/agent/hooks): it has
/// never met the real program.
struct Cursor: Agent {
  let name = "cursor"
  let title = "Cursor"
  let hooks = [
    AgentHook("sessionStart", timeout: 30), AgentHook("beforeSubmitPrompt", timeout: 30),
    AgentHook("postToolUse", timeout: 30), AgentHook("subagentStop", timeout: 30),
    AgentHook("preCompact", timeout: 30), AgentHook("stop", timeout: 30),
    AgentHook("sessionEnd", timeout: 30),
  ]
  let contextLimit = 10_000
  let resume = "cursor-agent --resume"

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.home().map { $0 + "/.cursor/hooks.json" }
    case .project: places.workTree.map { $0 + "/.cursor/hooks.json" }
    case .local: nil
    }
  }

  func settings(in bytes: [UInt8]?) throws(UnusableSettings) -> any AgentSettings {
    try HookSettings(bytes, of: name, hooks, form: .listed) { hook, command in
      var handler: [String: JSONValue] = ["command": .string(command)]
      if let timeout = hook.timeout { handler["timeout"] = .integer(Int64(timeout)) }
      return handler
    }
  }

  /// Its payloads hold the user's address: nothing but what is named here is taken from them.
  func event(in payload: JSONValue) -> AgentEvent? {
    let folder = payload["workspace_roots"]?.array?.first ?? payload["cwd"] ?? .null
    guard let kind = kind(of: payload), let run = HookPayload.text("conversation_id", payload),
      let folder = HookPayload.path("folder", .object(["folder": folder]))
    else { return nil }
    return AgentEvent(
      kind, run: run, folder: folder, transcript: HookPayload.path("transcript_path", payload),
      lines: Self.lines(kind, payload))
  }

  /// Under its own names, and under Claude Code's where it runs the hooks of that.
  private func kind(of payload: JSONValue) -> AgentEvent.Kind? {
    switch payload["hook_event_name"]?.string {
    case "sessionStart", "SessionStart": .started(.startup)
    case "beforeSubmitPrompt", "UserPromptSubmit": .asked(payload["prompt"]?.string ?? "")
    // A subagent has a context of its own.
    case "postToolUse", "PostToolUse": payload["parent_conversation_id"] == nil ? .toolUsed : nil
    case "stop", "Stop": .turnEnded(lastWords: nil)
    case "subagentStop", "SubagentStop": .subagentEnded
    case "preCompact", "PreCompact": .compacting
    case "sessionEnd", "SessionEnd": .ended(reason: payload["reason"]?.string)
    default: nil
    }
  }

  /// Its transcript says nothing of tokens, the moment before a compaction does; nor what tools have answered.
  private static func lines(_ kind: AgentEvent.Kind, _ payload: JSONValue) -> [JSONValue] {
    var line: [String: JSONValue] = [:]
    switch kind {
    case .compacting:
      line["compaction"] = .object(
        (payload.object ?? [:]).filter {
          ["trigger", "context_tokens", "context_window_size"].contains($0.key)
        })
    case .toolUsed: line["result"] = payload["tool_output"] ?? payload["tool_response"]
    default: return []
    }
    line["model"] = payload["model"]
    return [.object(line)]
  }

  func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    switch event {
    case .started, .toolUsed: .object(["additional_context": .string(context)])
    default: nil
    }
  }

  let transcripts = TranscriptAgent.cursor

  /// It is said to summarize at about 90 percent of what the payload before a compaction names.
  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    transcript.reportedWindow.map { ContextWindow(size: $0, limit: $0 * 9 / 10, compactsAhead: true) }
  }
}
