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
      try requireUnmoved(after, entry, workspace) {
        try wayBack(to: commit, of: place.history, before: resumption, workspace)
      }
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
      safetySession: try foreignLabel(of: changed.last.history, workspace),
      written: prepared.plan.writes.map(\.path.description),
      removed: prepared.plan.removals.map(\.path.description))
  }

  /// How to get back to files, index and HEAD as they were, with what was done since left where it is.
  private func wayBack(
    to safety: ChainCommit, of history: SessionHistory, before resumption: Resumption, _ workspace: Workspace
  ) throws -> [String] {
    if let label = try foreignLabel(of: history, workspace), !history.state.lifecycle.isEnded,
      history.heads.compactMap({ history.checkpoint(at: $0)?.id }) == [safety.id]
    {
      return ["'git session resume \(label)' takes up what was there before, with its branch and index."]
    }
    let restore = try hint(safety, in: history, withIndex: true, workspace)
    let head = Head(branch: resumption.branch, commit: resumption.commit)
    guard let commit = head.commit, try workspace.repository.head() != head else { return [restore] }
    let short = head.branch.map { String($0.dropFirst("refs/heads/".count)) }
    // A branch that has moved since stays; and a name may be anything, a command for a shell too.
    let isThere = try head.branch.flatMap(workspace.repository.reference) == commit
    let isPlain = short?.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) } ?? false
    let target = short.flatMap { isThere && isPlain ? $0 : nil } ?? "--detach \(commit.short)"
    return [
      "HEAD was at \(commit.short)\(short.map { " on branch '\($0)'" } ?? ""): git switch \(target)", restore,
    ]
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
