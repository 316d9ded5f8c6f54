import Git
package import Sessions
import Storage

/// The chain of a session, commit by commit, the newest first.
package struct ReadLog {
  package var session: String?
  /// Show records too, which hold events but no snapshot.
  package var includesRecords: Bool
  package var limit: Int?

  package init(session: String?, includesRecords: Bool, limit: Int?) {
    self.session = session
    self.includesRecords = includesRecords
    self.limit = limit
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let entries: [Entry]

    package struct Entry: Encodable, Sendable {
      package let commit: String
      package let writer: WriterID
      package let time: Timestamp
      package let ageMilliseconds: Int64
      /// Nil for a record.
      package let checkpoint: CheckpointReport?
      /// The commits of the user that it links to the session, with the agents that made them.
      package let commits: [ShowSession.Report.CommitReport]
      /// What its events say, in short.
      package let events: [String]
      /// The entries of this report that it continues, by commit.
      package let parents: [String]
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let history = try workspace.session(named: session)
    let shown = history.commits.filter { $0.previous != nil && (includesRecords || $0.checkpoint != nil) }
    let ids = Set(shown.map(\.id))
    let entries = shown.reversed().prefix(limit ?? .max).map { commit in
      // The commit itself knows only seconds.
      let time =
        commit.checkpoint?.time ?? commit.events.last?.time ?? Timestamp(milliseconds: commit.time * 1000)
      return Report.Entry(
        commit: commit.id.hex, writer: commit.writer, time: time,
        ageMilliseconds: workspace.now.milliseconds(since: time),
        checkpoint: CheckpointReport(commit, in: history), commits: commit.events.compactMap(Self.made),
        events: commit.events.map(\.fact.summary),
        parents: history.nearest(to: commit, among: ids).map(\.hex))
    }
    return Report(session: SessionHeading(history.state), entries: Array(entries))
  }
}

extension ReadLog {
  /// The commit that an event says was made.
  private static func made(_ event: Event) -> ShowSession.Report.CommitReport? {
    guard case .commitMade(let id, let subject, let run) = event.fact else { return nil }
    return .init(commit: id, subject: subject, time: event.time, agent: run?.agent)
  }
}

extension Fact {
  /// One line for people.
  package var summary: String {
    switch self {
    case .started(_, let objective, _): "started: \(objective)"
    case .objectiveSet(let text): "objective: \(text)"
    case .nameSet(let text): "name: \(text)"
    case .budgetSet(let tokens): "budget: \(Tokens.format(tokens)) tokens"
    case .nextStepSet(let text): text.isEmpty ? "next step cleared" : "next: \(text)"
    case .phaseSet(let name): name.isEmpty ? "phase ended" : "phase: \(name)"
    case .lifecycleChanged(let change): change.rawValue
    case .itemAdded(let kind, let text, _): "\(kind.rawValue): \(text)"
    case .itemResolved(let id, _): "resolved \(id.sequence)"
    case .itemReopened(let id): "reopened \(id.sequence)"
    case .itemRemoved(let id): "removed \(id.sequence)"
    case .commitMade(let id, let subject, let run):
      "commit \(id.prefix(8)) \(subject)\(run.map { " (\($0.agent))" } ?? "")"
    case .commitRewritten(let old, let new, let isCopy):
      "commit \(old.prefix(8)) \(isCopy ? "repeated" : "rewritten") as \(new.prefix(8))"
    case .runStarted(let run, let source): "\(run.agent): \(PlainText.line(source, limit: 40))"
    case .runEnded(let run, let reason):
      "\(run.agent) ended\(reason.map { ": \(PlainText.line($0, limit: 40))" } ?? "")"
    case .contextMeasured(let run, let measure):
      "\(run.agent): \(Tokens.format(measure.tokens)) of \(Tokens.format(measure.limit)) tokens"
    case .transcriptKept(let run, let segment): "\(run.agent): \(segment.range.count) bytes of transcript"
    case .handoffKept: "handoff kept"
    case .writerReplaced(let writer): "rewrote what \(writer) had written"
    case .deleted: "deleted"
    case .unknown(let kind, _): kind
    }
  }
}
