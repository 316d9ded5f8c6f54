import Git
package import Sessions
import Storage

/// The parts that several reports share. Reports are what use cases return: the same value feeds the text, the
/// JSON and every other front door.

/// Which session a report speaks of.
package struct SessionHeading: Hashable, Encodable, Sendable {
  package let id: SessionID
  /// `SESSION-012`, or in what shows a session as a whole `SESSION-012~k3f2` if another one has the same key.
  package let label: String
  package let name: String
  package let objective: String

  init(id: SessionID, label: String, name: String, objective: String) {
    (self.id, self.label, self.name, self.objective) = (id, label, name, objective)
  }

  /// `label` where another session has the same key.
  init(_ state: SessionState, label: String? = nil) {
    (id, self.label, name, objective) = (state.id, label ?? state.label, state.name, state.objective)
  }
}

/// A checkpoint in short.
package struct CheckpointReport: Hashable, Encodable, Sendable {
  /// `c4`, as it may be typed.
  package let name: String
  package let commit: String
  package let trigger: Trigger
  package let time: Timestamp
  package let message: String?
  package let branch: String?
  package let base: String?
  package let changes: ChangeCount
  package let leftOut: [LeftOut]
  package let operation: OperationInProgress?

  init(_ commit: ChainCommit, _ checkpoint: Checkpoint, in history: SessionHistory) {
    name = history.name(of: commit)
    self.commit = commit.id.hex
    trigger = checkpoint.trigger
    time = checkpoint.time
    message = checkpoint.message
    branch = checkpoint.branch
    base = commit.base?.hex
    changes = checkpoint.changes
    leftOut = checkpoint.leftOut
    operation = checkpoint.operation
  }

  /// Nil if the commit is a record.
  init?(_ commit: ChainCommit, in history: SessionHistory) {
    guard let checkpoint = commit.checkpoint else { return nil }
    self.init(commit, checkpoint, in: history)
  }
}

/// A note, decision, blocker or question.
package struct ItemReport: Hashable, Encodable, Sendable {
  /// What `--resolve` takes.
  package let id: String
  package let event: EventID
  package let kind: Item.Kind
  package let text: String
  package let because: String?
  package let added: Timestamp
  package let resolved: Timestamp?
  package let resolution: String?

  init(_ item: Item, in state: SessionState) {
    id = state.shortName(of: item.id)
    event = item.id
    kind = item.kind
    text = item.text
    because = item.because
    added = item.added
    resolved = item.resolved
    resolution = item.resolution
  }
}
