import Foundation
import TestSupport
import Testing

/// A status line of the user's own is shown with ours, whatever it does.
@Suite struct StatusLines {
  private func input(_ terminal: Terminal) -> String {
    #"{"session_id":"r","cwd":"\#(terminal.repository.path)","context_window":{"context_window_size":200000,"#
      + #""current_usage":{"input_tokens":100000}}}"#
  }

  /// Runs it until it prints what it is to print: a busy machine may not let the other one finish in time.
  private func line(_ command: String, _ terminal: Terminal, is expected: String) throws {
    var result = try terminal.run(command, input: input(terminal))
    for _ in 0..<100 where result.output != expected {
      usleep(200_000)
      result = try terminal.run(command, input: input(terminal))
    }
    #expect(result.output == expected)
    #expect(result.status == 0)
  }

  @Test func ofTheUserComesFirst() throws {
    let terminal = try Terminal()
    let ours = "[#######--|-|-|] 50 %\n"
    try line(
      #"NO_COLOR=1 git session statusline --then 'printf "\033[1m%s\033[m" "$(grep -c current_usage)"'"#,
      terminal, is: "\u{1b}[1m1\u{1b}[m\n" + ours)
    try line("NO_COLOR=1 git session statusline --then 'echo mine; exit 3'", terminal, is: "mine\n" + ours)
    try line("NO_COLOR=1 git session statusline --then /nowhere/at/all", terminal, is: ours)
    // Many start a program that takes its time.
    try line("NO_COLOR=1 git session statusline --then 'sleep 1; echo mine'", terminal, is: "mine\n" + ours)
  }

  @Test func thatHangsIsNotWaitedFor() throws {
    let terminal = try Terminal()
    let start = ContinuousClock.now
    let hangs = "sleep 600 & echo $! >pid; sleep 600"
    let result = try terminal.run(
      "NO_COLOR=1 git session statusline --then '\(hangs)'", input: input(terminal))
    #expect(result.output == "[#######--|-|-|] 50 %\n")
    #expect(ContinuousClock.now - start < .seconds(120))
    // What it had started is gone too, if it came so far; but somebody may still have to take notice.
    let state = try terminal.output(
      "[ ! -s pid ] || sed -n 's/^State:[^A-Z]*\\(.\\).*/\\1/p' /proc/$(cat pid)/status 2>/dev/null || true")
    #expect(["", "Z\n", "X\n"].contains(state))
  }

  @Test func isTakenOverFromSettingsAndGivenBack() throws {
    let terminal = try Terminal()
    let before = #"{"statusLine": {"type": "command", "command": "echo \"it's mine\"; false"}, "x": 1}"#
    let file = "$HOME/.claude/settings.json"
    try terminal.output("mkdir -p $HOME/.claude; cat >\(file) <<'END'\n\(before)\nEND")
    try terminal.output("cp \(file) ../before; git session agent install claude-code")
    let command = try terminal.output(
      "python3 -c 'import json, os; print(json.load(open(os.environ[\"HOME\"] + \"/.claude/settings.json\"))[\"statusLine\"][\"command\"])'"
    )
    try line(
      "export NO_COLOR=1\n" + command, terminal, is: "it's mine\n[#######--|-|-|] 50 %\n")
    // Another change of the file leaves the way back by hand.
    try terminal.output("sed -i 's/\"x\": 1/\"x\": 2/' \(file); git session agent uninstall claude-code")
    #expect(try terminal.run("diff ../before \(file)").output.contains("\"x\": 2"))
    #expect(try terminal.output("grep -c \"it's mine\" \(file)") == "1\n")
    try terminal.output("cp ../before \(file); git session agent install claude-code")
    try terminal.output("git session agent uninstall claude-code; cmp ../before \(file)")
  }
}
