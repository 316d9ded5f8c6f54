import Foundation
import TestSupport
import Testing

/// What goes wrong beside the work of an agent keeps none of it from being saved.
@Suite struct AgentTrouble: ClaudeHooks {
  /// Until a process that nobody waits for has done it.
  private func wait(for text: String, in command: String, _ terminal: Terminal) throws {
    var result = try terminal.run(command)
    for _ in 0..<600 where !result.output.contains(text) {
      usleep(100_000)
      result = try terminal.run(command)
    }
    #expect(result.output.contains(text), "\(result)")
  }

  @Test func whatThereIsNoTimeForIsDoneInTheBackground() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; echo '*.slow filter=slow' >.gitattributes; echo big >a.slow
      git config filter.slow.clean 'sleep 7; cat'; git config session.checkpoint.edits true
      """)
    let told = "git-session: claude-code: stopped after 5 seconds; the rest is done in the background\n"
    let asked = try hook("UserPromptSubmit", #","prompt":"Make it fast""#, terminal)
    #expect(asked.errors == told)
    try wait(for: "Make it fast", in: "git session list", terminal)
    try terminal.output("echo new >new.txt; echo bigger >a.slow")
    let used = try hook("PostToolUse", #","tool_name":"Bash","tool_input":{"command":"x"}"#, terminal)
    #expect(used.errors == "", "it is told once a day")
    let tip = "git show $(git for-each-ref --format='%(refname)' refs/sessions):"
    try wait(for: "new", in: tip + "new.txt", terminal)
    #expect(try terminal.output(tip + "a.slow") == "bigger\n")
  }

  @Test func whatNobodyUnderstandsInTheSpoolStaysThere() throws {
    let terminal = try terminal()
    let id = try terminal.output("git for-each-ref --format='%(refname)' refs/sessions | cut -d/ -f3")
      .dropLast()
    try terminal.output(
      """
      mkdir ../tmp; name=$(printf %s "$(realpath .git)" | git hash-object --stdin | cut -c1-20)
      spool=$(realpath ../tmp)/git-session-$(id -u)/$name; mkdir -p -m 700 $(dirname $spool) $spool; mkdir $spool/1-x.\(id).json
      echo '{"version":99}' >$spool/2-x.\(id).json; echo another >$spool/3-x.00000000000000000000000000.json
      echo new >new.txt; echo $spool >../spool
      """)
    let told = try hook("Stop", "", terminal, before: "export TMPDIR=$ROOT/tmp").errors
    #expect(told.split(separator: "\n").count == 1, "\(told)")
    #expect(told.split(separator: "nobody understands some of what was recorded").count == 2, "\(told)")
    #expect(try hook("Stop", "", terminal, before: "export TMPDIR=$ROOT/tmp").errors == "")
    #expect(try log(terminal).contains("turn"))
    #expect(
      try terminal.output("ls $(cat ../spool)") == """
        1-x.\(id).json.unread
        2-x.\(id).json.unread
        3-x.00000000000000000000000000.json

        """)
  }

  @Test func aPushThatGoesNowhereHoldsNothingUp() throws {
    let terminal = try terminal()
    try terminal.output("git config --global session.push emergency; echo one >one.txt")
    try hook("PreCompact", "", terminal)
    try wait(for: "gone", in: "[ -e .git/session/pending-save.json ] || echo gone", terminal)
    #expect(try log(terminal).contains("compaction"))
    #expect(!(try terminal.output("git session status").contains("Not finished")))
  }

  @Test func aCopyOfSettingsIsNotBesideThem() throws {
    let terminal = try terminal()
    try terminal.output(
      """
      mkdir .claude; echo settings.local.json >.claude/.gitignore; git add .claude; git commit -qm ignore
      printf '{"env": {"KEY": "secret"}}' >.claude/settings.local.json; cp .claude/settings.local.json ../before
      git session agent install claude-code --local
      """)
    #expect(try terminal.output("git status --porcelain") == "")
    try terminal.output("git session agent uninstall claude-code; cmp .claude/settings.local.json ../before")
    #expect(try terminal.output("ls .git/session | grep agent-settings || true") == "")
  }

  @Test func oneAgentsSettingsStandInTheWayOfNoOther() throws {
    let terminal = try terminal()
    try terminal.output(
      "git session agent install codex; mkdir ~/.claude; echo '{\"a\":' >~/.claude/settings.json")
    let status = try terminal.output("git session agent")
    #expect(status.contains("unreadable  claude-code (user)"))
    #expect(status.contains("present    codex (user)"))
    #expect(try terminal.run("git session agent install claude-code").status == 128)
    #expect(try terminal.run("git session agent uninstall").status == 128)
    #expect(try terminal.output("git session agent status codex --user").hasPrefix("absent"))
    #expect(try terminal.output("cat ~/.claude/settings.json") == "{\"a\":\n")
  }

  /// An answer in a transcript, after which the context holds so many tokens.
  private func used(_ tokens: Int) -> String {
    #"{"type":"assistant","message":{"id":"m\#(tokens)","model":"claude-haiku-4-5","usage":{"input_tokens":\#(tokens)}}}"#
  }

  @Test func aShorterTranscriptInThePlaceOfTheFirstIsReadAnew() throws {
    let terminal = try terminal()
    let place = #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#
    try terminal.output("for n in 1 2 3; do echo '\(used(150_000))'; done >../t.jsonl")
    try hook("Stop", place, terminal)
    try terminal.output("echo '\(used(20_000))' >../t.jsonl")
    try hook("Stop", place, terminal)
    let context = try terminal.output("git session context")
    #expect(context.contains("10 % of 200000 tokens"), "\(context)")
  }

  /// What the context held before is gone with the compaction.
  @Test func howFullTheContextIsAfterACompactionIsKnownAtOnce() throws {
    let terminal = try terminal()
    let place = #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#
    try terminal.output("echo '\(used(120_000))' >../t.jsonl")
    try hook("Stop", place, terminal)
    #expect(try terminal.output("git session context").contains("60 % of 200000 tokens"))
    try terminal.output("echo '\(used(180_000))' >>../t.jsonl")
    try hook("PostToolUse", place, terminal)
    let full = try terminal.output("git session context")
    #expect(full.contains("90 % of 200000 tokens") && full.contains("60 % to 90 %"), "\(full)")
    try terminal.output(
      "echo '{\"type\":\"system\",\"subtype\":\"compact_boundary\",\"compactMetadata\":{\"trigger\":\"auto\"}}' >>../t.jsonl"
    )
    try hook("SessionStart", place + #","source":"compact""#, terminal)
    #expect(!(try terminal.output("git session context").contains("90 % of 200000 tokens")))
  }

  @Test(arguments: ["ask", "answer"])
  func aSecretIsTakenOutBeforeATitleIsCut(place: String) throws {
    let terminal = try Terminal()
    let secret = "ghp_" + String(repeating: "aB3dE5gH7j", count: 4).prefix(36)
    let text = "Please clone the private repository for me and fix the build, the access is \(secret)"
    try terminal.output("project")
    if place == "ask" {
      try hook("UserPromptSubmit", #","prompt":"\#(text)""#, terminal)
    } else {
      try terminal.output("git session start 'Do it' --quiet; echo a >a")
      try hook("Stop", #","last_assistant_message":"\#(text)""#, terminal)
    }
    let all = try terminal.output("git cat-file --batch-all-objects --batch --buffer | strings")
    #expect(all.contains("the access is [redacted:github"))
    #expect(!all.contains(secret.prefix(12)))
  }

  @Test(arguments: ["context.thresholds=85,70,95", "maxUntrackedSize=abc"])
  func aWrongSettingStopsNoHook(setting: String) throws {
    let terminal = try terminal()
    let parts = setting.split(separator: "=")
    try terminal.output("git config session.\(parts[0]) \(parts[1]); echo new >new.txt")
    let transcript = terminal.repository.root + "/t.jsonl"
    try terminal.output("echo '{}' >../t.jsonl")
    let result = try hook("PreCompact", #","transcript_path":"\#(transcript)""#, terminal)
    #expect(result.errors.contains("'\(parts[1])' is no value for session.\(parts[0])"))
    #expect(result.errors.split(separator: "\n").count == 1)
    try terminal.output("git config --unset session.\(parts[0])")
    #expect(try log(terminal).contains("compaction"))
  }

  /// A hook that could not save must not keep the next one from doing so.
  @Test func aCompactionThatFailedIsHeardAgain() throws {
    let terminal = try terminal()
    // In one moment, by the clock here.
    let told = try hook(
      "PreCompact", "", terminal,
      before: """
        cat >../payload; echo new >new.txt; mv .git/index ../index; mkdir .git/index
        git session hook claude-code <../payload; rmdir .git/index; mv ../index .git/index; exec <../payload
        """)
    #expect(told.errors.contains("Is a directory"))
    #expect(try log(terminal).contains("compaction"))
  }

  /// All that a handoff needs can be read.
  @Test func aContextGetsItsHandoffThoughNothingCanBeSaved() throws {
    let terminal = try terminal()
    try terminal.output(
      "git session next 'Count the attempts' --quiet; mv .git/index ../index; mkdir .git/index")
    let started = try hook("SessionStart", #","source":"startup""#, terminal)
    let compacting =
      #"{"hook":"experimental.session.compacting","directory":"\#(terminal.repository.path)","input":{"sessionID":"s"}}"#
    let compacted = try terminal.run("git session hook opencode", input: compacting)
    for told in [started, compacted] {
      #expect(told.output.contains("Count the attempts"))
      #expect(told.errors.contains("Is a directory"))
      #expect(told.errors.split(separator: "\n").count == 1)
    }
  }

  /// The settings of a user and of a project may both hold our hooks.
  @Test func aHandoffIsToldOnceThoughNothingCanBeSaved() throws {
    let terminal = try terminal()
    let again = try hook(
      "SessionStart", #","source":"startup""#, terminal,
      before: """
        cat >../payload; git session next 'Count the attempts' --quiet; mv .git/index ../index; mkdir .git/index
        git session hook claude-code <../payload >../told; exec <../payload
        """)
    #expect(try terminal.output("grep -c 'Count the attempts' ../told") == "1\n")
    #expect(again.output == "")
  }

  /// What its commands have entered is not where an agent works.
  @Test func aRunStaysWhereItIsKnown() throws {
    let terminal = try Terminal()
    let home = "export CLAUDE_PROJECT_DIR=\(terminal.repository.path)"
    let tip = "git show $(git for-each-ref --format='%(refname)' refs/sessions):"
    try terminal.output("project; mkdir ../plain")
    try hook("UserPromptSubmit", #","prompt":"First""#, terminal, before: home)
    try terminal.output("git init --quiet vendor; echo /vendor >.git/info/exclude")
    for (number, folder) in ["/vendor", "/../plain", "/gone"].enumerated() {
      try terminal.output("echo \(number) >new.txt")
      try hook("UserPromptSubmit", #","prompt":"Next""#, terminal, in: folder, before: home)
      try hook("Stop", "", terminal, in: folder, before: home)
      #expect(try terminal.output(tip + "new.txt") == "\(number)\n", "\(folder)")
    }
    // With the conversation that the same agent begins next.
    try terminal.output("echo 3 >new.txt")
    try hook("SessionStart", #","source":"clear""#, terminal, in: "/vendor", run: "next", before: home)
    #expect(try terminal.output(tip + "new.txt") == "3\n")
    #expect(try terminal.output("git -C vendor for-each-ref") == "")

    // A session that was begun there is saved too.
    try terminal.output("cd vendor; git session start Other --quiet; echo own >own.txt")
    try hook("Stop", "", terminal, in: "/vendor", before: home)
    #expect(try terminal.output("cd vendor; \(tip)own.txt") == "own\n")

    // A work tree of the same repository is followed.
    try terminal.output("git worktree add --quiet ../second")
    try hook("UserPromptSubmit", #","prompt":"Second""#, terminal, in: "/../second", before: home)
    #expect(try terminal.output("git session list").contains("Second"))
    // Without a request too, and what it has left behind is saved with it.
    try terminal.output("git worktree add --quiet ../third; echo 4 >new.txt; echo 4 >../third/third.txt")
    try hook("PostToolUse", "", terminal, in: "/../third", run: "next", before: home)
    #expect(try terminal.output("cd ../third; git session").contains("First"))
    try terminal.output("echo 5 >../third/third.txt")
    try hook("Stop", "", terminal, in: "/../third", run: "next", before: home)
    #expect(try terminal.output("cd ../third; git session diff") == "")
    #expect(try terminal.output("git session diff") == "")
    try terminal.output("echo 6 >new.txt")
    try hook("SessionEnd", #","reason":"other""#, terminal, in: "/../third", run: "next", before: home)
    try wait(for: "ended", in: "git session runs | grep next", terminal)
    #expect(try terminal.output("git session diff") == "")
  }

  /// Claude Code tells of a tool that has failed under another name.
  @Test func aToolThatFailsIsHeard() throws {
    let terminal = try terminal()
    try terminal.output(
      """
      git config session.checkpoint.edits true; echo new >new.txt
      printf '{"type":"assistant","message":{"id":"m","model":"claude-haiku-4-5","usage":{"input_tokens":180000}}}\n' >../t.jsonl
      """)
    let told = try hook(
      "PostToolUseFailure",
      #","tool_name":"Bash","tool_input":{"command":"x"},"error":"Exit code 1","transcript_path":"\#(terminal.repository.root)/t.jsonl""#,
      terminal)
    let tip = "git show $(git for-each-ref --format='%(refname)' refs/sessions):"
    #expect(try terminal.run(tip + "new.txt").output == "new\n")
    #expect(try log(terminal).contains("threshold"))
    #expect(told.output.contains(#""hookEventName": "PostToolUseFailure""#), "\(told)")
  }

  @Test func settingsWithoutAHookThatIsNewAreOutdated() throws {
    let terminal = try terminal()
    let file = "$HOME/.claude/settings.json"
    try terminal.output(
      """
      git session agent install claude-code --quiet; cp \(file) ../now
      python3 - "\(file)" <<'END'
      import json, sys
      settings = json.load(open(sys.argv[1]))
      del settings["hooks"]["PostToolUseFailure"]
      json.dump(settings, open(sys.argv[1], "w"))
      END
      """)
    #expect(try terminal.output("git session agent status claude-code --user").hasPrefix("outdated"))
    #expect(try terminal.output("git session agent install claude-code").hasPrefix("updated"))
    #expect(try terminal.output("grep -c PostToolUseFailure \(file)") == "1\n")
  }

  /// Two hooks of one moment come from one process.
  @Test func aRunThatIsTakenUpAgainAtOnceGetsItsHandoff() throws {
    let terminal = try terminal()
    try terminal.output("git session agent install claude-code --quiet")
    let resume = "stand-in-agent claude-code run-1 start=resume"
    // In one moment, by the clock here.
    let told = try terminal.output("\(resume) start=resume; \(resume)")
    #expect(told.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == ["SessionStart", "SessionStart"])
  }

  /// Where a context ends is set in the agent's environment, which other terminals do not have.
  @Test func whereAContextEndsIsAsItsHooksHaveSeenIt() throws {
    let terminal = try terminal()
    try terminal.output(
      """
      printf '{"type":"assistant","message":{"id":"m","model":"claude-haiku-4-5","usage":{"input_tokens":33500}}}\n' >../t.jsonl
      """)
    try hook(
      "Stop", #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#, terminal,
      before: "export CLAUDE_CODE_AUTO_COMPACT_WINDOW=100000")
    let context = try terminal.output("git session context")
    #expect(context.contains("50 % of 67000 tokens"), "\(context)")
  }

  /// As JSON.parse reads it.
  @Test func aMemberThatStandsTwiceLosesNoEvent() throws {
    let terminal = try terminal()
    try terminal.output("echo new >new.txt")
    let twice = #","last_assistant_message":"First","last_assistant_message":"Last""#
    #expect(try hook("Stop", twice, terminal).errors == "")
    #expect(try log(terminal).contains("Last"))
  }

  /// An agent writes its last answer down when it has told that the turn is over.
  @Test func whatIsWrittenLastIsMeasuredAtTheEnd() throws {
    let terminal = try terminal()
    let place = #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#
    try terminal.output("echo '\(used(60_000))' >../t.jsonl")
    try hook("Stop", place, terminal)
    try terminal.output(
      "echo '\(used(120_000))' >>../t.jsonl; mkdir ../memo; cp -p .git/session/agent-context-* ../memo")
    try hook("SessionEnd", place + #","reason":"other""#, terminal)
    try wait(for: "gone", in: "ls .git/session | grep -q agent-context- || echo gone", terminal)
    #expect(try terminal.output("git session runs").contains("60 %"))

    // One that could not be forgotten is of no run at work.
    let count =
      "git session context --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)[\"data\"][\"contexts\"]))'"
    #expect(try terminal.output("cp -p ../memo/* .git/session; \(count)") == "0\n")
  }

  /// Asked to record what it knows, an agent is not asked again after it has ended and was taken up.
  @Test func aRunThatIsTakenUpAgainIsAskedOnce() throws {
    let terminal = try terminal()
    let place = #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#
    func use(_ tokens: Int) throws -> String {
      try terminal.output("echo '\(used(tokens))' >>../t.jsonl")
      return try hook("PostToolUse", place, terminal).output
    }
    func end() throws {
      try hook("SessionEnd", place + #","reason":"other""#, terminal)
      try wait(for: "gone", in: "ls .git/session | grep -q agent-context- || echo gone", terminal)
      try hook("SessionStart", place + #","source":"resume""#, terminal)
    }
    let request = "record what a successor must know"
    #expect(try use(120_000) == "")
    #expect(try use(175_000).contains(request))
    try end()
    #expect(try use(176_000) == "")
    let thresholds = "git session log | grep -c threshold"
    #expect(try terminal.output(thresholds) == "1\n")
    // What is new is acted on.
    _ = try use(195_000)
    #expect(try terminal.output(thresholds) == "2\n")
    try end()
    #expect(try use(196_000) == "")
    #expect(try terminal.output(thresholds) == "2\n")

    // Crossed while the agent took no text.
    try terminal.output(
      "git session start Second --quiet; rm ../t.jsonl; echo '\(used(120_000))' >../t.jsonl")
    try hook("Stop", place, terminal, run: "s")
    try terminal.output("echo '\(used(175_000))' >>../t.jsonl")
    try hook("Stop", place, terminal, run: "s")
    try hook("SessionEnd", place + #","reason":"other""#, terminal, run: "s")
    try wait(for: "1", in: "ls .git/session | grep -c agent-context-", terminal)
    #expect(try hook("PostToolUse", place, terminal, run: "s").output.contains(request))
  }

  /// `git session hook` and `git-session hook` are the same.
  @Test func theAgentIsWhoeverHasStartedGit() throws {
    let terminal = try terminal()
    try hook("Stop", "", terminal)
    let runs = try terminal.run("git session runs --json")
    #expect(runs.errors == "")
    #expect(runs.output.contains("running"), "\(runs.output)")
  }

  @Test func halfACharacterLosesNoEvent() throws {
    let terminal = try terminal()
    try terminal.output("echo new >new.txt")
    #expect(try hook("Stop", #","last_assistant_message":"cut \ud83d""#, terminal).errors == "")
    #expect(try log(terminal).contains("turn"))
  }

  @Test func whatIsRememberedOfAConversationIsPrivate() throws {
    let terminal = try terminal()
    try terminal.output(
      "echo '{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hi\"}}' >../t.jsonl")
    try hook("PostToolUse", #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#, terminal)
    #expect(try terminal.output("stat -c %a .git/session/agent-context-*") == "600\n")
  }
}
