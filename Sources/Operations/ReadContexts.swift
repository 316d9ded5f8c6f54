import Git
import Sessions

/// How full the contexts of the agents at work in this work tree are, as their last hooks have seen it.
package struct ReadContexts {
  package init() {}

  package struct Report: Encodable, Sendable {
    /// Percent, rising.
    package let thresholds: [Int]
    /// The fullest first.
    package let contexts: [Row]

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
      package let compactions: Int
      /// Percent at the ends of the turns since the last compaction, the oldest first.
      package let turnEnds: [Int]
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    _ = try workspace.repository.requireWorkTree()
    let thresholds = try workspace.settings.contextThresholds
    let contexts = try AgentContext.all(in: workspace).compactMap(\.row)
    return Report(
      thresholds: thresholds.percentages,
      contexts: contexts.sorted { ($1.percent, $0.run) < ($0.percent, $1.run) })
  }
}
