import Foundation
import TestSupport
import Testing

/// What is different on a terminal, which `script` of util-linux provides.
@Suite(
  .enabled(
    if: (try? Program.run(
      "script", ["--version"], environment: ProcessInfo.processInfo.environment
    ).output.contains("util-linux")) == true))
struct TerminalTests {
  private let terminal: Terminal

  init() throws {
    terminal = try Terminal()
    try terminal.output("project; git session start 'Retry failed deliveries' -q")
    terminal.repository.setEnvironment("COLUMNS", "60")
    terminal.repository.setEnvironment("TERM", "xterm")
    terminal.repository.setEnvironment("PAGER", "sed s/^/paged:/")
  }

  /// What shows on the terminal; colours as `{33}`.
  private func shown(_ command: String) throws -> String {
    let inner = command.replacing("'", with: "'\\''")
    let result = try terminal.run("script -qec '\(inner)' /dev/null </dev/null")
    let text = result.output.replacing("\r\n", with: "\n").replacing(/\u{1b}\[([0-9]*)m/) { "{\($0.1)}" }
    return text + (result.status == 0 ? "" : "[exit \(result.status)]")
  }

  @Test func readingVerbsArePagedAndColoured() throws {
    let line = "paged:* {33}SESSION-001{}  active  2026-01-05  1 checkpoint  Retry fail…{}\n"
    #expect(try shown("git session list") == line)
    #expect(try shown("git session next 'Wait'") == "Next step: Wait\n")
  }

  @Test(arguments: [
    ("git -P session list", false), ("git session -P list", false), ("GIT_PAGER=cat git session list", false),
    ("git -c core.pager=cat session list", false), ("git -c pager.session=false session list", false),
    ("git-session --no-pager list", false), ("git session list --json -q", false),
    ("git session status", false), ("git session -p status", true), ("git -p session status", true),
    ("git -c pager.session=true session status", true), ("TERM=dumb git session list", true),
    ("unset PAGER; TERM=dumb git session list", false), ("PAGER=no-such-program git session list", false),
    ("git session list | cat", false), ("git session -C .. -C work list", true),
  ])
  func pagerIsUsedAsGitDoes(_ command: String, _ isPaged: Bool) throws {
    let text = try shown(command)
    #expect(text.contains("paged:") == isPaged, "\(text)")
    #expect(text.isEmpty == command.contains("-q"))
  }

  @Test(arguments: [
    ("git session status", true), ("NO_COLOR=1 git session status", false),
    ("NO_COLOR= git session status", true), ("TERM=dumb git session status", false),
    ("git -c color.ui=false session status", false), ("git -c color.ui=always session status | cat", true),
    ("git session status | cat", false), ("git -c color.ui=false -c color.session=auto session status", true),
    ("git -c color.pager=false session list", false), ("git -p session status", true),
    ("NO_COLOR=1 git -c color.ui=always session status", true),
  ])
  func coloursAreUsedAsGitDoes(_ command: String, _ isColored: Bool) throws {
    let text = try shown(command)
    #expect(text.contains("{33}") == isColored, "\(text)")
  }

  @Test func whatTakesAWhileSaysSo() throws {
    try terminal.output(
      "git config filter.slow.clean 'sleep 1.3; cat'; echo '*.slow filter=slow' >.gitattributes")
    let save = "echo x >>a.slow; git session checkpoint"
    let line = "Looking at the work tree: 1 s"
    let gone = "\r" + line + "\r" + String(repeating: " ", count: line.count) + "\rSaved "
    #expect(try shown(save).contains(gone))
    for silent in ["\(save) -q", "\(save) --json", "(\(save)) 2>&1 | cat"] {
      #expect(try !shown(silent).contains("Looking"), "\(silent)")
    }
  }

  /// git's own, which says more than we could.
  @Test func transfersAreShownAsGitShowsThem() throws {
    try terminal.output("git init -q --bare ../hub.git; git remote add origin ../hub.git")
    let sent = try shown("git session push --yes")
    #expect(
      sent.contains("\rWriting objects: 100% (") && sent.hasSuffix("sent  Retry failed deliveries\n"),
      "\(sent)")
    try terminal.output("git clone -q --no-local ../hub.git ../clone 2>/dev/null")
    let fetched = try shown("cd ../clone; git session fetch")
    #expect(fetched.contains("objects: 100% ("), "\(fetched)")
    #expect(fetched.contains("\nFrom origin:\n"), "\(fetched)")
    let failed = try shown("git session fetch -q; rm -r ../hub.git; git session fetch")
    #expect(failed.hasPrefix("fatal: git fetch: ") && failed.contains("'../hub.git'"), "\(failed)")
    #expect(failed.split(separator: "\n").count == 2 && failed.hasSuffix("[exit 128]"), "\(failed)")
  }

  @Test func statusOfTheCommandIsKept() throws {
    #expect(try shown("git session show nothing").hasSuffix("[exit 1]"))
    #expect(try shown("PAGER='head -n 1' git session show").hasSuffix(")\n"))
    #expect(try shown("PAGER=false git session show") == "")
  }

  @Test func linesOfListsFitWhateverTheyHold() throws {
    try terminal.output("git session start 'Über 漢字漢字漢字漢字 und 👩‍👩‍👧‍👧 und e\u{301}e\u{301}' --name x --switch -q")
    for columns in [20, 82, 83, 84, 85] {
      let text = try shown("COLUMNS=\(columns) NO_COLOR=1 git session -P list").split(separator: "\n")
      let line = try #require(text.first { $0.hasPrefix("*") })
      #expect(line.contains("…") == (columns < 84), "\(line)")
    }
    #expect(try !terminal.output("COLUMNS=20 git session list").contains("…"))
    #expect(try shown("COLUMNS=40 LC_ALL=C NO_COLOR=1 git session -P list").hasSuffix("..\n"))
  }
}
