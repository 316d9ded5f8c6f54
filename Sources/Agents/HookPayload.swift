import Sessions

/// The form in which Claude Code tells its hooks what happens, and most other agents after it.
enum HookPayload {
  /// Longer names and paths are nobody's.
  private static let limit = 4096

  /// An event of a payload that has the members that all events have; nil for others.
  static func event(_ kind: AgentEvent.Kind?, in payload: JSONValue) -> AgentEvent? {
    guard let kind, let run = text("session_id", payload), let folder = path("cwd", payload) else {
      return nil
    }
    return AgentEvent(kind, run: run, folder: folder, transcript: path("transcript_path", payload))
  }

  /// A name; nil if it is none.
  static func text(_ member: String, _ payload: JSONValue) -> String? {
    payload[member]?.string.flatMap { $0.isEmpty || $0.utf8.count > limit || $0.utf8.contains(0) ? nil : $0 }
  }

  static func path(_ member: String, _ payload: JSONValue) -> String? {
    text(member, payload).flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  static func started(_ payload: JSONValue) -> AgentEvent.Kind {
    .started(payload["source"]?.string.flatMap(AgentEvent.Source.init) ?? .startup)
  }

  /// What an event of that name means in Claude Code and those that have taken its names.
  static func kind(_ event: String?, of payload: JSONValue) -> AgentEvent.Kind? {
    switch event {
    case "SessionStart": return started(payload)
    case "UserPromptSubmit": return .asked(payload["prompt"]?.string ?? "")
    // A subagent has a context of its own.
    case "PostToolUse": return payload["agent_id"] == nil ? .toolUsed : nil
    case "PostToolUseFailure": return payload["agent_id"] == nil ? .toolFailed : nil
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

  /// A text for the context, as Claude Code takes it. `names` are the events at which it is taken.
  static func output(
    context: String, at event: AgentEvent.Kind,
    names: (started: String, asked: String, toolUsed: String, toolFailed: String) = (
      "SessionStart", "UserPromptSubmit", "PostToolUse", "PostToolUseFailure"
    )
  ) -> JSONValue? {
    let name: String
    switch event {
    case .started: name = names.started
    case .asked: name = names.asked
    case .toolUsed: name = names.toolUsed
    case .toolFailed: name = names.toolFailed
    // At the end of a turn a text would begin another one.
    case .turnEnded, .subagentEnded, .compacting, .ended: return nil
    }
    return .object([
      "hookSpecificOutput": .object(["hookEventName": .string(name), "additionalContext": .string(context)])
    ])
  }
}

/// Agents that speak as Claude Code does.
protocol ClaudeLike: Agent {}

extension ClaudeLike {
  package func settings(in bytes: [UInt8]?) throws(UnusableSettings) -> any AgentSettings {
    try HookSettings(bytes, of: name, hooks, form: .grouped) { hook, command in
      var handler: [String: JSONValue] = ["type": .string("command"), "command": .string(command)]
      if let timeout = hook.timeout { handler["timeout"] = .integer(Int64(timeout)) }
      return handler
    }
  }

  package func event(in payload: JSONValue) -> AgentEvent? {
    HookPayload.event(HookPayload.kind(payload["hook_event_name"]?.string, of: payload), in: payload)
  }

  package func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    HookPayload.output(context: context, at: event)
  }

  package var tellsOfCompaction: Bool { true }
}
