import Sessions

/// The form in which Claude Code tells its hooks what happens, and other agents after it.
enum HookPayload {
  /// Longer names and paths are nobody's.
  private static let limit = 4096

  /// Nil for an event of no concern, and for a payload without the members that all events have.
  static func event(in payload: JSONValue) -> AgentEvent? {
    guard let run = text("session_id", payload), let folder = text("cwd", payload), folder.hasPrefix("/"),
      let kind = kind(of: payload)
    else { return nil }
    let transcript = text("transcript_path", payload).flatMap { $0.hasPrefix("/") ? $0 : nil }
    return AgentEvent(kind, run: run, folder: folder, transcript: transcript)
  }

  private static func text(_ member: String, _ payload: JSONValue) -> String? {
    payload[member]?.string.flatMap { $0.isEmpty || $0.utf8.count > limit || $0.utf8.contains(0) ? nil : $0 }
  }

  private static func kind(of payload: JSONValue) -> AgentEvent.Kind? {
    switch payload["hook_event_name"]?.string {
    case "SessionStart":
      return .started(payload["source"]?.string.flatMap(AgentEvent.Source.init) ?? .startup)
    case "UserPromptSubmit": return .asked(payload["prompt"]?.string ?? "")
    // A subagent has a context of its own.
    case "PostToolUse": return payload["agent_id"] == nil ? .toolUsed : nil
    case "Stop": return .turnEnded(lastWords: payload["last_assistant_message"]?.string)
    // Its last words are the error's.
    case "StopFailure": return .turnEnded(lastWords: nil)
    case "SubagentStop":
      // The one without a type writes the summary of a compaction; it changes no files.
      return payload["agent_type"]?.string == "" ? nil : .subagentEnded
    case "PreCompact": return .compacting
    case "SessionEnd": return .ended(reason: payload["reason"]?.string)
    default: return nil
    }
  }

  static func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    let name: String
    switch event {
    case .started: name = "SessionStart"
    case .asked: name = "UserPromptSubmit"
    case .toolUsed: name = "PostToolUse"
    // At the end of a turn a text would begin another one.
    case .turnEnded, .subagentEnded, .compacting, .ended: return nil
    }
    return .object([
      "hookSpecificOutput": .object(["hookEventName": .string(name), "additionalContext": .string(context)])
    ])
  }
}
