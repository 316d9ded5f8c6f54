import Sessions

/// OpenAI's Codex CLI. Facts: https://developers.openai.com/codex/hooks, and version 0.163.0 at work.
struct Codex: ClaudeLike {
  let name = "codex"
  let title = "Codex"
  // It gives a hook at its end 1 second, or what settings say, up to 3.
  let hooks = [
    AgentHook("SessionStart"), AgentHook("UserPromptSubmit"), AgentHook("PostToolUse"), AgentHook("Stop"),
    AgentHook("SubagentStop"),
    AgentHook("PreCompact"), AgentHook("SessionEnd", timeout: 3),
  ]
  // It takes about 2,500 tokens.
  let contextLimit = 8_000
  let resume = "codex resume"
  let remark: String? = "Codex runs no hook that you have not approved: type /hooks in Codex once."

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.folder("CODEX_HOME", ".codex").map { $0 + "/hooks.json" }
    case .project: places.workTree + "/.codex/hooks.json"
    case .local: nil
    }
  }

  let transcripts = TranscriptAgent.codex

  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    transcript.reportedWindow.map { ContextWindow.codex(reported: $0) }
  }
}
