import ArgumentParser
import Operations
import Sessions

struct ContextVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "context", abstract: "Show how full the contexts of agents are.",
    discussion: """
      Of agents that are connected ('git session agent') and at work in this work tree, as their last hooks have seen \
      it. Percentages are of where the agent compacts its context or is refused. The marks are the thresholds at which \
      work is saved (session.context.thresholds). Below stands how the context has filled up, a column for each save \
      that has measured it, with a c where it was compacted, and a line for each context that the agents of the \
      session have had.
      """)

  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ReadContexts().run(in: workspace)
    try console.show(report) {
      let now =
        report.contexts.isEmpty
        ? ["No agent that is at work here has said how full its context is."]
        : report.contexts.flatMap { console.fitted(Self.lines($0, report, console)) }
      let phases =
        report.phases.isEmpty ? [] : ["Phases of this session:"] + PhaseVerb.table(report.phases, console)
      return now + console.fitted(Self.past(report)) + phases
    }
    return .success
  }

  private static func lines(
    _ row: ReadContexts.Report.Row, _ report: ReadContexts.Report, _ console: Console
  ) -> [String] {
    let model = row.model.map { "  " + Text.line($0) } ?? ""
    let gauge = Gauge.bar(row.percent, report.thresholds, width: min(40, console.pictureWidth / 2))
    let isHigh = row.percent >= report.thresholds.dropFirst().first ?? 100
    let painted = isHigh ? console.style.bad(gauge) : console.style.good(gauge)
    let about = row.isEstimated ? "about " : ""
    var words = ["\(about)\(row.percent) % of \(row.limit) tokens"]
    if row.compactions > 0 { words.append("compacted \(Text.plural(row.compactions, "time"))") }
    var lines = [
      "\(console.style.name(row.agent))  \(Text.line(row.run))\(model)",
      "  [\(painted)]  \(words.joined(separator: ", "))",
    ]
    if let turns = row.turnsLeft, let growth = row.tokensPerTurn {
      let when =
        turns == 0
        ? "the next turn may bring compaction" : "about \(Text.plural(turns, "turn")) until compaction"
      lines.append("  \(when), at \(Tokens.format(growth)) tokens a turn")
    }
    return lines + plot(row, report, console).map { "  " + $0 }
  }

  /// What saves have measured of the run, or else the ends of its turns.
  private static func plot(
    _ row: ReadContexts.Report.Row, _ report: ReadContexts.Report, _ console: Console
  ) -> [String] {
    let past = report.past.filter { ($0.agent, $0.run) == (row.agent, row.run) }
    var plot = Plot(
      values: [], thresholds: report.thresholds, width: console.pictureWidth - 2, isPlain: console.isPlain)
    for context in past {
      if !plot.values.isEmpty { plot.breaks.insert(plot.values.count) }
      plot.values += context.percents
    }
    if plot.values.count < row.turnEnds.count { (plot.values, plot.breaks) = (row.turnEnds, []) }
    if !plot.values.isEmpty, plot.values.last != row.percent {
      let last = past.last?.compactions ?? row.compactions
      if last != row.compactions { plot.breaks.insert(plot.values.count) }
      plot.values.append(row.percent)
    }
    return plot.values.count > 1 ? plot.lines : []
  }

  private static func past(_ report: ReadContexts.Report) -> [String] {
    guard !report.past.isEmpty else { return [] }
    let rows = report.past.map { context in
      [
        "  \(context.agent)", Text.line(context.run, limit: 12), "\(context.compactions + 1)",
        Text.duration(context.to.milliseconds(since: context.from)),
        "\(context.percents.first ?? 0) % to \(context.percents.max() ?? 0) %",
        "\(Tokens.format(context.tokens)) of \(Tokens.format(context.limit))",
        context.isCompacted ? "compacted" : "",
      ]
    }
    return ["Contexts in this session:"]
      + Text.table([["  agent", "run", "no.", "time", "full", "tokens", ""]] + rows)
  }
}
