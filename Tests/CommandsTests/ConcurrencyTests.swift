import Foundation
import TestSupport
import Testing

/// Several processes at once in one work tree.
@Suite struct ConcurrencyTests {
  @Test func eightCheckpointsAtOnce() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries'")
    let statuses = try terminal.output(
      """
      for i in 1 2 3 4 5 6 7 8; do
        (echo $i >file$i; GIT_SESSION_TEST_SEED=9$i git session checkpoint -m "number $i" >../out$i 2>&1
         echo $? >../status$i) &
      done
      wait; cat ../status*
      """)
    let words = try terminal.output("cat ../out*")
    #expect(statuses == String(repeating: "0\n", count: 8), "\(words)")
    // Each of them says what it saved, or that another one has saved it all.
    #expect(
      words.split(separator: "\n").allSatisfy { line in
        ["Saved c", "Nothing new", "hint: The message"].contains { line.hasPrefix($0) }
      })
    try expectSound(terminal)
    #expect(
      try terminal.output("git session checkpoint; git session diff @ --stat").contains("file") == false)
    try terminal.output("rm file*; git session restore @; ls file1 file8")
  }

  /// Hooks of agents and of git may fire together.
  @Test func sixAtOnceSaveTheSameOnce() throws {
    let terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries'; echo new >new.txt")
    let words = try terminal.output(
      "for i in 1 2 3 4 5 6; do GIT_SESSION_TEST_SEED=9$i git session checkpoint >../out$i & done; wait; cat ../out*"
    )
    let lines = words.split(separator: "\n")
    #expect(lines.count { $0 == "Saved c2 (1 file, +1 -0)" } == 1, "\(words)")
    #expect(lines.count { $0 == "Nothing new since c2" } == 5, "\(words)")
    try expectSound(terminal)
  }

  /// Settings of a user and of a project, and a plug-in, may all hold our hooks: an agent runs them at once.
  @Test func hooksOfOneMomentActOnce() throws {
    let terminal = try Terminal()
    try terminal.output("project")
    func six(_ event: String) throws -> String {
      try terminal.output(
        """
        printf '{"session_id":"r","cwd":"%s","transcript_path":"%s/../transcript","hook_event_name":%s}' \
          "$PWD" "$PWD" '\(event)' >../payload
        for i in 1 2 3 4 5 6; do
          GIT_SESSION_TEST_SEED=9$i git-session hook claude-code <../payload >../out$i 2>../err$i &
        done
        wait; cat ../out* ../err*
        """)
    }
    #expect(try six(#""UserPromptSubmit","prompt":"Do it""#) == "")
    #expect(try terminal.output("git session list | grep -c SESSION") == "1\n")
    try terminal.output(
      #"""
      echo new >new.txt; printf '{"type":"assistant","message":{"id":"m","model":"claude-haiku-4-5","role":"assistant","content":[],"usage":{"input_tokens":172000}}}\n' >../transcript
      """#)
    #expect(try six(#""PostToolUse","tool_name":"Bash""#).matches(of: /this context is 86 %/).count == 1)
    #expect(try terminal.output("git session log | grep -c threshold") == "1\n")
    #expect(try six(#""PreCompact","trigger":"auto""#) == "")
    #expect(try terminal.output("git session log | grep -c compaction") == "1\n")
    #expect(try six(#""SessionStart","source":"compact""#).matches(of: /Its handoff follows/).count == 1)
    try expectSound(terminal)
  }

  @Test func checkpointsWhileRestoreRuns() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; git session start 'Retry failed deliveries'
      for i in 1 2 3 4 5 6 7 8 9; do mkdir -p d$i; for j in 1 2 3 4 5; do echo $i$j >d$i/$j; done; done
      git session checkpoint; rm -r d*; echo other >other.txt; git session checkpoint
      """)
    let words = try terminal.output(
      """
      (GIT_SESSION_TEST_SEED=91 git session restore c2 >../restored 2>&1; echo $? >../status) &
      for i in 1 2 3 4; do GIT_SESSION_TEST_SEED=92$i git session checkpoint || exit; done
      wait; cat ../status ../restored | tail -n 1
      """)
    #expect(words.contains("Restored c2"), "\(words)")
    try expectSound(terminal)
    try terminal.output("git session checkpoint --quiet; git session diff c2 --exit-code")
    try terminal.output("git session restore c3; git session diff c3 --exit-code; test ! -e d1")
  }

  @Test func restoresAtOnceDoNotMix() throws {
    let terminal = try Terminal()
    try terminal.output(
      """
      project; git session start 'Retry failed deliveries'
      for i in 1 2 3 4 5 6 7 8 9; do echo one >f$i; done; git session checkpoint
      for i in 1 2 3 4 5 6 7 8 9; do echo two >f$i; done; git session checkpoint
      for i in 1 2 3 4; do
        (GIT_SESSION_TEST_SEED=9$i git session restore c$((i % 2 + 2)) >../out$i 2>&1) &
      done
      wait
      """)
    let content = try terminal.output("cat f* | sort -u")
    #expect(["one\n", "two\n"].contains(content), "\(content)")
    try expectSound(terminal)
  }

  private func expectSound(_ terminal: Terminal) throws {
    let doctor = try terminal.run("git session doctor")
    #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")
    try terminal.output("git fsck --strict")
  }
}
