import Files
import Git
import Sessions
import Snapshots
import Storage

/// Takes a session up where it was left, by another clone perhaps: branch, index and files become those of its
/// head, after a safety checkpoint of what is here.
package struct ResumeSession {
  /// Nil for the current one or, with a remote, the only one there that goes on. A writer behind it, `S@writer`, says
  /// which of several heads.
  package var session: String?
  /// Fetch from this remote first, and look for the session among its own.
  package var remote: String?
  /// A branch to create at the base.
  package var branch: String?
  /// Which of several heads.
  package var head: String?

  package init(session: String?, remote: String?, branch: String?, head: String?) {
    self.session = session
    self.remote = remote
    self.branch = branch
    self.head = head
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    /// The state that was taken up.
    package let checkpoint: CheckpointReport
    /// `refs/heads/main`; nil if HEAD is detached.
    package let branch: String?
    package let commit: String?
    package let isNewBranch: Bool
    /// Why HEAD is not on the session's branch.
    package let detachedBecause: String?
    package let written: [String]
    package let removed: [String]
    package let kept: [RestoreCheckpoint.Report.Kept]
    package let held: [String]
    package let absent: Absent
    /// What was here before, and in which session that is saved.
    package let safety: CheckpointReport
    package let safetySession: String
    /// The first checkpoint of this work tree in the session; nil if it could not be saved.
    package let result: CheckpointReport?
    package let refused: [FetchSessions.Report.Refusal]
    package let handoff: MakeHandoff.Report
  }

  package func run(in workspace: Workspace) throws -> Report {
    _ = try workspace.repository.requireWorkTree()
    let found = try find(workspace)
    let writer = try session.flatMap { WriterName.split($0).writer }.map(found.history.writer(named:))
    let chosen = try HeadChoice(named: head, of: writer, in: found.history)
    let resumption = try Resuming(chosen, in: found.history, branch: branch, workspace)
    let outcome = try workspace.changingWorkTree { try resumption.carryOut() }
    let operation = chosen.checkpoint.checkpoint?.operation?.kind
    let target = resumption.target
    let plan = resumption.prepared.plan
    guard let report = CheckpointReport(chosen.checkpoint, in: found.history) else {
      throw SessionError(.fatal, "the checkpoint cannot be read back")
    }
    return Report(
      session: try workspace.heading(of: found.history.state), checkpoint: report, branch: target.head.branch,
      commit: target.head.commit?.hex, isNewBranch: target.branches.contains { $0.from == nil },
      detachedBecause: target.detachedBecause, written: plan.writes.map(\.path.description),
      removed: plan.removals.map(\.path.description),
      kept: plan.kept.map { .init(path: $0.path.description, reason: $0.reason.rawValue) },
      held: plan.held.map(\.description),
      absent: try Absent(
        leftOut: report.leftOut, operation: operation == .rebase ? operation : nil, in: workspace),
      safety: outcome.safety, safetySession: outcome.safetySession, result: outcome.result,
      refused: found.refused.filter { $0.session == found.history.id },
      handoff: try MakeHandoff(session: found.history.id.description, since: nil, budget: nil)
        .run(in: workspace))
  }

  /// The states that a session stands in, the newest first: what ``head`` may name.
  package static func heads(of session: String?, in workspace: Workspace) throws -> [CheckpointReport] {
    let history = try workspace.session(named: session)
    return HeadChoice.heads(of: history).reversed().compactMap {
      CheckpointReport($0.checkpoint, in: history)
    }
  }

  private struct Found {
    let history: SessionHistory
    var refused: [FetchSessions.Report.Refusal] = []
  }

  private func find(_ workspace: Workspace) throws -> Found {
    guard let remote else { return Found(history: try workspace.session(named: session)) }
    let fetched = try FetchSessions(remote: remote).run(in: workspace)
    let ids = try RemoteSessions(of: fetched.remote, in: workspace.repository).sessions()
    let there = try workspace.summaries().filter { ids.contains($0.id) }
    if let session, session != "@" {
      guard let history = try workspace.findSession(named: session, among: there) else {
        throw SessionError(
          .no, "\(fetched.remote) has no session '\(session)'",
          hints: ["'git session list --remote \(fetched.remote)' shows its sessions."])
      }
      return Found(history: history, refused: fetched.refused)
    }
    let current = try workspace.currentIfAny()
    if let current, ids.contains(current.history.id) {
      return Found(history: try workspace.session(named: "@"), refused: fetched.refused)
    }
    let open = there.filter { !$0.lifecycle.isEnded }
    guard open.count == 1, let id = open.first?.id, let history = try workspace.repository.history(of: id)
    else {
      let list = open.map {
        "  \(Workspace.distinctLabel($0, among: there))  \(PlainText.line($0.objective))"
      }
      throw SessionError(
        .no, open.isEmpty ? "\(fetched.remote) has no session that goes on" : "name a session", hints: list)
    }
    return Found(history: history, refused: fetched.refused)
  }
}

/// The head that is taken up.
struct HeadChoice {
  let head: ChainCommit
  /// The state of it.
  let checkpoint: ChainCommit

  /// Without a name there must be only one state to choose.
  init(named name: String?, of writer: WriterID?, in history: SessionHistory) throws {
    let heads = Self.heads(of: history)
    let state = history.state
    guard !heads.isEmpty else { throw SessionError(.no, "\(state.label) has no checkpoint") }
    var chosen = heads.filter { writer == nil || $0.head.writer == writer }
    if let writer, chosen.isEmpty {
      throw SessionError(
        .no, "others went on from what \(writer) wrote in \(state.label): it is no head",
        hints: Self.list(heads, history))
    }
    if let name {
      let named = Set(Workspace.matches(name, in: history, at: nil).map(\.id))
      chosen = chosen.filter { named.contains($0.checkpoint.id) }
      guard !chosen.isEmpty else {
        throw SessionError(
          .no, "'\(PlainText.line(name))' is no head of \(state.label)", hints: Self.list(heads, history))
      }
    }
    guard let last = chosen.last, Set(chosen.map(\.checkpoint.tree)).count == 1 else {
      throw SessionError(
        .no, "\(state.label) has several heads: work trees went different ways",
        hints: Self.list(heads, history) + [
          "Choose one with --head, or by its writer: \(state.label)@\(heads[0].head.writer)"
        ])
    }
    (head, checkpoint) = last
  }

  /// Those that have a state.
  static func heads(of history: SessionHistory) -> [(head: ChainCommit, checkpoint: ChainCommit)] {
    history.heads.compactMap { head in
      history.checkpoint(at: head).map { (head: head, checkpoint: $0) }
    }
  }

  private static func list(
    _ heads: [(head: ChainCommit, checkpoint: ChainCommit)], _ history: SessionHistory
  ) -> [String] {
    heads.map { pair in
      let checkpoint = pair.checkpoint.checkpoint
      let message = checkpoint?.message.map { "  " + PlainText.line($0, limit: 60) } ?? ""
      return
        "  \(history.name(of: pair.checkpoint))  \(checkpoint?.time.minute ?? "")  by \(pair.head.writer)\(message)"
    }
  }
}
