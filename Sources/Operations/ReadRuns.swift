import Agents
import Git
package import Sessions
import Storage

/// The runs of agents in a session: who has worked on it, how long, and how full their contexts became.
package struct ReadRuns {
  package var session: String?

  package init(session: String?) { self.session = session }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    /// In the order in which they became known.
    package let runs: [Row]

    package struct Row: Encodable, Sendable {
      package enum State: String, Encodable, Sendable {
        /// As far as is known here.
        case running
        case ended
        /// It ended without a word.
        case lost
      }

      package let agent: String
      /// By which the agent knows it.
      package let run: String
      /// The command that takes the conversation up again, on the machine where it was.
      package let resumeCommand: String?
      package let model: String?
      package let state: State
      /// In the agent's word.
      package let reason: String?
      package let started: Timestamp
      package let ended: Timestamp?
      /// How its contexts began: `startup`, `resume`, `compact`…
      package let sources: [String]
      package let compactions: Int
      /// The last measure of its context, in tokens; nil if it said nothing.
      package let tokens: Int?
      package let limit: Int?
      package let percent: Int?
      /// The fullest that its context was, of where the agent compacts it.
      package let peakPercent: Int?
      /// Of the user's commits, those that it has made.
      package let commits: Int
      /// Bytes of the agent's transcript that are kept.
      package let transcriptBytes: Int
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let state = try workspace.session(named: session).state
    // Of those at work here more is known than was saved.
    let isCurrent = try workspace.currentIfAny()?.history.id == state.id
    let contexts = isCurrent ? try AgentContext.all(in: workspace).compactMap(\.row) : []
    return Report(
      session: try workspace.heading(of: state),
      runs: state.runsInOrder.map { run in
        let last = run.samples.last?.measure
        let now = contexts.first { ($0.agent, $0.run) == (run.id.agent, run.id.run) }
        return Report.Row(
          agent: run.id.agent, run: run.id.run,
          resumeCommand: Agents.named(run.id.agent)?.resuming(run.id.run),
          model: now?.model ?? run.model,
          state: run.reason == AgentRun.lost
            ? .lost : run.ended == nil && !state.lifecycle.isEnded ? .running : .ended,
          reason: run.reason,
          started: run.started, ended: run.ended,
          sources: run.starts.map { PlainText.line($0.source, limit: 40) },
          compactions: now?.compactions ?? last?.compactions ?? 0, tokens: now?.tokens ?? last?.tokens,
          limit: now?.limit ?? last?.limit, percent: now?.percent ?? last?.percent,
          peakPercent: (run.samples.map { $0.measure.percent } + [now?.percent].compactMap(\.self)).max(),
          commits: state.commits.count { $0.by == run.id },
          transcriptBytes: run.segments.reduce(0) { $0 + $1.range.count })
      })
  }
}

/// What is kept of the conversation of a run: the agent's own lines, without noise and secrets.
package struct ReadTranscript {
  package var session: String?
  /// The beginning of the run's name, as the agent has it.
  package var run: String

  package init(session: String?, run: String) { (self.session, self.run) = (session, run) }

  package struct Report: Encodable, Sendable {
    package let agent: String
    package let run: String
    package let lines: [String]
    /// Parts that are not here: a squashed chain, or a clone that lacks objects.
    package let missingParts: Int
  }

  package func run(in workspace: Workspace) throws -> Report {
    let history = try workspace.session(named: session)
    let found = history.state.runsInOrder.filter { $0.id.run.hasPrefix(run) }
    guard let one = found.last(where: { $0.id.run == run }) ?? found.last,
      found.count == 1 || one.id.run == run
    else {
      throw SessionError(
        .no,
        found.isEmpty ? "there is no run '\(PlainText.line(run))'" : "'\(PlainText.line(run))' is ambiguous",
        hints: ["'git session runs' shows those of this session."])
    }
    var (bytes, missing) = ([UInt8](), 0)
    try history.readTranscript(of: one, from: workspace.repository) { _, part in
      if let part { bytes += part } else { missing += 1 }
    }
    return Report(
      agent: one.id.agent, run: one.id.run,
      lines: bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) },
      missingParts: missing)
  }
}

extension SessionHistory {
  /// Gives the kept parts of a run's transcript in their order, of the last `count` if that is given; nil for one that is
  /// not here, or holds more than its range can come to.
  func readTranscript(
    of run: AgentRun, last count: Int = .max, from reader: some ObjectReader,
    part: (TranscriptSegment, [UInt8]?) throws -> Void
  ) throws {
    let parts = run.segments.suffix(count)
    let wanted = Set(parts)
    var holders: [TranscriptSegment: ChainCommit] = [:]
    for commit in commits.reversed() where holders.count < wanted.count {
      // A squashed chain repeats events of other writers, and has no files.
      for event in commit.events where event.id.writer == commit.writer {
        guard case .transcriptKept(run.id, let segment) = event.fact, wanted.contains(segment),
          holders[segment] == nil
        else { continue }
        holders[segment] = commit
      }
    }
    for segment in parts {
      try part(segment, holders[segment].flatMap { try read(segment, in: $0, from: reader) })
    }
  }

  private func read(
    _ segment: TranscriptSegment, in holder: ChainCommit, from reader: some ObjectReader
  ) throws -> [UInt8]? {
    // What stands for a secret may be longer than the secret.
    let limit = min(Self.segmentLimit, 4 * segment.range.count + 1 << 16)
    do {
      return try reader.attachment(segment.file, of: holder, limit: limit)
    } catch let error as GitError where error.kind == .tooLarge {
      return nil
    }
  }

  /// In bytes; more than a segment of ours has.
  private static let segmentLimit = 64 << 20
}
