import ArgumentParser
import Operations

struct Diff: Verb {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare checkpoints, the base and the work tree, in git's own formats.",
    discussion: """
      A state is a checkpoint (c4, @~1, SESSION-012:c4), 'base' or 'worktree'. Paths follow after --.
      """)

  @Argument(help: "A state; the latest checkpoint without it.", completion: .words(.states)) var from: String?
  @Argument(help: "A state; the work tree without it.", completion: .words(.states)) var to: String?
  @Argument(parsing: .postTerminator, help: "Only these paths.", completion: .file()) var paths: [String] = []
  @Flag(help: "Print the number of changed lines of each file.") var stat = false
  @Flag(help: "Print the numbers for machines.") var numstat = false
  @Flag(help: "Print only the names of the files.") var nameOnly = false
  @Flag(help: "Print names and kinds of change.") var nameStatus = false
  @Flag(name: .shortAndLong, help: "Print the patch, which is the default.") var patch = false
  @Flag(help: "Mark words instead of lines.") var wordDiff = false
  @Flag(name: [.customShort("w"), .long], help: "Pass over white space.") var ignoreAllSpace = false
  @Option(
    name: [.customShort("U", allowingJoined: true), .long],
    help: ArgumentHelp("Lines of context.", valueName: "lines"))
  var unified: Int?
  @Flag(help: "Exit with 1 if there is a difference.") var exitCode = false
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let compare = CompareStates(from: from, to: to, pathspecs: paths)
    if console.isJSON {
      let report = try compare.run(in: workspace)
      try console.show(report) { [] }
      return exitCode && !report.files.isEmpty ? .no : .success
    }
    let status = try compare.show(options: gitOptions, in: workspace)
    return ExitStatus(rawValue: status) ?? .fatal
  }

  private var gitOptions: [String] {
    let flags: [(Bool, String)] = [
      (stat, "--stat"), (numstat, "--numstat"), (nameOnly, "--name-only"), (nameStatus, "--name-status"),
      (patch, "--patch"), (wordDiff, "--word-diff"), (ignoreAllSpace, "--ignore-all-space"),
      (exitCode, "--exit-code"), (output.quiet, "--quiet"),
    ]
    return flags.filter(\.0).map(\.1) + (unified.map { ["--unified=\($0)"] } ?? [])
  }
}
