import Sessions

/// Anthropic's Claude Code. Facts: https://code.claude.com/docs/en/hooks, and version 2.1.329 at work.
struct ClaudeCode: Agent {
  let name = "claude-code"
  let title = "Claude Code"
  // It gives all hooks at its end together 1.5 seconds, unless settings give them more.
  let hooks = [
    AgentHook("SessionStart"), AgentHook("UserPromptSubmit"), AgentHook("PostToolUse"), AgentHook("Stop"),
    AgentHook("StopFailure"),
    AgentHook("SubagentStop"), AgentHook("PreCompact"), AgentHook("SessionEnd", timeout: 10),
  ]
  let contextLimit = 10_000
  let hasStatusLine = true
  let remark: String? = nil

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.folder("CLAUDE_CONFIG_DIR", ".claude").map { $0 + "/settings.json" }
    case .project: places.workTree + "/.claude/settings.json"
    case .local: places.workTree + "/.claude/settings.local.json"
    }
  }

  let transcripts = TranscriptAgent.claudeCode

  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    ClaudeSettings(layers: settings, environment: environment).window(
      model: transcript.model, known: transcript.reportedWindow)
  }
}
