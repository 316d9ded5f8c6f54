import Sessions

/// Anthropic's Claude Code. Facts: https://code.claude.com/docs/en/hooks, and version 2.1.329 at work.
struct ClaudeCode: ClaudeLike {
  let name = "claude-code"
  let title = "Claude Code"
  // It gives all hooks at its end together 1.5 seconds, unless settings give them more.
  let hooks = [
    AgentHook("SessionStart"), AgentHook("UserPromptSubmit"), AgentHook("PostToolUse"),
    AgentHook("PostToolUseFailure"), AgentHook("Stop"), AgentHook("StopFailure"), AgentHook("SubagentStop"),
    AgentHook("PreCompact"), AgentHook("SessionEnd", timeout: 10),
  ]
  let contextLimit = 10_000
  let hasStatusLine = true
  let resume = "claude --resume"

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.folder("CLAUDE_CONFIG_DIR", ".claude").map { $0 + "/settings.json" }
    case .project: places.workTree.map { $0 + "/.claude/settings.json" }
    case .local: places.workTree.map { $0 + "/.claude/settings.local.json" }
    }
  }

  /// Copilot and Cursor run the hooks in Claude Code's settings of a project too, and say who they are.
  func speaker(of payload: JSONValue) -> any Agent {
    if payload["cursor_version"] != nil { return Cursor() }
    // Claude Code tells no time, and always names its transcript.
    if payload["timestamp"]?.string != nil,
      payload["transcript_path"]?.string?.hasSuffix("/events.jsonl") ?? true
    {
      return Copilot()
    }
    return self
  }

  /// Payloads name the folder that its shell is in.
  func home(in environment: [String: String]) -> String? {
    environment["CLAUDE_PROJECT_DIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
  }

  let transcripts = TranscriptAgent.claudeCode

  /// Named after the work tree, with a line for each sign that is no letter or digit.
  func conversations(in places: AgentPlaces) -> ConversationFolder? {
    guard let workTree = places.workTree else { return nil }
    let name = workTree.utf16.prefix(200).map { unit -> Character in
      let scalar = Unicode.Scalar(unit).flatMap { $0.isASCII ? Character($0) : nil }
      return scalar.flatMap { $0.isLetter || $0.isNumber ? $0 : nil } ?? "-"
    }
    return places.folder("CLAUDE_CONFIG_DIR", ".claude").map { folder in
      ConversationFolder(path: "\(folder)/projects/\(String(name))", newest: [.max], isOfWorkTree: nil)
    }
  }

  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    ClaudeSettings(layers: settings, environment: environment).window(
      model: transcript.model, known: transcript.reportedWindow)
  }
}
