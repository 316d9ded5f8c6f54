import Sessions
import Testing

@testable import Agents

/// The numbers were measured with the real programs.
@Suite struct ContextWindowSuite {
  private func claude(
    _ model: String, _ environment: [String: String] = [:], _ layers: String..., known: Int? = nil
  ) throws -> ContextWindow {
    ClaudeSettings(
      layers: try layers.map { try JSONValue(parsing: Array($0.utf8)) }, environment: environment
    )
    .window(model: model, known: known)
  }

  @Test func whereClaudeCodeCompacts() throws {
    let narrow = "CLAUDE_CODE_AUTO_COMPACT_WINDOW"
    let percent = "CLAUDE_AUTOCOMPACT_PCT_OVERRIDE"
    let opus = "claude-opus-5-5"
    #expect(try claude(opus) == ContextWindow(size: 1_000_000, limit: 967_000, compactsAhead: true))
    #expect(try claude(opus, [narrow: "200000"]).limit == 167_000)
    #expect(try claude(opus, [narrow: "200000", percent: "50"]).limit == 90_000)
    #expect(try claude(opus, [percent: "50"]).limit == 490_000)
    #expect(try claude(opus, [percent: "100"]).limit == 967_000)
    #expect(
      try claude("claude-haiku-4-5") == ContextWindow(size: 200_000, limit: 200_000, compactsAhead: false))
    // Seen: a window of its own size, once it is set, makes it compact ahead.
    #expect(try claude("claude-haiku-4-5", [narrow: "200000"]).limit == 167_000)
    #expect(try claude("claude-haiku-4-5", [narrow: "300000"]).limit == 200_000)
    #expect(try claude("claude-haiku-4-5", [percent: "50"]).limit == 200_000)
    #expect(
      try claude(opus, ["DISABLE_AUTO_COMPACT": "1"])
        == ContextWindow(size: 1_000_000, limit: 977_000, compactsAhead: false))
  }

  @Test func whatItsSettingsSay() throws {
    let opus = "claude-opus-5-5"
    #expect(try claude(opus, [:], #"{"autoCompactWindow":200000}"#).limit == 167_000)
    #expect(
      try claude(opus, [:], #"{"autoCompactWindow":200000}"#, #"{"autoCompactWindow":300000}"#).limit
        == 267_000)
    #expect(try claude(opus, [:], #"{"env":{"CLAUDE_CODE_AUTO_COMPACT_WINDOW":200000}}"#).limit == 167_000)
    #expect(try claude(opus, [:], #"{"autoCompactEnabled":false}"#).limit == 977_000)
    #expect(
      try claude(opus, [:], "[]", #"{"env":7,"autoCompactWindow":"x"}"#, #"{"autoCompactWindow":1}"#).limit
        == 967_000)
    #expect(
      try claude(opus, ["CLAUDE_CODE_AUTO_COMPACT_WINDOW": "many", "CLAUDE_AUTOCOMPACT_PCT_OVERRIDE": "0"])
        .limit == 967_000)
    #expect(try claude(opus, ["CLAUDE_CODE_DISABLE_1M_CONTEXT": "1"]).size == 200_000)
    #expect(
      try claude("unheard-of", known: 400_000)
        == ContextWindow(size: 400_000, limit: 367_000, compactsAhead: true))
  }

  @Test(arguments: [
    ("claude-opus-4-7", 1_000_000), ("claude-opus-4-7-20260101", 1_000_000), ("claude-opus-4-6", 200_000),
    ("claude-opus-4-20250514", 200_000), ("claude-opus-5", 1_000_000), ("claude-sonnet-4-6", 200_000),
    ("claude-sonnet-4-6[1m]", 1_000_000), ("claude-sonnet-5", 1_000_000), ("claude-fable-5", 1_000_000),
    ("claude-haiku-4-5", 200_000), ("claude-3-opus-20240229", 200_000),
    ("us.anthropic.claude-opus-5-5-v1:0", 1_000_000),
    ("", 200_000), ("opus", 200_000),
  ])
  func windowsOfModels(model: String, size: Int) throws {
    #expect(try claude(model).size == size)
  }

  @Test func whereCodexCompacts() {
    #expect(
      ContextWindow.codex(reported: 258_400)
        == ContextWindow(size: 258_400, limit: 244_800, compactsAhead: true))
    #expect(ContextWindow.codex(reported: 258_400, compactLimit: 100_000).limit == 100_000)
    #expect(ContextWindow.codex(reported: 258_400, compactLimit: 900_000).limit == 244_800)
    #expect(ContextWindow.codex(reported: 258_400, compactLimit: 0).limit == 244_800)
  }

  /// Its own settings say where Codex compacts: those of a profile before others, those of a project before the user's.
  @Test(arguments: [
    ("", "", 244_800), ("model_auto_compact_token_limit = 100_000 # early", "", 100_000),
    ("model_auto_compact_token_limit = 100000", "model_auto_compact_token_limit = 120000", 120_000),
    ("[tui]\nmodel_auto_compact_token_limit = 100000", "", 244_800),
    ("model_auto_compact_token_limit = \"soon\"", "", 244_800),
    (
      "profile = \"small\"\nmodel_auto_compact_token_limit = 200000\n[profiles.small]\n"
        + "model_auto_compact_token_limit = 50000\n[profiles.large]\nmodel_auto_compact_token_limit = 240000",
      "", 50_000
    ),
  ])
  func whereSettingsMakeCodexCompact(user: String, project: String, limit: Int) throws {
    let codex = try #require(Agents.named("codex"))
    let places = AgentPlaces(environment: ["HOME": "/h"], workTree: "/w")
    #expect(
      codex.configurationFiles(in: places) == [
        "/h/.codex/hooks.json", "/h/.codex/config.toml", "/w/.codex/hooks.json", "/w/.codex/config.toml",
      ])
    let settings = [user, project].compactMap { codex.configuration(in: "config.toml", Array($0.utf8)) }
    let transcript = try Sample.transcript(
      .codex,
      #"{"type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"total_tokens":90},"model_context_window":258400}}}"#
    )
    #expect(codex.window(of: transcript, settings: settings, environment: [:])?.limit == limit)
  }

  @Test func shares() {
    let window = ContextWindow(size: 200_000, limit: 160_000, compactsAhead: true)
    #expect(window.percent(ContextUsage(occupied: 79_000, answered: 1000)) == 50)
    #expect(
      ContextWindow(size: 0, limit: 0, compactsAhead: false).percent(ContextUsage(occupied: 1, answered: 0))
        == 100)
  }
}
