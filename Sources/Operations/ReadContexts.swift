import Git
package import Sessions
import Storage

/// How full the contexts of the agents at work in this work tree are, as their last hooks have seen it.
package struct ReadContexts {
  package init() {}

  package struct Report: Encodable, Sendable {
    /// Percent, rising.
    package let thresholds: [Int]
    /// The fullest first.
    package let contexts: [Row]
    /// All contexts that agents have had in the session, as saves have measured them: those of a run after each
    /// other, from one compaction to the next.
    package let past: [Past]
    /// The parts of the work, if it has any.
    package let phases: [PhaseUse]

    package struct Row: Encodable, Sendable {
      package let agent: String
      /// By which the agent knows the run.
      package let run: String
      package let model: String?
      /// In tokens, as the next request will have them.
      package let tokens: Int
      /// Where the agent compacts or is refused, in tokens.
      package let limit: Int
      package let percent: Int
      /// How many turns there are until then, by those before; nil as long as nothing has grown.
      package let turnsLeft: Int?
      /// How many tokens a turn adds, by those before.
      package let tokensPerTurn: Int?
      package let compactions: Int
      /// The agent tells no tokens: they are what the texts that were seen come to, and may be more.
      package let isEstimated: Bool
      /// Percent at the ends of the turns since the last compaction, the oldest first.
      package let turnEnds: [Int]
    }

    package struct Past: Encodable, Sendable {
      package let agent: String
      package let run: String
      package let model: String?
      /// How often the run had been compacted before.
      package let compactions: Int
      package let from: Timestamp
      package let to: Timestamp
      package let isCompacted: Bool
      /// The fullest that it was, in tokens.
      package let tokens: Int
      package let limit: Int
      /// Percent, the oldest first.
      package let percents: [Int]

      /// With what has been seen since the last save.
      fileprivate func going(on row: Row, at now: Timestamp) -> Past {
        guard row.percent != percents.last else { return self }
        return Past(
          agent: agent, run: run, model: row.model, compactions: compactions, from: from, to: now,
          isCompacted: isCompacted, tokens: max(tokens, row.tokens), limit: row.limit,
          percents: percents + [row.percent])
      }
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    _ = try workspace.repository.requireWorkTree()
    let thresholds = try workspace.settings.contextThresholds
    let contexts = try AgentContext.all(in: workspace).compactMap(\.row)
    let state = try workspace.currentIfAny()?.history.state
    let past = (state?.runsInOrder ?? []).flatMap(Self.past).map { past in
      contexts.first { ($0.agent, $0.run, $0.compactions) == (past.agent, past.run, past.compactions) }
        .map { past.going(on: $0, at: workspace.now) } ?? past
    }
    return Report(
      thresholds: thresholds.percentages,
      contexts: contexts.sorted { ($1.percent, $0.run) < ($0.percent, $1.run) },
      past: past,
      phases: state.map { PhaseUse.all(of: $0, now: workspace.now) } ?? [])
  }

  private static func past(_ run: AgentRun) -> [Report.Past] {
    let last = run.samples.last?.measure.compactions
    let groups = Dictionary(grouping: run.samples) { $0.measure.compactions }
    return groups.sorted { $0.key < $1.key }.compactMap { compactions, samples in
      guard let first = samples.first, let end = samples.last,
        let fullest = samples.map(\.measure).max(by: { $0.tokens < $1.tokens })
      else { return nil }
      return Report.Past(
        agent: run.id.agent, run: run.id.run, model: end.measure.model, compactions: compactions,
        from: first.time, to: end.time, isCompacted: compactions != last, tokens: fullest.tokens,
        limit: fullest.limit,
        percents: samples.map(\.measure.percent))
    }
  }
}
