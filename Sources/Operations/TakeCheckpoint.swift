import Git
package import Sessions
import Storage

/// Saves the work tree as a checkpoint of the current session, unless that would say nothing new.
package struct TakeCheckpoint {
  package var message: String?
  package var trigger: Trigger

  package init(message: String?, trigger: Trigger) {
    self.message = message
    self.trigger = trigger
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    /// False if the latest checkpoint holds all of the work tree already; nothing was written then.
    package let isNew: Bool
    /// The new checkpoint, or the one that holds all.
    package let checkpoint: CheckpointReport
  }

  package func run(in workspace: Workspace) throws -> Report {
    let current = try workspace.unended()
    let saving = try Saving(workspace)
    let snapshot = try saving.capture()
    let heading = SessionHeading(current.history.state)
    if let latest = current.checkpoint, let report = CheckpointReport(latest, in: current.history),
      try workspace.repository.holds(latest, all: snapshot)
    {
      return Report(session: heading, isNew: false, checkpoint: report)
    }
    let text = message.map { PlainText.sanitize($0) }
    let appended = try saving.checkpoint(snapshot, trigger: trigger, message: text, in: current)
    guard let report = CheckpointReport(appended.commit, in: appended.history) else {
      throw SessionError(.fatal, "the checkpoint was saved as \(appended.commit.id) but cannot be read back")
    }
    return Report(session: heading, isNew: true, checkpoint: report)
  }
}
