import Foundation
import TestSupport
import Testing

/// What becomes of the work of agents, told with a stand-in that does all but think.
@Suite struct AgentTests {
  private static let secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"

  private func terminal(with agent: String) throws -> Terminal {
    let terminal = try Terminal()
    try terminal.output("project; git session init --quiet; git session agent install \(agent) --quiet")
    return terminal
  }

  private func triggers(_ terminal: Terminal) throws -> [String] {
    struct Log: Decodable {
      struct Data: Decodable { let entries: [Entry] }
      struct Entry: Decodable { let checkpoint: Checkpoint? }
      struct Checkpoint: Decodable { let trigger: String }
      let data: Data
    }
    let output = try terminal.output("git session log --json")
    let log = try JSONDecoder().decode(Log.self, from: Data(output.utf8))
    return log.data.entries.reversed().compactMap(\.checkpoint?.trigger)
  }

  private struct Run: Decodable {
    let agent: String
    let run: String
    let state: String
    let sources: [String]
    let compactions: Int
    let peakPercent: Int?
    let commits: Int
    let transcriptBytes: Int
  }

  private func runs(_ terminal: Terminal) throws -> [Run] {
    struct Report: Decodable {
      struct Data: Decodable { let runs: [Run] }
      let data: Data
    }
    let output = try terminal.output("git session runs --json")
    return try JSONDecoder().decode(Report.self, from: Data(output.utf8)).data.runs
  }

  @Test(arguments: [("claude-code", 2000), ("codex", 2448)])
  func aContextThatFillsUpIsSavedAndHandedOver(agent: String, tokensForOnePercent: Int) throws {
    let terminal = try terminal(with: agent)
    func tokens(_ percent: Int) -> String { "tokens=\(tokensForOnePercent * percent)" }
    let told = try terminal.output(
      """
      stand-in-agent \(agent) run-1 start=startup 'ask=Add a retry limit' 'say=I will.' write=retry.ts:one \
        "bash=echo token \(Self.secret); exit 3" stop \
        \(tokens(71)) 'bash=echo two >>retry.ts' 'bash=echo three >>retry.ts' \
        'ask=And test it' \(tokens(86)) 'bash=echo four >>retry.ts' \
        \(tokens(96)) 'bash=echo five >>retry.ts' 'say=Nearly there.' compact=12000 \
        'bash=echo six >>retry.ts' 'say=Done.' stop
      """)
    #expect(
      try triggers(terminal)
        == ["start", "turn", "threshold", "threshold", "threshold", "compaction", "turn"])
    #expect(try terminal.output("git session diff --exit-code") == "")

    let lines = told.split(separator: "\n")
    #expect(lines.count == 2, "\(told)")
    #expect(lines.first?.contains("this context is 86 % full") == true)
    let handoff = String(lines.last ?? "")
    #expect(handoff.hasPrefix("SessionStart\t"))
    for text in [
      "Add a retry limit", "And test it", "Nearly there.", "failed with 3: `echo token [redacted:",
    ] {
      #expect(handoff.contains(text), "\(text) in \(handoff)")
    }

    let run = try #require(try runs(terminal).first)
    #expect((run.agent, run.run, run.state) == (agent, "run-1", "lost"))
    #expect(run.sources == ["startup", "compact"])
    #expect((run.compactions, run.peakPercent) == (1, 96))
    try expectKeptOnce(run, terminal)
  }

  /// The whole conversation is in the chain, once and without secrets.
  private func expectKeptOnce(_ run: Run, _ terminal: Terminal) throws {
    let kept = try terminal.output("git session runs --transcript run")
    let own = try terminal.output("cat $(find \"$HOME\" -name '*run-1.jsonl')")
    #expect(run.transcriptBytes == own.utf8.count)
    #expect(kept == own.replacing(Self.secret, with: "[redacted:github-token]"))
    let objects = try terminal.output(
      "git cat-file --batch-all-objects --batch --buffer | grep -a -c \(Self.secret) || true")
    #expect(objects == "0\n")
  }

  @Test func whatAKilledAgentHasLeftIsFound() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.run(
      "stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one stop write=b.txt:two die=SIGKILL"
    )
    let status = try terminal.run("git session status")
    #expect(status.errors == "claude-code ended without a word; its work is saved as c3.\n")
    #expect(try triggers(terminal) == ["start", "turn", "exit"])
    #expect(
      try terminal.output("git show $(git for-each-ref --format='%(refname)' refs/sessions):b.txt") == "two\n"
    )
    #expect(try runs(terminal).map(\.state) == ["lost"])
    // What it was about to do is in its transcript.
    #expect(try terminal.output("git session runs --transcript run-1").contains("sleep 100"))
    let end = "- A run of `claude-code` ended without a word, in the middle of a turn: "
    let isTold = try terminal.output("git session handoff").contains(
      end + "nothing is known of how `sleep 100` went.")
    #expect(isTold)

    // It is taken up again, and ends as it should.
    try terminal.output("stand-in-agent claude-code run-1 start=resume 'ask=Go on' stop end=other")
    try waitForEnd(terminal)
    let run = try #require(try runs(terminal).first)
    #expect(run.state == "ended")
    #expect(run.sources == ["startup", "resume"])
    #expect(try !terminal.output("git session handoff").contains("without a word"))
  }

  /// A session may be completed, by its user or by the agent, while the agent is at work.
  @Test func whatAnAgentDoesAfterTheEndOfItsSessionIsSaved() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output(
      """
      stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one stop \
        'bash=git session complete --quiet' stop
      """)
    #expect(try terminal.output("git session list | grep -c SESSION") == "1\n")
    #expect(try runs(terminal).map(\.state) == ["ended"])
    try terminal.output("stand-in-agent claude-code run-1 write=b.txt:two stop")
    #expect(try terminal.output("git session").contains("Go on after SESSION-001: Do it"))
    #expect(try terminal.output("git session diff") == "")
  }

  /// Whoever looks before takes nothing from the one that goes on.
  @Test func theNextContextIsToldOfARunThatWasKilled() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.run("stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one die=SIGKILL")
    try terminal.output("git session status")
    for (run, isTold) in [("run-2", true), ("run-3", false)] {
      let told = try terminal.output(
        "stand-in-agent claude-code \(run) start=startup 'ask=Go on' stop end=other")
      #expect(told.contains("ended without a word, in the middle of a turn") == isTold, "\(run)")
    }
  }

  @Test func aHandoffTellsOfTwoAgentsAtOnce() throws {
    let terminal = try terminal(with: "claude-code codex")
    func play(_ agent: String, _ start: String, _ minute: Int, _ text: String) throws {
      try terminal.output(
        """
        stand-in-agent \(agent) run-\(agent) start=\(start) time=2026-01-05T10:0\(minute):00.000Z 'ask=\(text)' \
          'say=Done: \(text).' stop
        """)
    }
    try play("claude-code", "startup", 1, "Design it")
    try play("codex", "startup", 2, "Review it")
    try play("claude-code", "resume", 3, "Build it")
    try play("codex", "resume", 4, "Test it")
    let handoff = try terminal.output("git session handoff")
    let told = handoff.split(separator: "\n").filter {
      $0.contains(/^(> `|- `(codex|claude-code)`: |- `.*resume run)/)
    }
    #expect(
      told == [
        "> `codex`: Done: Test it.", "> `claude-code`: Done: Build it.",
        "- `codex`: “Review it”", "- `claude-code`: “Build it”", "- `codex`: “Test it”",
        "- `codex resume run-codex` — the conversation of codex, on the machine where it was",
        "- `claude --resume run-claude-code` — the conversation of claude-code, on the machine where it was",
      ])
  }

  /// An agent does not wait for what is saved at its end.
  private func waitForEnd(_ terminal: Terminal) throws {
    for _ in 0..<300 where try runs(terminal).map(\.state) != ["ended"] { Thread.sleep(forTimeInterval: 0.2) }
  }

  @Test func theNextAgentFindsWhatAKilledOneHasLeft() throws {
    let terminal = try terminal(with: "claude-code codex")
    try terminal.run("stand-in-agent codex run-1 start=startup 'ask=Do it' write=a.txt:one die=SIGKILL")
    let told = try terminal.output("stand-in-agent claude-code run-2 start=startup 'ask=Go on'")
    #expect(told.contains("Do it"))
    #expect(try triggers(terminal) == ["start", "exit"])
    let states = try runs(terminal).map { "\($0.agent) \($0.state)" }
    #expect(states == ["codex lost", "claude-code lost"])
  }

  @Test func aCommitOfAnAgentIsToldFromOneOfAPerson() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output(
      "stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one 'bash=git add . && git commit -qm Its'"
    )
    try terminal.output("echo two >a.txt; git commit -qam Mine")
    let shown = try terminal.output("git session show")
    #expect(shown.contains("Its  (claude-code)\n"))
    #expect(shown.contains("Mine\n"))
    let log = try terminal.output("git session log").split(separator: "\n").filter {
      $0.contains("  commit  ")
    }
    #expect(log.count == 2 && log[0].hasSuffix("Mine") && log[1].hasSuffix("Its  (claude-code)"), "\(log)")
    let entries = try terminal.output("git session log --json")
    #expect(entries.split(separator: "\"agent\" : \"claude-code\"").count == 2, "\(entries)")
    #expect(entries.contains("Its (claude-code)\"") && entries.contains(" Mine\""), "\(entries)")
    #expect(try runs(terminal).map(\.commits) == [1])
  }

  @Test func aRunBelongsToTheSessionInWhichItWorks() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=First' write=a.txt:one stop")
    try terminal.output("git session start --switch Second --quiet")
    try terminal.output("stand-in-agent claude-code run-2 start=startup 'ask=Go on' write=a.txt:two stop")
    try terminal.output("git session continue 1; echo three >a.txt; git session checkpoint")
    #expect(try runs(terminal).map(\.run) == ["run-1"])
    #expect(try terminal.output("git session runs 2 --json").contains("run-2"))
  }

  @Test func aTranscriptThatIsAnotherOneIsKeptFromItsBeginning() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=Do it' 'say=First.' stop")
    let file = try terminal.output("find \"$HOME\" -name 'run-1.jsonl'").trimmingCharacters(in: .newlines)
    try terminal.output(
      "rm '\(file)'; stand-in-agent claude-code run-1 'ask=Another' 'say=Second, and longer.' stop")
    let own = try String(contentsOfFile: file, encoding: .utf8)
    let kept = try terminal.output("git session runs --transcript run-1")
    #expect(kept.hasSuffix(own))
    #expect(kept.dropLast(own.count).contains("First."))
    #expect(try terminal.output("git -c session.transcripts=false session runs --transcript run-1") == kept)
    // The file is the same until a line of it is another one.
    try terminal.output(
      "sed 's/Second/2nd/' '\(file)' >../new; cp ../new '\(file)'; stand-in-agent claude-code run-1 'say=Third.' stop"
    )
    let changed = try String(contentsOfFile: file, encoding: .utf8)
    #expect(try terminal.output("git session runs --transcript run-1") == kept + changed)
  }

  @Test func aConversationStaysWhereItIsWhenTheRestIsSquashed() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output(
      "stand-in-agent claude-code run-1 start=startup 'ask=Do it' 'say=First.' write=a:b stop")
    let kept = try terminal.output("git session runs --transcript run-1")
    try terminal.output(
      "git init --quiet --bare ../hub.git; git remote add origin ../hub.git; git session push --squash --yes --quiet"
    )
    try terminal.output("git session fetch --quiet; git session note 'It goes on' --quiet")
    #expect(try terminal.output("git session runs --transcript run-1") == kept)
    #expect(try terminal.output("git session handoff").contains("First."))
  }

  /// What OpenCode says is told to each work tree, and for some weeks.
  @Test func aRunThatGoesOnInAnotherPlaceKeepsWhatItWas() throws {
    let terminal = try Terminal()
    func ask(_ text: String, in folder: String = ".") throws {
      let event =
        #""hook":"chat.message","input":{"sessionID":"ses_1"},"output":{"message":{"id":"\#(text)","role":"user"},"#
        + #""parts":[{"type":"text","text":"\#(text)"}]}"#
      let idle =
        #""hook":"event","words":"\#(text) answered","input":{"event":{"type":"session.idle","properties":{"sessionID":"ses_1"}}}"#
      try terminal.output(
        """
        cd \(folder); echo '\(text)' >>work.txt
        for event in '\(event)' '\(idle)'; do
          printf '{"directory":"%s","worktree":"%s",%s}' "$PWD" "$PWD" "$event" | git-session hook opencode
        done
        """)
    }
    func told() throws -> [String] {
      let kept = try terminal.output("git session runs --transcript ses_1")
      return kept.split(separator: "\n").compactMap {
        $0.split(separator: #""text": ""#).last?.prefix { $0 != "\"" }
      }
      .filter { !$0.hasSuffix(" answered") }.map(String.init)
    }
    try terminal.output("project; git session init --quiet")
    try ask("FIRST")
    try terminal.output("git worktree add --quiet ../second; cd ../second; git session continue 1 --quiet")
    try ask("SECOND", in: "../second")
    try ask("THIRD")
    try ask("FOURTH", in: "../second")
    #expect(try told() == ["FIRST", "SECOND", "THIRD", "FOURTH"])
    let size = try terminal.output(
      "cat .git/session/agent-lines/* .git/worktrees/second/session/agent-lines/* | wc -c")
    #expect(try runs(terminal).map { "\($0.transcriptBytes)\n" } == [size])

    try terminal.output("rm .git/session/agent-lines/*")
    try ask("FIFTH")
    #expect(try told() == ["FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH"])
    let handoff = try terminal.output("git session handoff")
    for text in ["SECOND", "THIRD", "FOURTH", "FIFTH"] { #expect(handoff.contains(text)) }
  }

  @Test func aLongTranscriptIsKeptInTheBackground() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=Do it' 'say=First.'")
    let file = try terminal.output("find \"$HOME\" -name 'run-1.jsonl'").trimmingCharacters(in: .newlines)
    // Seven mebibytes, a line that is too long, and one that would be, were there no pictures in it.
    try terminal.output(
      """
      awk 'BEGIN { for (i = 0; i < 70000; i++) printf "{\\"type\\":\\"user\\",\\"text\\":\\"%0100d\\"}\\n", i }' >>'\(file)'
      cp '\(file)' ../expected; head -c 5000000 /dev/zero | tr '\\0' x >>'\(file)'; echo >>'\(file)'
      echo '{"type":"left-out","bytes":5000000}' >>../expected
      line() {
        printf '{"type":"user","message":{"content":[{"type":"text","text":"Like these"}'
        for picture in 1 2 3; do printf ',{"source":{"data":"'; $1; printf '"}}'; done; echo ']}}'
      }
      picture() { head -c 1500000 /dev/zero | tr '\\0' A; }; line picture >>'\(file)'
      note() { printf '[left out: 1500000 bytes]'; }; line note >>../expected
      echo '{"type":"user","text":"The end."}' >>'\(file)'; echo '{"type":"user","text":"The end."}' >>../expected
      """)
    try terminal.output("stand-in-agent claude-code run-1 start=resume end=other")
    try waitForEnd(terminal)
    try terminal.output("git session runs --transcript run-1 >../kept; cmp ../kept ../expected")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
    #expect(try runs(terminal).map(\.transcriptBytes) == [size])
  }

  /// Agents tell that they end, and then write the last lines.
  @Test func whatARunWritesLateIsKept() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output(
      "stand-in-agent claude-code run-1 start=startup 'ask=Do it' 'say=First.' stop end=other")
    try waitForEnd(terminal)
    let file = try terminal.output("find \"$HOME\" -name 'run-1.jsonl'").trimmingCharacters(in: .newlines)
    let end = #"python3 -c 'import json,sys; print(json.load(sys.stdin)["data"]["runs"][0]["ended"])'"#
    let last = #"echo '{"type":"user","text":"The end."}' >>'\#(file)'"#
    try terminal.output(
      "\(last); touch -d \"$(git session runs --json | \(end))\" '\(file)'; git session checkpoint -m Late")
    let own = try String(contentsOfFile: file, encoding: .utf8)
    #expect(own.contains("The end."))
    #expect(try terminal.output("git session runs --transcript run-1") == own)
    // Much later it is taken up somewhere else.
    try terminal.output("\(last); git session checkpoint -m Later")
    #expect(try terminal.output("git session runs --transcript run-1") == own)
  }

  @Test func noTranscriptIsKeptWhereTheUserWantsNone() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output("git config session.transcripts false")
    try terminal.output(
      "stand-in-agent claude-code run-1 start=startup 'ask=Do it' 'say=First.' write=a:b stop")
    #expect(try runs(terminal).map(\.transcriptBytes) == [0])
    #expect(try terminal.output("git session runs --transcript run-1") == "")
  }

  @Test(arguments: ["claude-code", "codex"])
  func eachToolIsFollowedByACheckpointWhereTheUserWantsThat(agent: String) throws {
    let terminal = try terminal(with: agent)
    try terminal.output("git config session.checkpoint.edits true")
    try terminal.run(
      "stand-in-agent \(agent) run-1 start=startup 'ask=Do it' write=a.txt:one 'bash=echo two >b.txt' die=SIGKILL"
    )
    #expect(try triggers(terminal) == ["start", "interval", "interval"])
    try terminal.output("git session diff --exit-code; git session restore c2")
    #expect(try terminal.run("cat a.txt b.txt").output == "one\n")
  }

  @Test func aBrokenIndexKeepsNothingFromBeingSaved() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one stop")
    try terminal.output("echo ignored >.gitignore; echo garbage >.git/index; cp .git/index ../broken")
    let result = try terminal.run(
      "rm README.md; stand-in-agent claude-code run-1 write=a.txt:two write=ignored:x stop compact=9000 end=other"
    )
    #expect(result.status == 0)
    #expect(result.errors.contains("git's index cannot be read; the files are saved"), "\(result.errors)")
    let tree = try terminal.output(
      "cmp .git/index ../broken; git ls-tree --name-only -r $(git for-each-ref --format='%(objectname)' refs/sessions)"
    )
    #expect(tree.contains("a.txt\n") && !tree.contains("README.md") && !tree.contains("ignored\n"), "\(tree)")
    #expect(try terminal.run("git session checkpoint").status == 128)
    try terminal.output("rm .git/index; git reset --quiet; git session diff --exit-code")
  }

  @Test func anEmergencySaveThatWasStoppedIsFinished() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output(
      "stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one end=other")
    try waitForEnd(terminal)
    let pending = ".git/session/pending-save.json"
    let result = try terminal.run(
      """
      echo two >a.txt; printf '{"steps":["checkpoint","handoff","index","push"],"trigger":"compaction",\
      "since":"2026-01-05T09:00:00Z"}' >\(pending); git session log -n 1
      """)
    #expect(result.errors == "An emergency save that had been stopped is finished.\n")
    #expect(try triggers(terminal).last == "compaction")
    #expect(try terminal.output("git session log --all -n 1").contains("handoff kept"))
    #expect(try terminal.run("test ! -e \(pending)").status == 0)
  }

  /// An agent writes its transcript late: several answers may come at once, and each threshold counts.
  @Test func thresholdsThatAreSeenAtOnce() throws {
    let terminal = try terminal(with: "claude-code")
    try terminal.output("stand-in-agent claude-code run-1 start=startup 'ask=Do it' write=a.txt:one")
    let told = try terminal.output(
      """
      for tokens in 145000 178000 9000; do
        printf '{"type":"assistant","message":{"id":"m%s","model":"claude-haiku-4-5","role":"assistant","content":[],"usage":{"input_tokens":%s,"output_tokens":10}}}\n' $tokens $tokens
      done >../late
      printf '{"session_id":"run-2","cwd":"%s","transcript_path":"%s/../late","hook_event_name":"PostToolUse"}' "$PWD" "$PWD" | git-session hook claude-code
      """)
    #expect(told.contains("this context is 89 % full"))
    let log = try terminal.output("git session log -n 2")
    #expect(log.contains("89 % of the context") && log.contains("73 % of the context"), "\(log)")
  }

  /// As if each were the only one.
  @Test func tenAgentsInTenWorkTreesAtOnce() throws {
    let terminal = try terminal(with: "claude-code codex")
    // One seed would give all of them the same names.
    let script = """
      unset GIT_SESSION_TEST_SEED
      for i in 0 1 2 3 4 5 6 7 8 9; do git worktree add -q ../tree$i -b branch$i; done
      for i in 0 1 2 3 4 5 6 7 8 9; do (
        cd ../tree$i
        [ $((i % 2)) = 0 ] && agent=claude-code || agent=codex
        stand-in-agent $agent run-$i start=startup "ask=Task $i" write=mine.txt:$i stop "bash=echo more >>mine.txt" \\
          stop "bash=git add . && git commit -qm 'Commit $i'" compact=9000 "bash=echo end >>mine.txt" stop \\
          >out.txt 2>errors.txt || echo "failed" >>errors.txt
      ) & done
      wait
      """
    try terminal.output(script)
    // On a machine that has no time for ten at once, some is done in the background.
    try terminal.output("while find .git -name 'pending-*' | grep -q .; do sleep 0.2; done")
    for number in 0..<10 {
      let folder = "git -C ../tree\(number)"
      let errors = try terminal.output(
        "grep -v ': stopped after ' ../tree\(number)/errors.txt || true")
      #expect(errors == "", "tree \(number)")
      #expect(try terminal.output("\(folder) session diff --exit-code -- mine.txt") == "")
      let log = try terminal.output("\(folder) session log")
      #expect(log.contains("compaction") && log.contains("Task \(number)"), "\(log)")
      #expect(try terminal.output("\(folder) session show").contains("Commit \(number)  ("))
    }
    #expect(try terminal.output("git session list").split(separator: "\n").count == 10)
    // There a hook that is stopped leaves a folder behind, too.
    try terminal.output("git session doctor --fix >../doctor.txt; git fsck --strict && git session doctor")
  }
}
