import Git
package import Sessions
import Snapshots
import Storage

/// Where the current session stands, and what of the work tree is not saved yet.
package struct ReadStatus {
  package init() {}

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let lifecycle: Lifecycle
    package let started: Timestamp
    package let activeMilliseconds: Int64
    package let budget: Int?
    package let nextStep: String?
    /// The part of the work that is at work, if any.
    package let phase: String?
    package let checkpoint: CheckpointReport?
    package let checkpointAgeMilliseconds: Int64?
    /// Against the latest checkpoint.
    package let unsaved: [FileChange]
    /// True if HEAD, the staged state, an operation or the left-outs differ although no file does.
    package let hasOtherChanges: Bool
    package let leftOut: [LeftOut]
    package let operation: OperationInProgress?
    /// Conflicts that are not resolved.
    package let unmerged: [UnmergedFile]
    package let open: [ItemReport]
    /// More than one if work trees went different ways.
    package let heads: [CheckpointReport]
    /// Where the session went on in another work tree, if there is nothing to choose: `resume` takes it up.
    package let continuation: CheckpointReport?
    /// Commits below this session's references that are not ours.
    package let foreign: [Foreign]
    /// Of this session, what was to follow a push and has not been sent yet.
    package let unsent: [UnsentSession]
    /// The process that watches this work tree, if one does.
    package let watcher: Int32?
    /// Since when an emergency save waits to be finished, and what it still has to do.
    package let pendingSave: PendingSteps?
    package let suggestion: String

    package struct PendingSteps: Encodable, Sendable {
      package let since: Timestamp
      package let steps: [String]
    }

    package struct Foreign: Encodable, Sendable {
      package let commit: String
      package let reason: String
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    workspace.expectCapture()
    let current = try workspace.current()
    let history = current.history
    let state = history.state
    let reading = try Reading(workspace)
    let latest = current.checkpoint
    let snapshot = try reading.snapshot(after: latest)
    let unsaved = try reading.changes(from: latest?.tree ?? workspace.repository.emptyTree, to: snapshot.tree)
    let isHeld = try latest.map { try workspace.repository.holds($0, all: snapshot) } ?? false
    let heads = history.heads.compactMap { history.checkpoint(at: $0) }
    let continuation = current.continuation
    let distinct = Set(heads.map(\.tree)).count > 1 ? heads : []
    return Report(
      session: try workspace.heading(of: state), lifecycle: state.lifecycle,
      started: state.started ?? history.id.time,
      activeMilliseconds: state.activeMilliseconds(now: workspace.now), budget: state.budget,
      nextStep: state.nextStep, phase: state.phase,
      checkpoint: latest.flatMap { CheckpointReport($0, in: history) },
      checkpointAgeMilliseconds: latest?.checkpoint.map { workspace.now.milliseconds(since: $0.time) },
      unsaved: unsaved, hasOtherChanges: unsaved.isEmpty && !isHeld, leftOut: snapshot.leftOut,
      operation: snapshot.operation, unmerged: try reading.batch.unmergedFiles(of: snapshot.staged),
      open: Self.openItems(of: state),
      heads: distinct.compactMap { CheckpointReport($0, in: history) },
      continuation: continuation.flatMap { CheckpointReport($0, in: history) },
      foreign: history.foreign.map { Report.Foreign(commit: $0.id.hex, reason: $0.reason) },
      unsent: try workspace.unsentSessions().filter { $0.session == history.id },
      watcher: try Watcher(workspace).process,
      pendingSave: PendingSave(workspace).read().map {
        Report.PendingSteps(since: $0.since, steps: $0.steps.map(\.rawValue))
      },
      suggestion: Self.suggestion(state, hasUnsaved: !isHeld, wentOn: continuation != nil))
  }

  /// Blockers first, then questions: what somebody has to do something about.
  private static func openItems(of state: SessionState) -> [ItemReport] {
    [Item.Kind.blocker, .question].flatMap { state.items($0).filter(\.isOpen) }.map {
      ItemReport($0, in: state)
    }
  }

  private static func suggestion(_ state: SessionState, hasUnsaved: Bool, wentOn: Bool) -> String {
    switch state.lifecycle {
    case .completed, .abandoned:
      return "git session start \"…\" begins a new session; git session reopen goes on with this one"
    case .paused: return "git session continue"
    case .active: break
    }
    if hasUnsaved { return "git session checkpoint" }
    if wentOn { return "git session resume" }
    if let blocker = state.items(.blocker).first(where: \.isOpen) {
      return "git session blocker --resolve \(state.shortName(of: blocker.id)), once it is out of the way"
    }
    if let question = state.items(.question).first(where: \.isOpen) {
      return "git session question --resolve \(state.shortName(of: question.id)) --because \"the answer\""
    }
    return state.nextStep ?? "git session next \"what comes next\""
  }
}

/// A look at the work tree that leaves nothing in the repository, not even where it may not be written.
struct Reading {
  let workspace: Workspace
  let batch: ObjectBatch

  init(_ workspace: Workspace) throws {
    self.workspace = workspace
    let temporary = workspace.world.environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    batch = try ObjectBatch(workspace.repository, temporary: temporary)
  }

  /// The work tree as it is; quicker if its last checkpoint is known.
  func snapshot(after last: ChainCommit? = nil) throws -> Snapshot {
    try workspace.world.during("Looking at the work tree") {
      try workspace.capture(into: batch).snapshot(after: last?.id).snapshot
    }
  }

  func changes(from old: ObjectID, to new: ObjectID, pathspecs: [String] = []) throws -> [FileChange] {
    guard !pathspecs.isEmpty else { return try batch.fileChanges(from: old, to: new) }
    return try workspace.repository.fileChanges(
      from: old, to: new, pathspecs: pathspecs, environment: batch.environment)
  }
}
