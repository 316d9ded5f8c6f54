import Git
package import Sessions
import Storage

/// Everything about one session.
package struct ShowSession {
  package var session: String?

  package init(session: String?) { self.session = session }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let lifecycle: Lifecycle
    package let started: Timestamp
    package let ended: Timestamp?
    package let budget: Int?
    package let nextStep: String?
    package let items: [ItemReport]
    package let commits: [CommitReport]
    package let checkpoints: [CheckpointReport]
    package let heads: [CheckpointReport]
    package let writers: [WriterID]
    /// Events that were not allowed in the state they met.
    package let withoutEffect: [String]
    package let foreign: [ReadStatus.Report.Foreign]

    package struct CommitReport: Encodable, Sendable {
      package let commit: String
      package let subject: String
      package let time: Timestamp
      /// The agent that has made it, as far as is known.
      package let agent: String?
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let history = try workspace.session(named: session)
    let state = history.state
    return Report(
      session: try workspace.heading(of: state), lifecycle: state.lifecycle,
      started: state.started ?? history.id.time,
      ended: state.ended, budget: state.budget, nextStep: state.nextStep,
      items: Item.Kind.allCases.flatMap { state.items($0) }.map { ItemReport($0, in: state) },
      commits: state.commits.map {
        Report.CommitReport(commit: $0.id, subject: $0.subject, time: $0.time, agent: $0.by?.agent)
      },
      checkpoints: history.checkpoints.compactMap { CheckpointReport($0, in: history) },
      heads: history.heads.compactMap { history.checkpoint(at: $0) }.compactMap {
        CheckpointReport($0, in: history)
      },
      writers: Set(history.commits.map(\.writer)).sorted(),
      withoutEffect: state.ineffective.map { "\($0.event.id): \($0.event.fact.summary) (\($0.reason))" },
      foreign: history.foreign.map { ReadStatus.Report.Foreign(commit: $0.id.hex, reason: $0.reason) })
  }
}

/// Everything about one checkpoint, with the files that it changed.
package struct ShowCheckpoint {
  package var checkpoint: String

  package init(checkpoint: String) { self.checkpoint = checkpoint }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let checkpoint: CheckpointReport
    package let tree: String
    package let writer: WriterID
    package let clock: Int64
    /// What was staged beside the base, as a commit.
    package let index: String?
    package let conflict: String?
    package let events: [String]
    /// The checkpoint that ``files`` are compared with; nil stands for the base.
    package let comparedWith: String?
    package let files: [FileChange]
  }

  package func run(in workspace: Workspace) throws -> Report {
    let place = try workspace.checkpoint(named: checkpoint)
    let (history, commit) = (place.history, place.checkpoint)
    guard let report = CheckpointReport(commit, in: history) else {
      throw SessionError(.no, "'\(checkpoint)' is no checkpoint")
    }
    let before = history.predecessor(of: commit)
    let reference =
      try before?.tree ?? commit.base.map { try workspace.repository.commit($0).tree }
      ?? workspace.repository.emptyTree
    return Report(
      session: try workspace.heading(of: history.state), checkpoint: report, tree: commit.tree.hex,
      writer: commit.writer,
      clock: commit.clock, index: commit.index?.hex, conflict: commit.conflict?.hex,
      events: commit.events.map(\.fact.summary), comparedWith: before.map { history.name(of: $0) },
      files: try workspace.repository.fileChanges(from: reference, to: commit.tree))
  }
}

/// `show` takes either; a name that both could have is a session's, one with a writer the latest checkpoint of that.
package enum Shown: Sendable {
  case session(ShowSession.Report)
  case checkpoint(ShowCheckpoint.Report)

  package static func find(_ name: String?, in workspace: Workspace) throws -> Shown {
    guard let name, name != "@", name != "@{-1}" else {
      return .session(try ShowSession(session: name).run(in: workspace))
    }
    let isSession =
      try !name.contains(":") && !name.hasPrefix("@~") && WriterName.split(name).writer == nil
      && workspace.findSession(named: name) != nil
    if isSession { return .session(try ShowSession(session: name).run(in: workspace)) }
    return .checkpoint(try ShowCheckpoint(checkpoint: name).run(in: workspace))
  }
}
