package import Files
package import Git

/// What a restore would do to a work tree, path by path, decided before anything is changed.
package struct RestorePlan: Sendable {
  package struct Write: Hashable, Sendable {
    package let path: RepositoryPath
    package let mode: String
    package let id: ObjectID
    /// What stands there now and is replaced, be it a folder; nil if nothing does.
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
      /// It may be what the target holds or not: nobody can tell.
      case unreadable
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
  /// The `.gitattributes` files that there will be in the end: they say how the others are to be written.
  var attributes: [IndexEntry] = []

  package var isEmpty: Bool { writes.isEmpty && removals.isEmpty }
}

/// The state that a restore leads to.
package struct RestoreTarget: Sendable {
  package let tree: ObjectID
  private let leftOut: Set<RepositoryPath>

  /// `leftOut` are files and folders, the latter with or without a slash at the end.
  package init(tree: ObjectID, leftOut: [RepositoryPath]) {
    self.tree = tree
    self.leftOut = Set(
      leftOut.map { $0.bytes.last == UInt8(ascii: "/") ? RepositoryPath($0.bytes.dropLast()) : $0 })
  }

  /// What the checkpoint left out may have been there, so it is not removed.
  func leavesOut(_ path: RepositoryPath) -> Bool {
    leftOut.contains(path) || path.ancestors.contains(where: leftOut.contains)
  }
}
