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
    return AgentEvent(kind, run: run, folder: folder)
  }

  private static func text(_ member: String, _ payload: JSONValue) -> String? {
    payload[member]?.string.flatMap { $0.isEmpty || $0.utf8.count > limit || $0.utf8.contains(0) ? nil : $0 }
  }

  private static func kind(of payload: JSONValue) -> AgentEvent.Kind? {
    switch payload["hook_event_name"]?.string {
    case "SessionStart":
      return .started(payload["source"]?.string.flatMap(AgentEvent.Source.init) ?? .startup)
    case "UserPromptSubmit": return .asked(payload["prompt"]?.string ?? "")
    case "Stop": return .turnEnded(lastWords: payload["last_assistant_message"]?.string)
    // Its last words are the error's.
    case "StopFailure": return .turnEnded(lastWords: nil)
    case "SubagentStop":
      // The one without a type writes the summary of a compaction; it changes no files.
      return payload["agent_type"]?.string == "" ? nil : .subagentEnded
    case "PreCompact": return .compacting
    case "SessionEnd": return .ended
    default: return nil
    }
  }

  /// What gives a context that starts a text.
  static func output(context: String) -> JSONValue {
    .object([
      "hookSpecificOutput": .object([
        "hookEventName": .string("SessionStart"), "additionalContext": .string(context),
      ])
    ])
  }
}
