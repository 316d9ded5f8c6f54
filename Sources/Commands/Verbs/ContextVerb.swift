import ArgumentParser
import Operations

struct ContextVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "context", abstract: "Show how full the contexts of agents are.",
    discussion: """
      Of agents that are connected ('git session agent') and at work in this work tree, as their last hooks have seen \
      it. Percentages are of where the agent compacts its context or is refused. The marks are the thresholds at which \
      work is saved (session.context.thresholds).
      """)

  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ReadContexts().run(in: workspace)
    try console.show(report) {
      report.contexts.isEmpty
        ? ["No agent that is at work here has said how full its context is."]
        : report.contexts.flatMap { console.fitted(Self.lines($0, report.thresholds, console)) }
    }
    return .success
  }

  private static func lines(
    _ row: ReadContexts.Report.Row, _ thresholds: [Int], _ console: Console
  ) -> [String] {
    let model = row.model.map { "  " + Text.line($0) } ?? ""
    let gauge = Gauge.bar(row.percent, thresholds, width: 40)
    let isHigh = row.percent >= thresholds.dropFirst().first ?? 100
    let painted = isHigh ? console.style.bad(gauge) : console.style.good(gauge)
    var words = ["\(row.percent) % of \(row.limit) tokens"]
    if let turns = row.turnsLeft { words.append("about \(Text.plural(turns, "turn")) left") }
    if row.compactions > 0 { words.append("compacted \(Text.plural(row.compactions, "time"))") }
    var lines = [
      "\(console.style.name(row.agent))  \(Text.line(row.run))\(model)",
      "  [\(painted)]  \(words.joined(separator: ", "))",
    ]
    if !row.turnEnds.isEmpty {
      lines.append("  at the ends of turns: \(row.turnEnds.map(String.init).joined(separator: " ")) %")
    }
    return lines
  }
}
