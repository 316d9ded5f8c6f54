package import Files
package import Git

/// What a restore would do to a work tree, path by path, decided before anything is changed.
package struct RestorePlan: Sendable {
  package struct Write: Hashable, Sendable {
    package let path: RepositoryPath
    package let mode: String
    package let id: ObjectID
    /// What stands there now and is replaced; nil if nothing does.
    package let existing: FileStatus?
  }

  package struct Removal: Hashable, Sendable {
    package let path: RepositoryPath
    package let existing: FileStatus
  }

  /// A path in which the work tree will still differ afterwards.
  package struct Kept: Hashable, Sendable {
    package enum Reason: String, Codable, Sendable {
      case ignored
      case leftOut = "left-out"
      case submodule
      case sparse = "outside-sparse-checkout"
    }
    package let path: RepositoryPath
    package let reason: Reason
  }

  /// Something that forbids the whole restore.
  package struct Obstacle: Hashable, Sendable {
    package let path: RepositoryPath
    package let reason: String
  }

  /// Sorted by path, like the other lists.
  package internal(set) var writes: [Write] = []
  package internal(set) var removals: [Removal] = []
  package internal(set) var kept: [Kept] = []
  package internal(set) var obstacles: [Obstacle] = []
  /// Files in the way that the snapshot leaves out: their bytes must be held elsewhere before they are replaced.
  package internal(set) var held: [RepositoryPath] = []

  package var isEmpty: Bool { writes.isEmpty && removals.isEmpty }
}

/// The state that a restore leads to.
package struct RestoreTarget: Sendable {
  package let tree: ObjectID
  /// What the checkpoint left out: it may have been there, so it is not removed.
  package let leftOut: [RepositoryPath]

  package init(tree: ObjectID, leftOut: [RepositoryPath]) {
    self.tree = tree
    self.leftOut = leftOut
  }
}
