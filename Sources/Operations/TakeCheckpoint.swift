import Files
package import Git
package import Sessions
import Snapshots
import Storage

/// Saves the work tree as a checkpoint of the current session, unless that would say nothing new.
package struct TakeCheckpoint {
  package var message: String?
  package var trigger: Trigger
  /// The files that have changed since the last checkpoint, for a caller who knows; nil for a look at all.
  package var paths: [RepositoryPath]?

  /// What is told with it, if anything is written and the session does not know it.
  var facts: [Fact] = []
  /// It marks a moment that people look for, and is taken although no file has changed.
  var isLandmark = false

  package init(message: String?, trigger: Trigger, paths: [RepositoryPath]? = nil) {
    self.message = message
    self.trigger = trigger
    self.paths = paths
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    /// False if the latest checkpoint holds all of the work tree already; nothing was written then.
    package let isNew: Bool
    /// The new checkpoint, or the one that holds all.
    package let checkpoint: CheckpointReport
  }

  package func run(in workspace: Workspace) throws -> Report {
    if paths == nil { workspace.expectCapture() }
    return try workspace.during(.checkpoint(trigger)) {
      guard trigger.isUnattended else { return try workspace.inTurn { try take(in: workspace) } }
      return try DiskReserve(workspace.repository).spend { try workspace.inTurn { try take(in: workspace) } }
    }
  }

  private func take(in workspace: Workspace) throws -> Report {
    let current = try workspace.unended()
    let facts = facts.filter { !current.history.state.knows($0) }
    let saving = try Saving(workspace)
    let taken = try saving.capture(
      paths, after: current.checkpoint, survivingBrokenIndex: trigger.isUnattended)
    workspace.beginHandoff(of: taken, after: current, in: saving.batch)
    let heading = SessionHeading(current.history.state)
    if !isLandmark, let latest = current.checkpoint,
      let report = CheckpointReport(latest, in: current.history),
      try workspace.repository.holds(latest, all: taken.snapshot)
    {
      saving.remember(taken, as: latest.id)
      if try saving.recordNews(facts, in: current)?.hasMore == true {
        workspace.start(.keepTranscripts)
      }
      return Report(session: heading, isNew: false, checkpoint: report)
    }
    let text = message.map { PlainText.sanitize($0) }
    let appended = try saving.checkpoint(
      taken, trigger: trigger, message: text, facts: facts, in: current)
    guard let report = CheckpointReport(appended.commit, in: appended.history) else {
      throw SessionError(.fatal, "the checkpoint was saved as \(appended.commit.id) but cannot be read back")
    }
    return Report(session: heading, isNew: true, checkpoint: report)
  }
}

extension Workspace {
  /// Several hooks may ask for a checkpoint of one work tree at once: who waits for the first one finds that there is
  /// nothing new. One that takes long is not waited for, and chains never contend.
  func inTurn<Result>(_ body: () throws -> Result) throws -> Result {
    guard let turn = checkpointLock() else { return try body() }
    return try turn.whileHeld(body)
  }

  private func checkpointLock() -> FileLock? {
    do {
      return try FileLock(repository.worktreeState + "/checkpoint.lock", milliseconds: 2000)
    } catch {
      return nil
    }
  }
}

extension Trigger {
  /// Nobody sits there who would mend what is broken first.
  fileprivate var isUnattended: Bool {
    switch self {
    case .turn, .threshold, .compaction, .interval, .exit: true
    case .manual, .commit, .phase, .safety, .start: false
    }
  }
}
