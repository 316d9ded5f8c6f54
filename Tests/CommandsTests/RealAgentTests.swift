import Foundation
import TestSupport
import Testing

/// The same with the real clients, against a model that a script plays on loopback.
///
/// `GIT_SESSION_REAL_AGENTS` names a folder with `run-claude` and `run-codex`: programs that take a repository, a
/// script, a folder for what comes out and the arguments of the agent, and run it for `RUN_HOME` with `BIN_DIR` in
/// front of its PATH. Requests to the model lie in `api` in that folder then.
@Suite(.enabled(if: RealAgent.folder != nil, "runs where GIT_SESSION_REAL_AGENTS is set"), .serialized)
struct RealAgentTests {
  private func terminal(with agent: String) throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session init --quiet; git session agent install \(agent) --quiet")
    return terminal
  }

  private func bash(_ command: String, _ tokens: Int) -> String {
    """
    {"content":[{"type":"tool_use","name":"Bash","input":{"command":"\(command)","description":"x"}}],\
    "usage":{"input_tokens":\(tokens)}}
    """
  }

  private func say(_ text: String, _ tokens: Int) -> String {
    #"{"content":[{"type":"text","text":"\#(text)"}],"usage":{"input_tokens":\#(tokens)}}"#
  }

  @Test func claudeCodeFillsItsContextAndIsCompacted() throws {
    let terminal = try terminal(with: "claude-code")
    let agent = RealAgent("run-claude", terminal, environment: "CLAUDE_CODE_AUTO_COMPACT_WINDOW=200000")
    let summary =
      #"{"when":"Your task is to create a detailed summary of the conversation","in":"any","times":1,"reply":"#
      + say("<analysis>a</analysis><summary>Loop written.</summary>", 1000) + "}"
    let steps = [
      bash("echo 1 >work.txt", 90_000), bash("echo 2 >>work.txt", 120_000),
      bash("echo 3 >>work.txt", 145_000),
      bash("echo 4 >>work.txt; git add . && git commit -qm Its", 162_000), bash("echo 5 >>work.txt", 175_000),
      say("All is done.", 9000), say("Really.", 9000),
    ]
    try agent.run(
      #"{"steps":[\#(steps.joined(separator: ","))],"rules":[\#(summary)]}"#,
      "-p 'Write a retry loop' --output-format json --permission-mode bypassPermissions")
    let log = try terminal.output("git session log")
    for trigger in ["start", "threshold", "commit", "compaction"] {
      #expect(log.contains(" \(trigger) "), "\(trigger) in \(log)")
    }
    #expect(log.split(separator: "\n").count { $0.contains(" threshold ") } == 3, "\(log)")
    #expect(try terminal.output("git session show").contains("Its  (claude-code)"))
    #expect(try agent.requests(with: "Handoff: Write a retry loop") > 0)
    #expect(try agent.requests(with: "git session: this context is") > 0)
    try expectNothingLost(terminal)
  }

  /// The plug-in beside the settings: each hook is run twice at once, and nothing is done or told twice.
  @Test func claudeCodeWithOurPluginToo() throws {
    let terminal = try terminal(with: "claude-code")
    let agent = RealAgent("run-claude", terminal)
    let plugin = URL(filePath: #filePath).appending(path: "../../../share/agents/claude-code").standardized
      .path
    let steps = [
      bash("echo 1 >work.txt", 150_000), bash("echo 2 >>work.txt", 175_000),
      #"{"content":[{"type":"tool_use","name":"Skill","input":{"skill":"git-session:git-session"}}]}"#,
      say("All is done.", 9000),
    ]
    try agent.run(
      #"{"steps":[\#(steps.joined(separator: ","))],"rules":[]}"#,
      "-p '/git-session:checkpoint the loop' --model claude-haiku-4-5 --permission-mode bypassPermissions"
        + " --plugin-dir '\(plugin)'")
    #expect(try terminal.output("git session list | grep -c SESSION") == "1\n")
    let log = try terminal.output("git session log")
    #expect(log.split(separator: "\n").count { $0.contains(" threshold ") } == 2, "\(log)")
    let last = "$(ls ../out/api/* | tail -n 1)"
    #expect(try terminal.output("grep -o 'git session: this context is' \(last) | wc -l") == "1\n")
    // Its commands and its skill come to the model.
    #expect(try agent.requests(with: "Save the work tree with") > 0)
    #expect(try agent.requests(with: "The files of this work tree are saved by themselves") > 0)
    try expectNothingLost(terminal)
  }

  @Test func claudeCodeIsKilledInATool() throws {
    let terminal = try terminal(with: "claude-code")
    let agent = RealAgent("run-claude", terminal)
    let steps = [bash("echo 1 >work.txt", 9000), bash("echo 2 >>work.txt; kill -9 $CLAUDE_PID $PPID", 9000)]
    try agent.run(
      #"{"steps":[\#(steps.joined(separator: ","))],"rules":[]}"#,
      "-p 'Write a retry loop' --permission-mode bypassPermissions", mayFail: true)
    let status = try terminal.run("git session status")
    #expect(
      status.errors.contains("claude-code ended without a word; its work is saved as"), "\(status.errors)")
    try expectNothingLost(terminal)
    let run = try terminal.output("git session runs --json | sed -n 's/.*\"run\" : \"\\(.*\\)\".*/\\1/p'")
    try agent.run(
      #"{"steps":[\#(say("Going on.", 9000))],"rules":[]}"#,
      "-p 'Go on' --resume \(run.trimmingCharacters(in: .newlines)) --permission-mode bypassPermissions")
    #expect(try agent.requests(with: "Handoff: Write a retry loop") > 0)
    #expect(try terminal.output("git session runs --json").contains("\"resume\""))
  }

  @Test func codexFillsItsContextInItsSandbox() throws {
    let terminal = try terminal(with: "codex")
    let agent = RealAgent("run-codex", terminal)
    let steps = [
      command("echo 1 >work.txt; \(Terminal.program) decision 'Use a queue'", 5000),
      command("echo 2 >>work.txt", 180_000), command("echo 3 >>work.txt", 215_000),
      command("echo 4 >>work.txt", 236_000), #"{"text":"All is done."}"#,
    ]
    try agent.run(
      #"{"steps":[\#(steps.joined(separator: ","))]}"#,
      "exec --json --dangerously-bypass-hook-trust -s workspace-write 'Write a retry loop'")
    let log = try terminal.output("git session log")
    #expect(log.split(separator: "\n").count { $0.contains(" threshold ") } == 3, "\(log)")
    // It came from where the repository could not be written.
    #expect(try terminal.output("git session decision").contains("Use a queue"))
    #expect(try agent.requests(with: "git session: this context is") > 0)
    try expectNothingLost(terminal)
  }

  /// The limit in its settings is where Codex compacts, and what shares are counted of.
  @Test func codexCompactsWhereItsSettingsSay() throws {
    let terminal = try terminal(with: "codex")
    try terminal.output(
      "mkdir -p .codex; echo 'model_auto_compact_token_limit = 60_000' >.codex/config.toml; git add .codex")
    let agent = RealAgent("run-codex", terminal)
    let steps = [
      command("echo 1 >work.txt", 5000), command("echo 2 >>work.txt", 44_000),
      command("echo 3 >>work.txt", 53_000), command("echo 4 >>work.txt", 62_000),
      #"{"text":"A summary of the work."}"#, #"{"text":"All is done."}"#, #"{"text":"All is done."}"#,
    ]
    try agent.run(
      #"{"steps":[\#(steps.joined(separator: ","))]}"#,
      "exec --json --dangerously-bypass-hook-trust 'Write a retry loop'")
    let log = try terminal.output("git session log")
    for words in ["  73 % of the context of Codex", "  88 % of the context", " compaction "] {
      #expect(log.contains(words), "\(words) in \(log)")
    }
    #expect(try agent.requests(with: "Handoff: Write a retry loop") > 0)
    try expectNothingLost(terminal)
  }

  private func command(_ text: String, _ tokens: Int) -> String {
    #"{"calls":[{"name":"exec_command","args":{"cmd":"\#(text)"}}],"usage":{"input":\#(tokens)}}"#
  }

  private func expectNothingLost(_ terminal: Terminal) throws {
    try terminal.output("git session diff --exit-code")
    let key =
      "git cat-file --batch-all-objects --batch --buffer | grep -a -c -e dummy-key -e 'LOCAL_KEY=' || true"
    #expect(try terminal.output(key) == "0\n")
    try terminal.output("git session doctor && git fsck --strict")
  }
}

/// A real client, headless.
private struct RealAgent {
  static let folder = ProcessInfo.processInfo.environment["GIT_SESSION_REAL_AGENTS"]

  private let program: String
  private let terminal: Terminal
  private let environment: String
  private var out: String { terminal.repository.root + "/out" }

  init(_ name: String, _ terminal: Terminal, environment: String = "") {
    program = (Self.folder ?? "") + "/" + name
    self.terminal = terminal
    self.environment = environment
  }

  /// `script` is what the model says. The agent keeps its own time, and gives its runs names of its own.
  func run(_ script: String, _ arguments: String, mayFail: Bool = false) throws {
    try Data(script.utf8).write(to: URL(filePath: terminal.repository.root + "/script.json"))
    let home = ProcessInfo.processInfo.environment["HOME"] ?? "/root"
    let cache = ProcessInfo.processInfo.environment["AGENTS_HOME"] ?? home + "/.cache/real-agents"
    try terminal.output("mkdir -p ../out")
    let result = try terminal.run(
      """
      RUN_HOME="$HOME" AGENTS_HOME='\(cache)' BIN_DIR='\(Terminal.folder)' EXTRA_ENV='\(environment)' \
        '\(program)' . ../script.json ../out \(arguments)
      """)
    guard mayFail || result.status == 0 else {
      throw ScratchRepository.Failure(command: [program, arguments], result: result)
    }
  }

  /// How many requests to the model hold a text.
  func requests(with text: String) throws -> Int {
    let found = try terminal.output("grep -l '\(text)' ../out/api/* | wc -l").trimmingCharacters(
      in: .whitespacesAndNewlines)
    return Int(found) ?? 0
  }
}
