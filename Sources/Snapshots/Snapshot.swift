package import Git
package import Sessions

/// The whole state of a work tree at one moment.
package struct Snapshot: Hashable, Sendable {
  /// What `git add -A` would record, minus ``leftOut``.
  package let tree: ObjectID
  package let head: Head
  package let staged: StagedState
  package let operation: OperationInProgress?
  package let leftOut: [LeftOut]

  package init(
    tree: ObjectID, head: Head, staged: StagedState, operation: OperationInProgress?, leftOut: [LeftOut]
  ) {
    self.tree = tree
    self.head = head
    self.staged = staged
    self.operation = operation
    self.leftOut = leftOut
  }

  /// The same moment with another content.
  package func replacing(tree: ObjectID) -> Snapshot {
    Snapshot(tree: tree, head: head, staged: staged, operation: operation, leftOut: leftOut)
  }

  /// The same moment with something else staged.
  func replacing(staged: StagedState) -> Snapshot {
    Snapshot(tree: tree, head: head, staged: staged, operation: operation, leftOut: leftOut)
  }
}

/// What the index holds.
package struct StagedState: Hashable, Sendable {
  /// The merged entries.
  package let tree: ObjectID
  /// The unmerged entries below folders named `1`, `2` and `3` for their stages; nil if there are none.
  package let conflict: ObjectID?
  /// Paths added with `--intent-to-add`.
  package let intentToAdd: [RepositoryPath]

  package init(tree: ObjectID, conflict: ObjectID?, intentToAdd: [RepositoryPath]) {
    self.tree = tree
    self.conflict = conflict
    self.intentToAdd = intentToAdd
  }
}

/// What a snapshot leaves out although git would record it. Tracked files are never left out.
package struct SnapshotLimits: Hashable, Sendable {
  /// In bytes.
  package var maxUntrackedSize: Int64
  /// Patterns as in ``NeverSave``, beside the built-in ones.
  package var neverSave: [String]

  package static let defaultMaxUntrackedSize: Int64 = 10 << 20

  package init(maxUntrackedSize: Int64 = defaultMaxUntrackedSize, neverSave: [String] = []) {
    self.maxUntrackedSize = maxUntrackedSize
    self.neverSave = neverSave
  }
}
