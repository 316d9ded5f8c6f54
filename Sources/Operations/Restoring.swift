import Files
import Git
import Sessions
import Snapshots
import Storage

/// The steps that `restore`, `resume` and `undo` share. Nothing is changed before the safety checkpoint is durable and
/// the new files and the new index lie ready; from then on an interruption waits until the command is over.
struct Restoring {
  private let workspace: Workspace
  private let saving: Saving
  private let title: String

  /// `title` is what the user did, for the safety checkpoint and for `undo`.
  init(_ workspace: Workspace, title: String) throws {
    self.workspace = workspace
    self.title = title
    saving = try Saving(workspace)
  }

  private var repository: Repository { workspace.repository }

  /// A plan, and the snapshot on which it stands.
  struct Prepared {
    let plan: RestorePlan
    let before: Snapshot
    /// The files that only this clone may hold; nil if there are none.
    let held: ObjectID?
  }

  enum Index {
    case leave
    case replace(StagedState)
    /// Put back a copy of the file, or remove it if there was none.
    case putBack(UndoEntry.SavedIndex)

    var isTouched: Bool {
      switch self {
      case .leave, .putBack(.untouched): false
      case .replace, .putBack: true
      }
    }
  }

  /// Decides what is to be done. Throws, with the paths listed, if anything stands against it.
  func prepare(_ source: RestoreSource, pathspecs: [String] = []) throws -> Prepared {
    let tree = try source.held.map {
      try TreeOverlay(repository, batch: saving.batch).tree(source.commit.tree, with: $0)
    }
    let target = RestoreTarget(tree: tree ?? source.commit.tree, leftOut: source.leftOut)
    let prepared = try workspace.world.during("Comparing the work tree") { () -> Prepared? in
      for _ in 0..<3 {
        if let prepared = try attempt(target, pathspecs: pathspecs) { return prepared }
      }
      return nil
    }
    if let prepared { return prepared }
    throw SessionError(.fatal, "other processes keep changing the files that are to be restored")
  }

  /// Nil if a file was changed while it was looked at.
  private func attempt(_ target: RestoreTarget, pathspecs: [String]) throws -> Prepared? {
    let capture = try PlumbingCapture(
      repository, settings: workspace.workTreeSettings, limits: workspace.settings.limits, batch: saving.batch
    )
    let before = try capture.snapshot()
    try keepStaged(before)
    let planner = try RestorePlanner(repository, from: before, by: capture, to: target, batch: saving.batch)
    let plan = try planner.plan(pathspecs: pathspecs)
    try refuse(plan)
    try requireMatch(pathspecs, plan, before.tree, target.tree)
    do {
      try planner.verify(plan)
    } catch  where error.kind == .moved {
      return nil
    }
    let held = plan.held.isEmpty ? nil : try capture.tree(of: plan.held)
    return Prepared(plan: plan, before: before, held: held)
  }

  private func keepStaged(_ snapshot: Snapshot) throws {
    let staged = try StagedObjects(repository, batch: saving.batch, head: snapshot.head)
    guard try !staged.keep(snapshot.staged).isEmpty else { return }
    throw SessionError(
      .fatal, "the repository has lost something that is staged, so that what is here could not be saved",
      hints: ["'git session checkpoint' saves the files as they are; then try again."])
  }

  private func refuse(_ plan: RestorePlan) throws {
    // One file may stand in the way of many.
    let obstacles = Set(plan.obstacles).sorted { $0.path < $1.path }
    guard let first = obstacles.first else { return }
    let more = obstacles.count - 1
    throw SessionError(
      .fatal,
      "nothing was restored: '\(first.path)': \(first.reason)" + (more > 0 ? ", and \(more) more" : ""),
      hints: obstacles.dropFirst().prefix(20).map { "'\($0.path)': \($0.reason)" }
        + ["Move what is in the way, or name the paths that you want back."])
  }

  private func requireMatch(_ pathspecs: [String], _ plan: RestorePlan, _ old: ObjectID, _ new: ObjectID)
    throws
  {
    guard plan.isEmpty, plan.kept.isEmpty, !pathspecs.isEmpty else { return }
    for tree in [old, new] {
      let found = try repository.changes(
        from: repository.emptyTree, to: tree, pathspecs: pathspecs, environment: saving.batch.environment)
      if !found.isEmpty { return }
    }
    throw SessionError(.no, "no file matches '\(pathspecs.joined(separator: " "))'")
  }

  /// What was there before, and the state that it led to; nil if that could not be saved.
  struct Outcome {
    let safety: CheckpointReport
    let result: CheckpointReport?
  }

  /// Saves what is there, changes it, and saves the result, so that the latest checkpoint is what the work tree
  /// holds and who continues elsewhere does not get the state that was just given up.
  func carryOut(
    _ prepared: Prepared, in current: Workspace.Current, index: Index, entering: Bool
  ) throws -> Outcome {
    try workspace.changingWorkTree {
      try carryOutLocked(prepared, in: current, index: index, entering: entering)
    }
  }

  private func carryOutLocked(
    _ prepared: Prepared, in current: Workspace.Current, index: Index, entering: Bool
  ) throws -> Outcome {
    let changed = try change(prepared, in: current, index: index, entering: entering) { safety, saved in
      .restored(safety: safety, index: saved, after: nil)
    }
    let place = Workspace.Current(
      history: changed.last.history, writer: changed.last.commit.writer, tip: changed.last.commit)
    return Outcome(safety: changed.safety, result: saveResult(in: place, entering: entering))
  }

  /// A change that is done, and the safety checkpoint before it.
  struct Changed {
    let safety: CheckpointReport
    let last: ChainWriter.Appended
  }

  /// Saves what is there and changes it; `action` tells how that is reversed. To be called by one process at a
  /// time: ``Workspace/changingWorkTree(_:)``.
  func change(
    _ prepared: Prepared, in current: Workspace.Current, index: Index, entering: Bool,
    linksCommits: Bool = true, position: PositionChange? = nil,
    action: (_ safety: ObjectID, _ index: UndoEntry.SavedIndex) -> UndoEntry.Action
  ) throws -> Changed {
    // A full disk or a lock shows here, where nothing is changed and nothing is recorded yet.
    let restorer = try workspace.world.during("Preparing files") {
      try Restorer(repository, plan: prepared.plan, batch: saving.batch)
    }
    Interruption.holdBack()
    let indexRestore = try lockIndex(for: index)
    let appended = try saving.checkpoint(
      Capture.Taken(prepared.before), trigger: .safety, message: "before \(title)", in: current,
      entering: entering,
      linksCommits: linksCommits)
    try HeldFiles(workspace).keep(prepared.held, for: appended.commit.id, batch: saving.batch)
    guard let safety = CheckpointReport(appended.commit, in: appended.history) else {
      throw SessionError(.fatal, "the safety checkpoint cannot be read back; nothing was changed")
    }
    let saved = index.isTouched ? try saveIndex() : .untouched
    if Interruption.isWaiting { throw SessionError(.fatal, "interrupted; nothing was changed") }
    try workspace.remember(action(appended.commit.id, saved), title: title, session: appended.history.id)
    do {
      try position?.moveHead(from: prepared.before.head, title: title, in: repository)
      try workspace.world.during("Writing files") { () throws(GitError) in try restorer.apply() }
      if let indexRestore { try indexRestore.swap() }
      try position?.writeOperation(in: repository)
    } catch {
      throw Self.explain(error, safety: safety)
    }
    return Changed(safety: safety, last: appended)
  }

  /// The work tree is as it was asked for by now; that the result could not be saved does not undo that.
  func saveResult(
    in place: Workspace.Current, entering: Bool, facts: [Fact] = [], merging merged: [ObjectID] = []
  ) -> CheckpointReport? {
    do {
      try rememberPosition()
      let saved = try saving.checkpoint(
        try saving.capture(after: nil), trigger: .manual, message: title, facts: facts, in: place,
        entering: entering,
        merging: merged)
      return CheckpointReport(saved.commit, in: saved.history)
    } catch {
      let reason = SessionError(wrapping: error).sentence
      workspace.warn("the result is not saved yet: \(reason)")
      return nil
    }
  }

  /// Nil if the index stays as it is.
  private func lockIndex(for index: Index) throws -> IndexRestore? {
    let content: IndexRestore.Content
    switch index {
    case .leave, .putBack(.untouched): return nil
    case .replace(let staged): content = .staged(staged)
    case .putBack(.copied(let file)): content = .copy("\(repository.worktreeState)/\(file)")
    case .putBack(.absent): content = .absent
    }
    return try IndexRestore(repository, to: content, batch: saving.batch)
  }

  private static func explain(_ error: any Error, safety: CheckpointReport) -> SessionError {
    let cause = SessionError(wrapping: error)
    return SessionError(
      cause.kind, cause.sentence,
      hints: cause.hints + [
        "All that was there is saved in \(safety.name); 'git session undo' goes back to it."
      ])
  }

  private func saveIndex() throws -> UndoEntry.SavedIndex {
    var file =
      WorktreeState.indexPrefix
      + "\(workspace.now.milliseconds)-\(WriterID(random: workspace.world.random(8)))"
    // Another entry may need its copy yet.
    while try Files.status("\(repository.worktreeState)/\(file)") != nil { file += "+" }
    let exists = try repository.saveIndex(to: "\(repository.worktreeState)/\(file)")
    return exists ? .copied(file: file) : .absent
  }

  /// By where HEAD and the staged state are now, `undo` knows later whether others have moved them.
  private func rememberPosition() throws {
    let position = try workspace.position(batch: saving.batch)
    try workspace.updateState { state in
      guard var last = state.undo.popLast() else { return }
      last.finish(at: position)
      state.undo.append(last)
    }
  }
}

extension Workspace {
  /// Where HEAD and the staged state are.
  func position(batch: ObjectBatch) throws -> UndoEntry.Position {
    let head = try repository.head()
    let staged = try capture(into: batch).stagedState()
    let announced = staged.intentToAdd.map(\.description).joined(separator: "\n")
    return UndoEntry.Position(
      branch: head.branch, commit: head.commit,
      staged: "\(staged.tree) \(staged.conflict?.hex ?? "-") \(announced)")
  }
}

extension Workspace {
  private var changeLock: String { repository.worktreeState + "/restore.lock" }

  /// Runs `body` while no other process of ours changes this work tree.
  func changingWorkTree<Result>(_ body: () throws -> Result) throws -> Result {
    try Files.makeDirectory(repository.worktreeState)
    do {
      return try FileLock.held(changeLock, milliseconds: 500, body)
    } catch let error as FileError where error.isContended {
      throw SessionError(.fatal, "another git session command is changing this work tree")
    }
  }

  /// Whether one of our processes has died while it held git's lock on the index.
  func isIndexLockLeftBehind() throws -> Bool {
    guard try repository.isIndexLockOurs() else { return false }
    do {
      return try FileLock.held(changeLock, milliseconds: 0, repository.isIndexLockOurs)
    } catch let error as FileError where error.isContended {
      return false
    }
  }
}
