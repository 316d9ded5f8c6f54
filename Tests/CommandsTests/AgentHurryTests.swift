import Foundation
import TestSupport
import Testing

/// Hooks of agents that have no time, come together, or are told nonsense about the time.
@Suite struct AgentHurryTests: ClaudeHooks {
  private func count(_ text: String, _ terminal: Terminal) throws -> Int {
    try log(terminal).split(separator: text, omittingEmptySubsequences: false).count - 1
  }

  /// Holds locks of this work tree for some seconds.
  private func holding(_ locks: String..., seconds: Int) -> String {
    let files = locks.map { "'.git/session/\($0)'" }.joined(separator: ", ")
    return """
      python3 - >/dev/null 2>&1 <<'END' &
      import fcntl, time
      files = [open(name, "a") for name in [\(files)]]
      for file in files: fcntl.flock(file, fcntl.LOCK_EX)
      open("../held", "w")
      time.sleep(\(seconds))
      END
      while [ ! -e ../held ]; do sleep 0.05; done
      """
  }

  /// Whatever has taken so long may do so the next time.
  @Test func aHookThatHasNotBegunToSaveHandsThatOver() throws {
    let terminal = try terminal()
    let place = #","transcript_path":"\#(terminal.repository.root)/t.jsonl""#
    try terminal.output(
      """
      echo new >new.txt
      printf '{"type":"assistant","message":{"id":"m","model":"claude-haiku-4-5","usage":{"input_tokens":180000}}}\n' >../t.jsonl
      """)
    // It waits for each of them, for four seconds.
    let told = try hook(
      "PreCompact", place, terminal, before: holding("agent-runs.lock", "threshold.lock", seconds: 9))
    #expect(
      told.errors == "git-session: claude-code: stopped after 5 seconds; the rest is done in the background\n"
    )
    #expect(try count("compaction", terminal) == 1)
    let tip = "git show $(git for-each-ref --format='%(refname)' refs/sessions):"
    #expect(try terminal.output(tip + "new.txt") == "new\n")
    #expect(try terminal.output("git session log --all -n 1").contains("handoff kept"))
  }

  /// One that is told twice leaves nothing to do.
  @Test func nothingIsHandedOverThatIsSaved() throws {
    let terminal = try terminal()
    try terminal.output("echo new >new.txt")
    try hook("PreCompact", "", terminal)
    let again = try terminal.run(
      """
      printf '{"session_id":"r","cwd":"%s","hook_event_name":"PreCompact"}' "$PWD" >../payload
      git session hook claude-code <../payload; git session hook claude-code <../payload
      """)
    #expect(again.errors == "")
    #expect(try count("compaction", terminal) == 2)
    // What was left of a session that has ended is left for good.
    try terminal.output(
      """
      git session complete --quiet
      printf '{"steps":["checkpoint"],"trigger":"turn","since":"2026-01-05T09:00:00Z"}' >.git/session/pending-save.json
      git-session detached finish-save; test ! -e .git/session/pending-save.json
      """)
  }

  /// The first one's rest is none of the second one.
  @Test func aSaveLeavesTheNoteOfANewerOne() throws {
    let terminal = try terminal()
    let left = try terminal.output(
      """
      echo '*.slow filter=slow' >.gitattributes; echo one >a.slow; pending=.git/session/pending-save.json
      git config filter.slow.clean 'touch ../begun; while [ ! -e ../go ]; do sleep 0.05; done; cat'
      note() { printf '{"steps":["checkpoint","handoff","index","push"],"trigger":"compaction","since":"2026-01-05T09:00:00Z","token":"%s"}' $1 >$pending; }
      note first; git-session detached finish-save & while [ ! -e ../begun ]; do sleep 0.05; done
      note second; touch ../go; wait; cat $pending; rm $pending
      """)
    #expect(left.contains(#""handoff","index","push""#) && left.contains("second"), "\(left)")
  }

  /// They may have been stopped at different places.
  @Test func whatIsLeftOfTwoSavesIsDone() throws {
    let terminal = try terminal()
    try terminal.output("echo new >new.txt")
    let told = try hook(
      "PreCompact", "", terminal,
      before: """
        printf '{"steps":["handoff","index","push"],"trigger":"threshold","since":"2026-01-05T09:00:00Z"}' \\
          >.git/session/pending-save.json
        """)
    #expect(told.errors == "")
    #expect(try terminal.output("git session log --all -n 1").contains("handoff kept"))
  }

  @Test func aClockThatWasSetBackKeepsNothingFromBeingSaved() throws {
    let terminal = try terminal()
    let later = "export GIT_SESSION_TEST_CLOCK=2026-03-01T00:00:00Z"
    try terminal.output("echo one >a.txt")
    try hook("PreCompact", "", terminal, before: later)
    try terminal.output("echo two >a.txt")
    try hook("PreCompact", "", terminal)
    #expect(try count("compaction", terminal) == 2)

    try terminal.output("echo three >a.txt")
    try hook("PreCompact", "", terminal, before: later)
    try terminal.output("echo four >a.txt")
    #expect(try hook("SessionStart", #","source":"compact""#, terminal).output.contains("handoff follows"))
    let tip = "git show $(git for-each-ref --format='%(refname)' refs/sessions):"
    #expect(try terminal.output(tip + "a.txt") == "four\n")

    let finished = try terminal.run(
      """
      printf '{"steps":["handoff"],"trigger":"compaction","since":"2026-03-01T00:00:00Z"}' >.git/session/pending-save.json
      git session log -n 1; rm -f .git/session/pending-save.json
      """)
    #expect(finished.errors == "An emergency save that had been stopped is finished.\n")
  }

  /// Puts five decisions where they are kept if the repository cannot be written.
  private func spool(_ terminal: Terminal) throws {
    try terminal.output(
      """
      id=$(git for-each-ref --format='%(refname)' refs/sessions | cut -d/ -f3)
      mkdir ../tmp; name=$(printf %s "$(realpath .git)" | git hash-object --stdin | cut -c1-20)
      spool=$(realpath ../tmp)/git-session-$(id -u)/$name; mkdir -p -m 700 $(dirname $spool) $spool
      for i in 1 2 3 4 5; do
        printf '{"format":1,"session":"%s","writer":"0000000%s","clock":1,"events":[{"kind":"item-added","item-kind":"decision","sequence":1,"time":"2026-01-05T09:00:00.000Z","text":"Decision %s"}]}' \
          $id $i $i >$spool/$i-w.$id.json
      done
      """)
  }

  @Test func whatWasRecordedElsewhereIsTakenInOnce() throws {
    let terminal = try terminal()
    try spool(terminal)
    let told = try terminal.output(
      """
      export TMPDIR=$ROOT/tmp
      printf '{"session_id":"r","cwd":"%s","hook_event_name":"PostToolUse","tool_name":"Bash"}' "$PWD" >../payload
      for i in 1 2 3 4 5 6; do
        GIT_SESSION_TEST_SEED=9$i git-session hook claude-code <../payload >../out$i 2>../err$i &
      done
      wait; cat ../out* ../err*
      """)
    #expect(told == "")
    let decisions = try terminal.output("git session decision")
    for number in 1...5 {
      #expect(decisions.split(separator: "Decision \(number)").count == 2, "\(decisions)")
    }
    #expect(try terminal.output("find ../tmp -type f") == "")
  }

  @Test func whatSomebodyElseIsTakingInIsLeftToIt() throws {
    let terminal = try terminal()
    try spool(terminal)
    let told = try hook(
      "PostToolUse", #","tool_name":"Bash""#, terminal,
      before: "export TMPDIR=$ROOT/tmp\n" + holding("spool.lock", seconds: 3))
    #expect(told.errors == "")
    #expect(try terminal.output("find ../tmp -type f | wc -l") == "5\n")
    try hook("PostToolUse", #","tool_name":"Bash""#, terminal, before: "export TMPDIR=$ROOT/tmp; sleep 3")
    #expect(try terminal.output("git session decision | grep -c 'Decision [1-5]'") == "5\n")
  }

  @Test func aSessionThatCouldNotBeBegunIsBegunByTheNextHook() throws {
    let terminal = try Terminal()
    let pending = ".git/session/pending-start"
    try terminal.output("project; mv .git/index ../index; mkdir .git/index")
    let asked = try hook("UserPromptSubmit", #","prompt":"Make it fast""#, terminal)
    #expect(asked.errors.contains("index"), "\(asked.errors)")
    try terminal.output(
      """
      git-session detached begin-session; stat -c %a \(pending) | grep 600; cp \(pending) ../pending
      rmdir .git/index; mv ../index .git/index
      """)
    try hook("PostToolUse", #","tool_name":"Bash""#, terminal)
    for _ in 0..<300 where try terminal.run("test -e \(pending)").status == 0 { usleep(100_000) }
    #expect(try terminal.output("git session list").contains("Make it fast"))

    // Another one is not begun with what is left of it.
    try terminal.output("cp ../pending \(pending)")
    try hook("Stop", "", terminal)
    try terminal.output("test ! -e \(pending)")
  }

  private static let references = "git for-each-ref --format='%(refname)' refs/sessions"

  /// While it waits to tell the work tree of the session that it has begun.
  private func killHookThatBegins(_ terminal: Terminal) throws {
    let place = terminal.repository.path
    try terminal.run(
      """
      cat >../payload
      \(holding("lock", seconds: 10)) && holder=$!
      git-session hook claude-code <../payload & hook=$!
      for i in $(seq 90); do test -n "$(\(Self.references))" && break; sleep 0.1; done
      kill -KILL $hook $holder
      """,
      input:
        #"{"session_id":"r","cwd":"\#(place)","hook_event_name":"UserPromptSubmit","prompt":"Make it fast"}"#)
  }

  /// Until nothing is left to be begun.
  private func stopUntilBegun(_ terminal: Terminal) throws {
    for _ in 0..<100 where try terminal.run("test -e .git/session/pending-start").status == 0 {
      try hook("Stop", "", terminal)
      usleep(100_000)
    }
  }

  /// Then another one goes on with what it was for.
  @Test(arguments: ["git session complete session-1 --quiet", "git session delete session-1 --yes --quiet"])
  func aHalfBegunSessionMayHaveEnded(how: String) throws {
    let terminal = try Terminal()
    try terminal.output("project; mkdir -p .git/session")
    try killHookThatBegins(terminal)
    try terminal.output("\(how); test -e .git/session/pending-start; echo new >new.txt")
    try stopUntilBegun(terminal)
    #expect(try terminal.output("git session").contains("active"))
    #expect(try terminal.output("git session").contains("Make it fast"))
    #expect(try terminal.output("git session diff --quiet || echo differs") == "")
  }

  /// The session is there, and the work tree does not know of it yet.
  @Test(arguments: ["killed", "out of time"]) func aSessionThatWasBegunHalfIsTheOneThatGoesOn(how: String)
    throws
  {
    let terminal = try Terminal()
    try terminal.output("project; echo new >new.txt; mkdir -p .git/session")
    if how == "killed" {
      try killHookThatBegins(terminal)
    } else {
      let told = try hook(
        "UserPromptSubmit", #","prompt":"Make it fast""#, terminal, before: holding("lock", seconds: 7))
      #expect(told.errors.contains("git-session: claude-code:"), "\(told.errors)")
    }
    #expect(try terminal.output(Self.references).split(separator: "\n").count == 1)
    try terminal.output("test -e .git/session/pending-start; echo newer >new.txt")
    try stopUntilBegun(terminal)
    #expect(try terminal.output(Self.references).split(separator: "\n").count == 1)
    #expect(try count("turn", terminal) == 1)
    #expect(try terminal.output("git show $(\(Self.references)):new.txt") == "newer\n")
  }

  @Test func whatIsRememberedOfRunsStaysSmall() throws {
    let terminal = try terminal()
    let long = String(repeating: "x", count: 1 << 20)
    let file = ".git/session/agent-runs.json"
    try hook("SessionStart", #","source":"startup","transcript_path":"/\#(long)""#, terminal)
    try terminal.output("echo new >new.txt")
    let place = terminal.repository.path
    try terminal.run(
      "git session hook claude-code",
      input: #"{"session_id":"\#(long.prefix(300))","cwd":"\#(place)","hook_event_name":"Stop"}"#)
    #expect(try count("turn", terminal) == 1)
    try hook("SessionEnd", #","reason":"\#(long)""#, terminal)
    #expect(try terminal.output("test $(wc -c <\(file)) -lt 1000; grep -c xxx… \(file)") == "1\n")

    let heard = "git session agent install claude-code --quiet; git session agent status claude-code --user"
    #expect(try terminal.output(heard).contains("heard"))
    try terminal.output("head -c 5000000 /dev/zero | tr '\\0' ' ' >>\(file)")
    #expect(try !terminal.output(heard).contains("heard"))
    try hook("Stop", "", terminal)
    #expect(try terminal.output(heard).contains("heard"))
    #expect(try terminal.output("test $(wc -c <\(file)) -lt 1000") == "")
  }

  @Test(.timeLimit(.minutes(3))) func aPayloadWithoutAnEndIsNotWaitedFor() throws {
    let terminal = try terminal()
    let result = try terminal.run(
      """
      mkfifo ../fifo; sleep 100 >../fifo 2>/dev/null & timeout 60 git-session hook claude-code <../fifo
      status=$?; kill $!; exit $status
      """)
    #expect(result.status == 0)
    #expect(result.errors.hasPrefix("git-session: claude-code: stopped after 20 seconds"), "\(result)")
  }

  @Test func troubleIsToldOnceADay() throws {
    let terminal = try terminal()
    func fail(_ agent: String = "claude-code", on day: String = "01-05") throws -> String {
      try terminal.run(
        "cd src; GIT_SESSION_TEST_CLOCK=2026-\(day)T12:00:00Z git-session hook \(agent)", input: "{"
      ).errors
    }
    try terminal.output("mkdir -p src")
    #expect(try fail() == "git-session: claude-code: what the agent says is not JSON at byte 1\n")
    #expect(try fail() == "")
    #expect(try fail("codex").hasPrefix("git-session: codex: "))
    #expect(try fail(on: "01-07") != "")
    // Nothing of ours is where no session was begun.
    try terminal.output("git init --quiet ../other")
    #expect(try terminal.run("cd ../other; git-session hook claude-code", input: "{").errors == "")
    #expect(try terminal.output("ls ../other/.git").contains("session") == false)
  }
}
