import Git
import Sessions
import Snapshots
import Storage

/// Makes the work tree, and if asked the index, equal to a checkpoint, after a safety checkpoint of what is there.
///
/// What is written, removed and kept is decided by `RestorePlanner`.
package struct RestoreCheckpoint {
  package var checkpoint: String
  /// As the user typed them where they stand; none means all.
  package var pathspecs: [String]
  package var includesIndex: Bool
  package var isDryRun: Bool

  package init(checkpoint: String, pathspecs: [String], includesIndex: Bool, isDryRun: Bool) {
    self.checkpoint = checkpoint
    self.pathspecs = pathspecs
    self.includesIndex = includesIndex
    self.isDryRun = isDryRun
  }

  package struct Report: Encodable, Sendable {
    package let checkpoint: CheckpointReport
    package let isDryRun: Bool
    package let written: [String]
    package let removed: [String]
    package let kept: [Kept]
    /// Files that were in the way and that checkpoints leave out: this clone alone holds their bytes.
    package let held: [String]
    /// True if the staged state is, or with a dry run would be, another one afterwards.
    package let restoresIndex: Bool
    /// What was there before; nil if nothing was changed.
    package let safety: CheckpointReport?
    /// The checkpoint of what is there now; nil if nothing was changed or it could not be saved.
    package let result: CheckpointReport?

    package struct Kept: Encodable, Sendable {
      package let path: String
      package let reason: String
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    guard !includesIndex || pathspecs.isEmpty else {
      throw SessionError(.usage, "--index restores the staged state as a whole; it takes no paths")
    }
    let place = try workspace.checkpoint(named: checkpoint)
    let source = try RestoreSource(place.checkpoint, in: workspace.repository)
    // Without a session here the safety checkpoint belongs to the session that is restored.
    guard let current = try workspace.currentIfAny() ?? workspace.place(in: place.history.id) else {
      throw SessionError.noSession
    }
    let name = place.history.name(of: place.checkpoint)
    let options = (includesIndex ? ["--index"] : []) + pathspecs
    let title = PlainText.line((["restore", name] + options).joined(separator: " "), limit: 60)
    let restoring = try Restoring(workspace, title: title)
    let prepared = try restoring.prepare(source, pathspecs: pathspecs)
    let changesIndex = includesIndex && prepared.before.staged != source.staged
    let outcome =
      isDryRun || (prepared.plan.isEmpty && !changesIndex)
      ? nil
      : try restoring.carryOut(
        prepared, in: current, index: changesIndex ? .replace(source.staged) : .leave, entering: true)
    guard let report = CheckpointReport(place.checkpoint, in: place.history) else {
      throw SessionError(.no, "'\(checkpoint)' is no checkpoint")
    }
    let plan = prepared.plan
    return Report(
      checkpoint: report, isDryRun: isDryRun, written: plan.writes.map(\.path.description),
      removed: plan.removals.map(\.path.description),
      kept: plan.kept.map { Report.Kept(path: $0.path.description, reason: $0.reason.rawValue) },
      held: plan.held.map(\.description), restoresIndex: changesIndex, safety: outcome?.safety,
      result: outcome?.result)
  }
}

/// The state that a checkpoint holds, with what only this clone holds of it.
struct RestoreSource {
  let commit: ChainCommit
  let leftOut: [RepositoryPath]
  let staged: StagedState
  /// Files beside the tree, which a safety checkpoint of this clone holds.
  let held: ObjectID?

  init(_ commit: ChainCommit, in repository: Repository) throws {
    self.commit = commit
    leftOut = (commit.checkpoint?.leftOut ?? []).filter(\.reason.hasContent)
      .compactMap { RepositoryPath(quoted: $0.path) }
    staged = try repository.stagedState(of: commit)
    held = try repository.reference(HeldFiles.reference(for: commit.id)).map {
      try repository.commit($0).tree
    }
  }
}
