import Sessions

/// GitHub's Copilot CLI. Built from its documents (https://docs.github.com/en/copilot/reference/hooks-reference): it
/// has never met the real program.
struct Copilot: Agent {
  let name = "copilot"
  let title = "GitHub Copilot CLI"
  // Under these names, Claude Code's, its payloads say which event they are of.
  let hooks = [
    AgentHook("SessionStart"), AgentHook("UserPromptSubmit"), AgentHook("PostToolUse"), AgentHook("Stop"),
    AgentHook("SubagentStop"), AgentHook("PreCompact"), AgentHook("SessionEnd"),
  ]
  // It takes 10 KB from all hooks of a tool together.
  let contextLimit = 8_000
  let resume = "copilot --resume"

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.folder("COPILOT_HOME", ".copilot").map { $0 + "/hooks/git-session.json" }
    case .project: places.workTree.map { $0 + "/.github/hooks/git-session.json" }
    case .local: nil
    }
  }

  func settings(in bytes: [UInt8]?) throws(UnusableSettings) -> any AgentSettings {
    try HookSettings(bytes, of: name, hooks, form: .listed) { _, command in
      ["type": .string("command"), "bash": .string(command), "timeoutSec": .integer(30)]
    }
  }

  func event(in payload: JSONValue) -> AgentEvent? {
    let payload = Self.compatible(payload)
    return HookPayload.event(HookPayload.kind(payload["hook_event_name"]?.string, of: payload), in: payload)
  }

  /// A payload as it is for hooks under Claude Code's names. Under its own names the payload does not say of which
  /// event it is; its members tell.
  private static func compatible(_ payload: JSONValue) -> JSONValue {
    guard var members = payload.object, members["session_id"] == nil else { return payload }
    members["session_id"] = members["sessionId"]
    members["transcript_path"] = members["transcriptPath"]
    members["hook_event_name"] = name(of: members).map { .string($0) }
    return .object(members)
  }

  private static func name(of members: [String: JSONValue]) -> String? {
    func has(_ name: String) -> Bool { members[name] != nil }
    if has("hook_event_name") || has("error") || has("transformedPrompt") { return nil }
    if has("agentName") { return has("response") ? "SubagentStop" : nil }
    if has("toolName") { return has("toolResult") ? "PostToolUse" : nil }
    if has("trigger") { return "PreCompact" }
    if has("stopReason") { return "Stop" }
    if has("source") { return "SessionStart" }
    if has("reason") { return "SessionEnd" }
    return has("prompt") ? "UserPromptSubmit" : nil
  }

  func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    switch event {
    case .started, .toolUsed: .object(["additionalContext": .string(context)])
    default: nil
    }
  }

  let transcripts = TranscriptAgent.copilot

  func transcript(of run: String, environment: [String: String]) -> String? {
    // The id is the agent's; it may be anything.
    guard run.utf8.allSatisfy({ Self.idBytes.contains($0) }) else { return nil }
    return AgentPlaces(environment: environment, workTree: nil).folder("COPILOT_HOME", ".copilot").map {
      "\($0)/session-state/\(run)/events.jsonl"
    }
  }

  private static let idBytes = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_".utf8)

  /// It begins to compact, in the background, at 80 percent.
  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    transcript.reportedWindow.map { ContextWindow(size: $0, limit: $0 * 8 / 10, compactsAhead: true) }
  }
}
