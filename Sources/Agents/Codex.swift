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
    case .project: places.workTree.map { $0 + "/.codex/hooks.json" }
    case .local: nil
    }
  }

  /// Its hooks have a file of their own beside what else is set.
  func configurationFiles(in places: AgentPlaces) -> [String] {
    SettingsScope.allCases.compactMap { settings($0, in: places) }.flatMap { hooks in
      [hooks, hooks.dropLast("hooks.json".count) + "config.toml"]
    }
  }

  func configuration(in file: String, _ bytes: [UInt8]) -> JSONValue? {
    file.hasSuffix(".toml") ? JSONValue(plainTOML: bytes) : try? JSONValue(parsing: bytes)
  }

  func hookSwitch(in configuration: JSONValue) -> String? {
    if configuration["disableAllHooks"] == .bool(true) { return "'disableAllHooks'" }
    return configuration["features"]?["hooks"] == .bool(false) ? "'hooks = false'" : nil
  }

  let transcripts = TranscriptAgent.codex

  /// In folders for years, months and days; the first line says where Codex was.
  func conversations(in places: AgentPlaces) -> ConversationFolder? {
    guard let workTree = places.workTree else { return nil }
    return places.folder("CODEX_HOME", ".codex").map { folder in
      ConversationFolder(path: folder + "/sessions", newest: [2, 2, 4, 20]) { line in
        let place = (try? JSONValue(parsing: line))?["payload"]?["cwd"]?.string
        return place.map { ($0 + "/").hasPrefix(workTree + "/") } ?? false
      }
    }
  }

  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    let set = settings.reduce(into: [:]) { $0.merge($1.object ?? [:]) { $1 } }
    let profile = set["profile"]?.string.flatMap { set["profiles"]?[$0] }
    let key = "model_auto_compact_token_limit"
    let limit = profile?[key]?.integer ?? set[key]?.integer
    return transcript.reportedWindow.map { ContextWindow.codex(reported: $0, compactLimit: limit) }
  }
}
