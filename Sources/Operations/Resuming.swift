import Git
import Sessions
import Snapshots
import Storage

/// One resume: planned when made, then carried out.
struct Resuming {
  let target: ResumeTarget
  let prepared: Restoring.Prepared
  private let workspace: Workspace
  private let restoring: Restoring
  private let choice: HeadChoice
  private let history: SessionHistory
  private let source: RestoreSource

  /// Throws, with nothing changed, if anything stands against it.
  init(
    _ choice: HeadChoice, in history: SessionHistory, branch: String?, _ workspace: Workspace
  ) throws {
    let label = history.state.label
    guard !history.state.lifecycle.isEnded else {
      throw SessionError(
        .no, "\(label) is \(history.state.lifecycle.rawValue)",
        hints: ["'git session reopen \(label)' opens it again."])
    }
    self.workspace = workspace
    self.choice = choice
    self.history = history
    restoring = try Restoring(workspace, title: "resume \(label)")
    source = try RestoreSource(choice.checkpoint, in: workspace.repository)
    prepared = try restoring.prepare(source)
    if let operation = prepared.before.operation {
      throw SessionError(
        .no, "a \(operation.kind.rawValue) is in progress here",
        hints: ["Finish it or give it up first; nothing was changed."])
    }
    target = try ResumeTarget(
      of: choice.checkpoint, from: prepared.before.head, creating: branch, in: workspace.repository)
  }

  struct Outcome {
    let safety: CheckpointReport
    let safetySession: String
    let result: CheckpointReport?
  }

  func carryOut() throws -> Outcome {
    let repository = workspace.repository
    let state = try workspace.state()
    let own = try workspace.currentIfAny()
    let change = PositionChange(
      head: target.head, branches: target.branches,
      operation: try PositionChange.operation(of: choice.checkpoint, in: repository))
    let before = prepared.before.head
    let operation = try PositionChange.operation(in: repository)
    let changed = try restoring.change(
      prepared, in: try own ?? place(), index: .replace(source.staged), entering: true,
      linksCommits: own != nil, position: change
    ) { safety, index in
      .resumed(
        Resumption(
          safety: safety, index: index, branch: before.branch, commit: before.commit,
          branches: target.branches, operation: operation, session: own == nil ? nil : state?.current,
          tip: own == nil ? nil : state?.tip, resumed: history.id, lifecycle: history.state.lifecycle))
    }
    return Outcome(
      safety: changed.safety,
      safetySession: try workspace.heading(of: changed.last.history.state).label, result: try enter())
  }

  /// Where this work tree goes on: after its own last commit in the session, else after the head itself.
  private func place() throws -> Workspace.Current {
    guard let history = try workspace.repository.history(of: history.id),
      let place = try workspace.place(in: history.id)
    else { throw SessionError(.no, "the session has just been deleted") }
    let tip = history.last(of: place.writer) ?? choice.head
    return Workspace.Current(history: history, writer: place.writer, tip: tip)
  }

  /// Makes the session that of this work tree, with a checkpoint that descends from the head.
  private func enter() throws -> CheckpointReport? {
    let place = try place()
    try workspace.updateState {
      $0.enter(history.id, at: place.tip.id, lifecycle: place.history.state.lifecycle)
    }
    let isDescendant = place.history.past(of: place.tip.id).contains(choice.head.id)
    return restoring.saveResult(
      in: place, entering: true,
      facts: place.history.state.lifecycle == .paused ? [.lifecycleChanged(.continue)] : [],
      merging: isDescendant ? [] : [choice.head.id])
  }
}
