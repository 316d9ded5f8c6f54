import Git
package import Sessions
import Snapshots
import Storage

/// Reverses what was last done to this work tree: restore, undo, branch, and changes of the session's life.
package struct UndoLast {
  package var count: Int

  package init(count: Int) { self.count = count }

  package struct Report: Encodable, Sendable {
    package let undone: [Step]

    package struct Step: Encodable, Sendable {
      /// What was reversed: `restore c3`.
      package let title: String
      package let session: SessionID
      /// What the work tree held before this step, if the step changed it.
      package let safety: CheckpointReport?
      /// The label of the session that holds it, if that is not the one of this work tree.
      package let safetySession: String?
      package let written: [String]
      package let removed: [String]
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let entries = try workspace.state()?.undo ?? []
    guard !entries.isEmpty else { throw SessionError(.no, "there is nothing to undo in this work tree") }
    guard count >= 1, count <= entries.count else {
      throw SessionError(.no, "only the last \(entries.count) can be undone", hints: Self.list(entries))
    }
    var steps: [Report.Step] = []
    for entry in entries.suffix(count).reversed() {
      do {
        steps.append(try undo(entry, workspace))
      } catch {
        let cause = Self.explain(error, after: steps)
        guard cause.kind == .no, entry.isOfBranch else { throw cause }
        // It would stand in the way of all that came before it.
        try forget(entry, workspace)
        throw SessionError(
          cause.kind, cause.sentence,
          hints: cause.hints + ["The next 'git session undo' goes on with what was done before that."])
      }
      try forget(entry, workspace)
    }
    return Report(undone: steps)
  }

  private static func explain(_ error: any Error, after steps: [Report.Step]) -> SessionError {
    let cause = SessionError(wrapping: error)
    return SessionError(
      cause.kind, cause.sentence, hints: steps.map { "Undone before that: \($0.title)" } + cause.hints)
  }

  private static func list(_ entries: [UndoEntry]) -> [String] {
    entries.reversed().enumerated().map { "\($0.offset + 1)  \($0.element.title)" }
  }

  /// The step itself has put its reverse on the list by now.
  private func forget(_ entry: UndoEntry, _ workspace: Workspace) throws {
    try workspace.updateState { state in
      if let position = state.undo.lastIndex(of: entry) { state.undo.remove(at: position) }
    }
  }

  private func undo(_ entry: UndoEntry, _ workspace: Workspace) throws -> Report.Step {
    let title =
      entry.title.hasPrefix("undo of ") ? String(entry.title.dropFirst(8)) : "undo of \(entry.title)"
    switch entry.action {
    case .restored(let safety, let index, let after):
      return try goBack(to: safety, index, after, entry, title, workspace)
    case .branched(let name, let commit):
      if try removeBranch(name, commit, workspace) {
        try workspace.remember(
          .unbranched(name: name, commit: commit), title: title, session: entry.session)
      }
    case .unbranched(let name, let commit):
      try createBranch(name, commit, workspace)
      try workspace.remember(.branched(name: name, commit: commit), title: title, session: entry.session)
    case .changedLifecycle(let from, let to):
      try changeBack(to, to: from, entry, workspace)
      try workspace.remember(.changedLifecycle(from: to, to: from), title: title, session: entry.session)
    case .resumed(let resumption): return try goBack(from: resumption, entry, title, workspace)
    case nil:
      throw SessionError(.no, "a newer version did '\(PlainText.line(entry.title))'; this one cannot undo it")
    }
    return Report.Step(
      title: entry.title, session: entry.session, safety: nil, safetySession: nil, written: [], removed: [])
  }

  private func goBack(
    to safety: ObjectID, _ index: UndoEntry.SavedIndex, _ after: UndoEntry.Position?, _ entry: UndoEntry,
    _ title: String, _ workspace: Workspace
  ) throws -> Report.Step {
    guard let current = try workspace.place(in: entry.session), let commit = current.history[safety] else {
      throw SessionError(.no, "the checkpoint before '\(entry.title)' is no longer there")
    }
    if let after {
      try requireUnmoved(after, entry, workspace) {
        [try hint(commit, in: current.history, withIndex: index != .untouched, workspace)]
      }
    }
    let restoring = try Restoring(workspace, title: title)
    let prepared = try restoring.prepare(try RestoreSource(commit, in: workspace.repository))
    let outcome = try restoring.carryOut(
      prepared, in: current, index: .putBack(index),
      entering: try workspace.state()?.current == entry.session)
    return Report.Step(
      title: entry.title, session: entry.session, safety: outcome.safety,
      safetySession: try foreignLabel(of: current.history, workspace),
      written: prepared.plan.writes.map(\.path.description),
      removed: prepared.plan.removals.map(\.path.description))
  }

  func requireUnmoved(
    _ after: UndoEntry.Position, _ entry: UndoEntry, _ workspace: Workspace, hints: () throws -> [String]
  ) throws {
    let now = try workspace.position(batch: try Reading(workspace).batch)
    guard now.branch == after.branch && now.commit == after.commit else {
      throw SessionError(
        .no, "HEAD has moved since '\(entry.title)'; undo would mix two histories", hints: try hints())
    }
    guard now.staged == after.staged else {
      throw SessionError(
        .no, "the index was changed since '\(entry.title)'; undo would lose what is staged",
        hints: try hints())
    }
  }

  /// How to get back what a checkpoint holds.
  func hint(
    _ commit: ChainCommit, in history: SessionHistory, withIndex: Bool, _ workspace: Workspace
  ) throws -> String {
    let label = try foreignLabel(of: history, workspace).map { $0 + ":" } ?? ""
    let name = label + history.name(of: commit)
    return "What was there before is checkpoint \(name): git session restore \(name)"
      + (withIndex ? " --index" : "")
  }

  /// Nil for the session of this work tree, whose checkpoints need no more than their own name.
  func foreignLabel(of history: SessionHistory, _ workspace: Workspace) throws -> String? {
    try workspace.state()?.current == history.id ? nil : workspace.heading(of: history.state).label
  }

  /// False if somebody has done it already.
  private func removeBranch(_ name: String, _ commit: ObjectID, _ workspace: Workspace) throws -> Bool {
    let reference = "refs/heads/" + name
    let current = try workspace.repository.reference(reference)
    if current == nil { return false }
    guard current == commit else {
      throw SessionError(.no, "branch '\(name)' has moved since it was created; it stays as it is")
    }
    let users = try workspace.repository.run(["for-each-ref", "--format=%(worktreepath)", reference]).text
    guard users.isEmpty else {
      throw SessionError(.no, "branch '\(name)' is checked out in \(users); it stays as it is")
    }
    try workspace.repository.delete(reference, expecting: commit)
    return true
  }

  private func createBranch(_ name: String, _ commit: ObjectID, _ workspace: Workspace) throws {
    let reference = "refs/heads/" + name
    guard try workspace.repository.reference(reference) == nil else {
      throw SessionError(.no, "a branch named '\(name)' exists again; it stays as it is")
    }
    try workspace.repository.move(reference, from: nil, to: commit, log: "session: undo")
  }

  private func changeBack(_ from: Lifecycle, to: Lifecycle, _ entry: UndoEntry, _ workspace: Workspace) throws
  {
    guard let current = try workspace.place(in: entry.session) else {
      throw SessionError(.no, "the session of '\(entry.title)' is no longer there")
    }
    let state = current.history.state
    if state.lifecycle == to { return }
    guard state.lifecycle == from else {
      throw SessionError(.no, "\(state.label) is \(state.lifecycle.rawValue) by now; '\(entry.title)' stays")
    }
    _ = try Saving(workspace).record(
      from.path(to: to).map(Fact.lifecycleChanged), in: current,
      entering: try workspace.state()?.current == entry.session)
  }
}

extension UndoEntry {
  fileprivate var isOfBranch: Bool {
    switch action {
    case .branched, .unbranched: true
    default: false
    }
  }
}
