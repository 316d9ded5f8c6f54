package import Sessions

/// Everything that a handoff is made of: facts that were read, nothing that depends on the moment of reading,
/// so that the same state gives the same document.
package struct HandoffSource: Hashable, Sendable {
  /// Nil for a handoff that is made from commits and the work tree alone.
  package var session: SessionState?
  /// Without a session: the revision as the user named it.
  package var since: String?
  /// Full commit id of HEAD; nil on an unborn branch.
  package var head: String?
  /// `main`; nil if HEAD is detached.
  package var branch: String?
  /// The latest checkpoint, if there is one.
  package var checkpoint: SavedCheckpoint?
  /// Checkpoints of other work trees in which the session went on after ``checkpoint``; with only one, and no other
  /// heads, there is nothing to choose.
  package var continuations: [SavedCheckpoint] = []
  /// Checkpoints of other work trees that stand beside ``checkpoint``; somebody has to choose.
  package var otherHeads: [SavedCheckpoint] = []
  /// Commits since the session began or since ``since``, oldest first.
  package var commits: [CommitFacts] = []
  /// Conflicts that are not resolved. None of these files is in the three lists that follow.
  package var unmerged: [UnmergedFile] = []
  /// The three kinds of work that no commit holds.
  package var staged: [FileChange] = []
  package var unstaged: [FileChange] = []
  package var untracked: [FileChange] = []
  /// All changes since the base of the session, committed or not.
  package var changed: [FileChange] = []
  /// Those and what no commit holds: a file may be there several times.
  package var allChanges: [FileChange] { changed + staged + unstaged + untracked }
  /// How many checkpoints changed a path.
  package var timesTouched: [String: Int] = [:]
  /// What commits of the session changed that are on other branches.
  package var committedElsewhere: Set<String> = []
  /// Of the runs that spoke last, the last one first.
  package var conversations: [Conversation] = []
  package var leftOut: [LeftOut] = []
  package var operation: OperationInProgress?
  /// True if the work tree differs from ``checkpoint``.
  package var hasUnsavedWork = false
  /// The tree that a checkpoint taken now would have. It makes the stamp exact: counts of lines alone do not
  /// tell one edit from another of the same size.
  package var tree: String?
  /// The tree that is staged. No sentence names it, but a document is stale when it changes.
  package var stagedTree: String?

  package init() {}

  package struct SavedCheckpoint: Hashable, Sendable {
    /// Full commit id.
    package var id: String
    /// As the user may type it: `c4`, or `c4~abcd` if there are two.
    package var name: String
    package var checkpoint: Checkpoint

    package init(id: String, name: String, checkpoint: Checkpoint) {
      self.id = id
      self.name = name
      self.checkpoint = checkpoint
    }
  }

  package struct CommitFacts: Hashable, Sendable {
    package var id: String
    package var subject: String
    /// The agent that made it; nil for a person.
    package var agent: String?

    package init(id: String, subject: String, agent: String? = nil) {
      self.id = id
      self.subject = subject
      self.agent = agent
    }
  }

  package struct FileChange: Hashable, Sendable {
    package enum Kind: String, Sendable {
      case added, modified, deleted
      case typeChanged = "type changed"
    }

    /// As git quotes it where it must.
    package var path: String
    package var kind: Kind
    /// Nil for a binary file.
    package var insertions: Int?
    package var deletions: Int?
    /// What git's hunk headers name: the functions in which lines changed, each once, in order.
    package var functions: [String]

    package init(path: String, kind: Kind, insertions: Int?, deletions: Int?, functions: [String] = []) {
      self.path = path
      self.kind = kind
      self.insertions = insertions
      self.deletions = deletions
      self.functions = functions
    }
  }
}
