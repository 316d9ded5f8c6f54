/// The facts about a snapshot that its tree cannot hold.
///
/// Paths are UTF-8; one that is not, or that starts with a quotation mark, is quoted as git quotes it.
package struct Checkpoint: Hashable, Sendable {
  /// Counts within the session, from 1; two writers that do not know of each other may give the same number.
  package var number: Int
  package var trigger: Trigger
  package var time: Timestamp
  package var message: String?
  /// The branch that HEAD was on, `refs/heads/main`; nil if detached.
  package var branch: String?
  /// Against the checkpoint before; for the first one against the base.
  package var changes: ChangeCount
  package var leftOut: [LeftOut]
  /// Paths that were staged with `git add --intent-to-add`.
  package var intentToAdd: [String]
  package var operation: OperationInProgress?
  /// The checkpoint that this one repeats without those before it, as a commit of the session; nil for one of its own.
  package var squashed: String?
  /// Members that a newer version wrote beside those known here, and those that say more than this one can.
  package var unknown: [String: JSONValue] = [:]

  package init(
    number: Int, trigger: Trigger, time: Timestamp, message: String? = nil, branch: String? = nil,
    changes: ChangeCount = ChangeCount(), leftOut: [LeftOut] = [], intentToAdd: [String] = [],
    operation: OperationInProgress? = nil
  ) {
    self.number = number
    self.trigger = trigger
    self.time = time
    self.message = message
    self.branch = branch
    self.changes = changes
    self.leftOut = leftOut
    self.intentToAdd = intentToAdd
    self.operation = operation
  }
}

/// The size of a difference: files, and lines added and removed. Binary files count no lines.
package struct ChangeCount: Hashable, Codable, Sendable {
  package var files: Int
  package var insertions: Int
  package var deletions: Int

  package init(files: Int = 0, insertions: Int = 0, deletions: Int = 0) {
    self.files = files
    self.insertions = insertions
    self.deletions = deletions
  }
}

/// A path that the snapshot does not hold although it is not ignored.
package struct LeftOut: Hashable, Codable, Sendable {
  package enum Reason: String, CaseIterable, Codable, Sendable {
    case tooLarge = "too-large"
    case neverSave = "never-save"
    case nestedRepository = "nested-repository"
    case dirtySubmodule = "dirty-submodule"
    case emptyFolder = "empty-folder"
    /// A pipe, socket or device.
    case specialFile = "special-file"
    case unreadable
    /// A tracked file that git was told not to look at. The tree holds what the index does.
    case skipped = "skip-worktree"

    /// Whether there is content, of which the tree knows nothing, that a restore has to leave where it is.
    package var hasContent: Bool { ![.emptyFolder, .specialFile, .skipped].contains(self) }
  }

  /// Ends with `/` for a folder.
  package let path: String
  package let reason: Reason
  /// In bytes, where the reason is the size.
  package let size: Int64?
  /// The filter (`filter.<name>.clean`) whose failing makes the file unreadable, where that is the reason.
  package let filter: String?

  package init(path: String, reason: Reason, size: Int64? = nil, filter: String? = nil) {
    self.path = path
    self.reason = reason
    self.size = size
    self.filter = filter
  }
}

/// A merge, rebase, cherry-pick or revert that was under way.
package struct OperationInProgress: Hashable, Codable, Sendable {
  package enum Kind: String, CaseIterable, Codable, Sendable {
    case merge, rebase, revert
    case cherryPick = "cherry-pick"
  }

  package let kind: Kind
  /// The commits that it works on, each a parent of the checkpoint.
  package let heads: [String]

  package init(kind: Kind, heads: [String]) {
    self.kind = kind
    self.heads = heads
  }
}
