package import Agents
import Git
package import Sessions

/// What fits on one line about the session of a work tree and the context of an agent: for the status line of an agent
/// and the prompt of a shell. It looks at no file of the work tree and at no other session.
package struct ReadStatusLine {
  private let agent: any Agent
  /// What the agent has said; nil if a shell asks.
  private let input: StatusLineInput?

  package init(_ input: StatusLineInput?, of agent: String = "claude-code") {
    self.input = input
    self.agent = Agents.named(agent) ?? Agents.all[0]
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading?
    package let lifecycle: Lifecycle?
    /// Since the last checkpoint of this work tree.
    package let savedMilliseconds: Int64?
    /// Of what the context holds until the agent compacts it or is refused. Nil if nobody knows.
    package let percent: Int?
    /// How many turns there are until then, by those before.
    package let turnsLeft: Int?
    /// Percent, rising.
    package let thresholds: [Int]
  }

  package func run(in workspace: Workspace) throws -> Report {
    let heading = try HeadingMemo.current(in: workspace)
    let thresholds = try? workspace.settings.contextThresholds
    let context = try context(in: workspace)
    return Report(
      session: heading?.session, lifecycle: heading?.lifecycle,
      savedMilliseconds: heading?.saved.map { workspace.now.milliseconds(since: $0) },
      percent: context?.percent, turnsLeft: context?.turnsLeft,
      thresholds: (thresholds ?? .standard).percentages)
  }

  /// Where there is no repository.
  package func run(in world: World) -> Report {
    Report(
      session: nil, lifecycle: nil, savedMilliseconds: nil,
      percent: input.flatMap { percent($0, workTree: $0.folder, world) }, turnsLeft: nil,
      thresholds: ContextThresholds.standard.percentages)
  }

  private func context(in workspace: Workspace) throws -> (percent: Int, turnsLeft: Int?)? {
    guard let input else {
      let fullest = try AgentContext.all(in: workspace).compactMap(\.row).max { $0.percent < $1.percent }
      return fullest.map { ($0.percent, $0.turnsLeft) }
    }
    if let run = input.run, let size = input.windowSize {
      try AgentWindows(workspace.repository).learn(size, run: run, model: input.model, agent: agent.name)
    }
    guard let percent = percent(input, workTree: workspace.repository.workTree ?? "", workspace.world) else {
      return nil
    }
    return (percent, nil)
  }

  private func percent(_ input: StatusLineInput, workTree: String, _ world: World) -> Int? {
    let transcript = input.transcript
    let places = AgentPlaces(environment: world.environment, workTree: workTree)
    guard let usage = transcript.usage,
      let window = agent.window(
        of: transcript, settings: agent.configurations(in: places), environment: world.environment)
    else { return nil }
    return Int(window.percent(usage).rounded())
  }
}

extension ContextThresholds {
  var percentages: [Int] { [save, handoff, emergency] }
}
