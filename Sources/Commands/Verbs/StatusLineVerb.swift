import ArgumentParser
import Operations

/// For help, manuals and JSON; the line itself is ``StatusLine``.
struct StatusLineVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "statusline", abstract: "Print one line for the status line of an agent, or for a prompt.",
    discussion: """
      The session, how full the context is, and how long ago the last checkpoint was taken. Claude Code runs it once \
      it is connected ('git session agent install claude-code') and says on standard input what it knows; from that \
      the size of its window is learned, too. A shell shows it with --prompt, as in PS1='$(git session statusline \
      --prompt) $ '.

      COLUMNS is its width, NO_COLOR takes the colours away. It always exits with 0.
      """)

  @Flag(help: "For the prompt of a shell: without colours, and without reading standard input.") var prompt =
    false
  @Option(
    help: ArgumentHelp(
      "Run a command line that reads the same, and print first what it prints within 4.5 seconds.",
      valueName: "command"))
  var then: String?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ReadStatusLine(nil).run(in: workspace)
    try console.show(report) { [StatusLine.line(report, columns: 80, style: console.style)] }
    return .success
  }
}
