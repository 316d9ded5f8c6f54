import ArgumentParser
import Operations
import Sessions

struct Runs: Verb {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "Show which agents have worked in a session.",
    discussion: """
      One line for each conversation of a connected agent ('git session agent'): how full its context was at last, how \
      often it was compacted, and how many commits it has made. --transcript prints what is kept of one, as the agent \
      wrote it, but without copies, pictures and secrets (session.transcripts).
      """)

  static let isReading = true

  @Argument(help: "A session; the current one without it.", completion: .words(.sessions)) var session:
    String?
  @Option(help: ArgumentHelp("Print the conversation of a run, named by its beginning.", valueName: "run"))
  var transcript: String?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    if let transcript {
      let report = try ReadTranscript(session: session, run: transcript).run(in: workspace)
      if report.missingParts > 0 {
        console.remark("warning: \(Text.plural(report.missingParts, "part")) of the transcript not here")
      }
      try console.show(report) { report.lines }
      return .success
    }
    let report = try ReadRuns(session: session).run(in: workspace)
    try console.show(report) {
      report.runs.isEmpty
        ? ["No agent that is connected has worked in \(report.session.label)."]
        : console.fitted(Text.table(report.runs.map { Self.cells($0, console) }))
    }
    return .success
  }

  private static func cells(_ row: ReadRuns.Report.Row, _ console: Console) -> [String] {
    var words: [String] = []
    if let percent = row.percent, let limit = row.limit {
      words.append("\(percent) % of \(Tokens.format(limit)) tokens")
    }
    if row.compactions > 0 { words.append("compacted \(Text.plural(row.compactions, "time"))") }
    if row.commits > 0 { words.append(Text.plural(row.commits, "commit")) }
    let state = row.state == .running ? console.style.good(row.state.rawValue) : row.state.rawValue
    return [
      console.style.name(row.agent), String(Text.line(row.run).prefix(13)), state, row.started.minute,
      row.model.map { Text.line($0) } ?? "-", words.joined(separator: ", "),
    ]
  }
}
