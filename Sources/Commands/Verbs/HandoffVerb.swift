import ArgumentParser
import Operations
import Sessions

struct HandoffVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "handoff", abstract: "Write the document from which a stranger continues.",
    discussion: """
      It is made from what was recorded, the commits and the work tree; the same state gives the same document. With \
      --verify it tells whether a document, read from the --output file or from standard input, is still fresh.

      The document itself is written with --quiet too, which silences remarks and the verdict of --verify.
      """)

  static let isReading = true

  enum Format: String, ExpressibleByArgument, CaseIterable { case md, json }

  @Argument(help: "A session; the current one without it.", completion: .words(.sessions)) var session:
    String?
  @Option(help: "Markdown or JSON.") var format = Format.md
  @Option(help: "Tokens that it may have, at least 400: 4000, 8k.") var budget: String?
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write it to this file; '-' is standard output.", valueName: "file"),
    completion: .file())
  var file: String?
  @Flag(help: "Exit with 0 if a document is fresh, with 1 if it is stale.") var verify = false
  @Option(
    help: ArgumentHelp(
      "Make it without a session, from the commits since this revision.", valueName: "revision"))
  var since: String?
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let budget, Tokens.parse(budget) == nil {
      throw ValidationError("'\(budget)' is no number of tokens; write 4000 or 8k.")
    }
    if let budget = budget.flatMap(Tokens.parse), budget < MakeHandoff.minimumBudget {
      throw ValidationError("--budget takes a number from \(MakeHandoff.minimumBudget) on.")
    }
    if verify && (session != nil || since != nil || budget != nil) {
      throw ValidationError("--verify takes what it compares from the document; it goes with --output alone.")
    }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    if verify { return try judge(workspace, console) }
    let isPrinted = file == nil || file == "-"
    let make = MakeHandoff(
      session: session, since: since, budget: budget.flatMap(Tokens.parse),
      file: isPrinted ? workspace.world.redirections().output : file)
    let report = try make.run(in: workspace)
    let document = format == .json || console.isJSON ? try console.json(report) : report.markdown
    guard let file, !isPrinted else {
      console.write(document)
      return .success
    }
    try MakeHandoff.write(document, to: file, in: workspace)
    console.remark("Wrote \(Text.line(file))")
    return .success
  }

  private func judge(_ workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let document = try MakeHandoff.read(file ?? "-", in: workspace)
    let verdict = try MakeHandoff.verify(document, from: file == "-" ? nil : file, in: workspace)
    try console.show(verdict) {
      verdict.isFresh ? ["Fresh."] : ["Stale:"] + verdict.differences.map { "  " + Text.line($0) }
    }
    return verdict.isFresh ? .success : .no
  }
}
