package import Sessions
import Storage

/// Says which part of the work begins, with a checkpoint of how the one before it has ended; or tells the parts.
package struct SetPhase {
  /// Nil asks; an empty text says that no part is at work any more.
  package var name: String?

  package init(name: String?) { self.name = name }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    /// The last one, if it is at work.
    package let phase: String?
    package let phases: [PhaseUse]
    /// That of the change; nil where nothing was changed.
    package let checkpoint: CheckpointReport?
  }

  package func run(in workspace: Workspace) throws -> Report {
    var saved: TakeCheckpoint.Report?
    if let name {
      let name = PlainText.line(name)
      guard name.count <= 100 else {
        throw SessionError(.usage, "the name of a phase has at most 100 characters")
      }
      let state = try workspace.unended().history.state
      if name != state.phases.last?.name ?? "" {
        var checkpoint = TakeCheckpoint(message: name.isEmpty ? nil : name, trigger: .phase)
        checkpoint.isLandmark = true
        checkpoint.facts = [.phaseSet(name)]
        saved = try checkpoint.run(in: workspace)
      }
    }
    let state = try workspace.current().history.state
    return Report(
      session: SessionHeading(state), phase: state.phase, phases: PhaseUse.all(of: state, now: workspace.now),
      checkpoint: saved?.checkpoint)
  }
}

/// What a phase has taken.
package struct PhaseUse: Encodable, Sendable {
  package let name: String
  package let started: Timestamp
  /// Nil as long as it goes on.
  package let ended: Timestamp?
  package let milliseconds: Int64
  /// By which the contexts of agents have grown, in all of their runs together.
  package let tokens: Int
  /// The fullest that a context was, of where the agent compacts it; nil if no agent said anything.
  package let peakPercent: Int?
  package let compactions: Int

  /// In their order; what was before the first one is no phase.
  static func all(of state: SessionState, now: Timestamp) -> [PhaseUse] {
    state.phases.enumerated().filter { !$1.name.isEmpty }.map { place, phase in
      let end = place + 1 < state.phases.count ? state.phases[place + 1].started : state.ended
      return PhaseUse(phase, until: end, of: state, now: now)
    }
  }

  private init(_ phase: SessionState.Phase, until end: Timestamp?, of state: SessionState, now: Timestamp) {
    (name, started, ended) = (phase.name, phase.started, end)
    milliseconds = (end ?? now).milliseconds(since: phase.started)
    var (tokens, compactions, peak) = (0, 0, nil as Int?)
    for run in state.runs.values {
      var before: ContextMeasure?
      for sample in run.samples {
        let measure = sample.measure
        if sample.time >= phase.started, end.map({ sample.time < $0 }) ?? true {
          let isSame = before?.compactions == measure.compactions
          tokens += isSame ? max(0, measure.tokens - (before?.tokens ?? 0)) : measure.tokens
          compactions += max(0, measure.compactions - (before?.compactions ?? measure.compactions))
          peak = max(peak ?? 0, measure.percent)
        }
        before = measure
      }
    }
    (self.tokens, self.compactions, peakPercent) = (tokens, compactions, peak)
  }
}
