import Foundation
import TestSupport
import Testing

/// The scripts in `share/completions`, asked as their shells ask them. Each is tried where its shell is.
@Suite struct CompletionTests {
  private static let scripts = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../share/completions").standardized.path

  private static func has(_ test: String) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return (try? Program.run("sh", ["-c", test], environment: environment).status) == 0
  }

  /// Runs a script of a shell where a session has two checkpoints.
  private func run(_ shell: String, _ script: String) throws -> [String] {
    let terminal = try Terminal()
    try terminal.output(
      "project; git session start 'Retry' -q; echo one >one; git session checkpoint -q")
    var environment = terminal.nextEnvironment()
    environment["SCRIPTS"] = Self.scripts
    let result = try Program.run(
      shell, ["-c", script], environment: environment, in: terminal.repository.path)
    #expect(result.errors == "")
    return result.output.split(separator: "\n").map(String.init)
  }

  /// Sets the variables that bash sets, and calls what is registered for the command.
  private static let question = """
    . /usr/share/bash-completion/bash_completion
    . /usr/share/bash-completion/completions/git
    . "$SCRIPTS/git-session.bash"
    ask() {
      COMP_LINE=$(echo "$*" | sed 's/ \\([:=]\\) */\\1/g')
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_POINT=${#COMP_LINE} COMPREPLY=()
      $(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/') "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
      printf '%s => ' "$COMP_LINE"
      printf '[%s]' "${COMPREPLY[@]}"
      echo
    }

    """

  @Test(
    .enabled(
      if: has("cd /usr/share/bash-completion && test -r bash_completion && test -r completions/git")))
  func bash() throws {
    // As bash splits lines: colons and equals signs are words of their own.
    let script = """
      ask git session st
      ask git-session st
      ask git session show c
      ask git-session show c
      ask git session show SESSION-001 : c
      ask git session show SESSION-001 :
      ask git session checkpoint --tr
      ask git session checkpoint --trigger = co
      ask git session restore c1 o
      ask git session branch retry SES
      ask git session resume --head = c
      ask git-session -C sr
      cd src
      ask git -C .. session show c
      cd /
      ask git session show c
      """
    let expected = """
      git session st => [start ][status ][statusline ]
      git-session st => [start ][status ][statusline ]
      git session show c => [c2 ][c1 ]
      git-session show c => [c2 ][c1 ]
      git session show SESSION-001:c => [c2 ][c1 ]
      git session show SESSION-001: => [c2 ][c1 ]
      git session checkpoint --tr => [--trigger=]
      git session checkpoint --trigger=co => [commit ][compaction ]
      git session restore c1 o => []
      git session branch retry SES => [SESSION-001 ]
      git session resume --head=c => [c2 ]
      git-session -C sr => [src]
      git -C .. session show c => [c2 ][c1 ]
      git session show c => []
      """
    #expect(try run("bash", Self.question + script) == expected.split(separator: "\n").map(String.init))
  }

  @Test(.enabled(if: has("command -v fish"))) func fish() throws {
    let script = """
      source $SCRIPTS/git-session.fish
      for line in 'git ses' 'git-session sta' 'git session sta' 'git -C . session show c' 'git session restore c1 o' \
        'git session branch retry SES' 'git session resume --head c'
        echo "$line =>" (complete -C "$line" | string replace -r '\\t.*' '')
      end
      """
    let expected = [
      "git ses => session", "git-session sta => start status statusline",
      "git session sta => start status statusline",
      "git -C . session show c => c1 c2", "git session restore c1 o => one",
      "git session branch retry SES => SESSION-001", "git session resume --head c => c2",
    ]
    #expect(try run("fish", script) == expected)
  }

  /// zsh completes only what is typed, so the functions of its completion system are stood in for.
  @Test(.enabled(if: has("command -v zsh"))) func zsh() throws {
    let script = """
      _call_program() { shift; eval "$*" }
      _files() { print files }
      _directories() { print directories }
      _describe() { print -rl -- $whole $open }
      ask() { words=("$@"); CURRENT=$#; print "== $*"; source $SCRIPTS/_git-session }
      ask git-session sta
      ask session show ''
      ask session show SESSION-001:
      ask session checkpoint --m
      ask session restore c1 o
      ask session branch retry SES
      ask session resume --head c
      ask session -C s
      """
    let expected = [
      "== git-session sta", "start:Begin a session in this work tree.",
      "status:Show where the session of this work tree stands.",
      "statusline:Print one line for the status line of an agent, or for a prompt.",
      "== session show ", "SESSION-001:active: Retry", "retry:active: Retry", "c2:manual: ",
      "c1:start: Retry",
      "== session show SESSION-001:", "SESSION-001\\:c2:manual: ", "SESSION-001\\:c1:start: Retry",
      "== session checkpoint --m", "--message=:What this state is.",
      "== session restore c1 o", "files", "== session branch retry SES", "SESSION-001:active: Retry",
      "== session resume --head c", "c2:manual: ", "== session -C s", "directories",
    ]
    #expect(try run("zsh", script) == expected)
  }
}
