package import Sessions
import Storage

/// Pauses, continues, completes, abandons or reopens a session.
package struct ChangeLifecycle {
  package var change: Lifecycle.Change
  package var session: String?

  package init(_ change: Lifecycle.Change, session: String?) {
    self.change = change
    self.session = session
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let lifecycle: Lifecycle
    package let started: Timestamp
    package let activeMilliseconds: Int64
    package let checkpoints: Int
    package let commits: Int
    package let decisions: Int
    /// Blockers and questions that nobody has resolved.
    package let open: [ItemReport]
    package let nextStep: String?
    /// The last state before the change, if there was something to save.
    package let checkpoint: CheckpointReport?
    /// True if the session was not the current one of this work tree and is now.
    package let isEntered: Bool
    package let left: LeftSession?
  }

  package func run(in workspace: Workspace) throws -> Report {
    let history = try workspace.session(named: session)
    let label = history.state.label
    let isCurrent = try workspace.state()?.current == history.id
    // Going on with a session that is active elsewhere means to make it the current one here.
    let enters = !isCurrent && (change == .continue || change == .reopen)
    let from = history.state.lifecycle
    let isNoChange = enters && change == .continue && from == .active
    guard isNoChange || from.after(change) != nil else {
      let isThere = Lifecycle.allCases.contains { $0.after(change) == from }
      throw SessionError(
        .no, "\(label) is \(from.rawValue)\(isThere ? " already" : "; it cannot \(change.rawValue)")",
        hints: isThere ? [] : Self.hints(from))
    }
    let saved = isCurrent && !from.isEnded ? try saveBefore(workspace) : nil
    let current = try place(in: history.id, workspace)
    let left = try enters ? workspace.currentIfAny().flatMap { try workspace.leave($0) } : nil
    if enters { try workspace.updateState { $0.enter(history.id, at: current.tip.id, lifecycle: from) } }
    guard !isNoChange else { return try report(current.history, saved, enters, left, workspace) }
    let appended = try Saving(workspace).record(
      [.lifecycleChanged(change)], in: current, entering: isCurrent || enters)
    let to = appended.history.state.lifecycle
    try workspace.remember(
      .changedLifecycle(from: from, to: to), title: "\(change.rawValue) \(label)", session: history.id)
    if to.isEnded {
      workspace.archiveEndedSessions()
      workspace.start(.mergeAllPacks)
    }
    return try report(appended.history, saved, enters, left, workspace)
  }

  /// What the work tree holds when a session rests or ends belongs to it.
  private func saveBefore(_ workspace: Workspace) throws -> CheckpointReport? {
    guard change != .continue else { return nil }
    let report = try TakeCheckpoint(message: "before \(change.rawValue)", trigger: .safety).run(in: workspace)
    return report.isNew ? report.checkpoint : nil
  }

  private func place(in session: SessionID, _ workspace: Workspace) throws -> Workspace.Current {
    guard let current = try workspace.place(in: session) else {
      throw SessionError(.no, "the session has just been deleted")
    }
    return current
  }

  private static func hints(_ state: Lifecycle) -> [String] {
    let allowed = Lifecycle.Change.allCases.filter { state.after($0) != nil }
    return ["What it can do: " + allowed.map { "'git session \($0.rawValue)'" }.joined(separator: ", ")]
  }

  private func report(
    _ history: SessionHistory, _ saved: CheckpointReport?, _ enters: Bool, _ left: LeftSession?,
    _ workspace: Workspace
  ) throws -> Report {
    let state = history.state
    let open = [Item.Kind.blocker, .question].flatMap { state.items($0).filter(\.isOpen) }
    return Report(
      session: try workspace.heading(of: state), lifecycle: state.lifecycle,
      started: state.started ?? state.id.time,
      activeMilliseconds: state.activeMilliseconds(now: workspace.now),
      checkpoints: history.checkpoints.count,
      commits: state.commits.count, decisions: state.items(.decision).count,
      open: open.map { ItemReport($0, in: state) }, nextStep: state.nextStep, checkpoint: saved,
      isEntered: enters, left: left)
  }
}
