import Git
import Sessions
import Snapshots
import Storage

extension UndoLast {
  /// Reverses a resume, or the undo of one: files, index, HEAD, branches, the operation in progress, and the session
  /// of the work tree.
  func goBack(
    from resumption: Resumption, _ entry: UndoEntry, _ title: String, _ workspace: Workspace
  ) throws -> Report.Step {
    let repository = workspace.repository
    guard let place = try workspace.place(in: entry.session), let commit = place.history[resumption.safety]
    else { throw SessionError(.no, "the checkpoint before '\(entry.title)' is no longer there") }
    if let after = resumption.after {
      try requireUnmoved(after, entry, place.history.name(of: commit), workspace)
    }
    let restoring = try Restoring(workspace, title: title)
    let prepared = try restoring.prepare(try RestoreSource(commit, in: repository))
    let change = PositionChange(
      head: Head(branch: resumption.branch, commit: resumption.commit),
      branches: try resumption.branches.filter { try isStill($0, repository) }.map(\.reversed),
      operation: resumption.operation)
    let reverse = try reverse(of: resumption, change, prepared.before.head, workspace)
    let changed = try workspace.changingWorkTree {
      try restoring.change(
        prepared, in: try workspace.currentIfAny() ?? place, index: .putBack(resumption.index),
        entering: true, position: change
      ) { safety, index in
        var reverse = reverse
        (reverse.safety, reverse.index) = (safety, index)
        return .resumed(reverse)
      }
    }
    try changeBack(resumption, workspace)
    try enter(resumption, restoring, workspace)
    return Report.Step(
      title: entry.title, session: entry.session, safety: changed.safety,
      written: prepared.plan.writes.map(\.path.description),
      removed: prepared.plan.removals.map(\.path.description))
  }

  /// What was interrupted may not have moved a branch yet; what others have moved since stays.
  private func isStill(_ move: Resumption.BranchMove, _ repository: Repository) throws -> Bool {
    guard try repository.reference(move.name) == move.to else { return false }
    return try move.from != nil || ResumeTarget.otherWorkTree(with: move.name, repository) == nil
  }

  private func reverse(
    of resumption: Resumption, _ change: PositionChange, _ head: Head, _ workspace: Workspace
  ) throws -> Resumption {
    let state = try workspace.state()
    let lifecycle = try workspace.repository.history(of: resumption.resumed)?.state.lifecycle
    return Resumption(
      safety: resumption.safety, index: .untouched, branch: head.branch, commit: head.commit,
      branches: change.branches, operation: try PositionChange.operation(in: workspace.repository),
      session: state?.current, tip: state?.tip, resumed: resumption.resumed,
      lifecycle: lifecycle ?? resumption.lifecycle)
  }

  /// Ends or begins the pause that the resume ended or its reversal began.
  private func changeBack(_ resumption: Resumption, _ workspace: Workspace) throws {
    guard let place = try workspace.place(in: resumption.resumed) else { return }
    let now = place.history.state.lifecycle
    guard now != resumption.lifecycle, !now.isEnded, !resumption.lifecycle.isEnded else { return }
    _ = try Saving(workspace).record(
      now.path(to: resumption.lifecycle).map(Fact.lifecycleChanged), in: place, entering: false)
  }

  private func enter(_ resumption: Resumption, _ restoring: Restoring, _ workspace: Workspace) throws {
    guard let session = resumption.session, let place = try workspace.place(in: session) else {
      return try workspace.leave(try workspace.state()?.current ?? resumption.resumed)
    }
    try workspace.updateState {
      $0.enter(session, at: resumption.tip ?? place.tip.id, lifecycle: place.history.state.lifecycle)
    }
    // What the files from before had taken in is in them again.
    let merged = place.history.heads.map(\.id).filter {
      place.history.descends(resumption.safety, from: $0)
    }
    _ = restoring.saveResult(in: place, entering: true, merging: merged)
  }
}
