package import Files
package import Git
package import Sessions

/// What one work tree remembers for itself: its session, its writer, and what `undo` would reverse.
///
/// Not truth: a work tree that loses it starts anew and loses no session.
package struct WorktreeState: Hashable, Sendable {
  package var current: SessionID?
  package var previous: SessionID?
  package var writer: WriterID
  /// The commit at which this work tree took up its session. Once it has written to it, its chain tells more.
  package var tip: ObjectID?
  /// The life of the current session as it was last seen here; nil in a state of an older version.
  package var lifecycle: Lifecycle?
  /// What HEAD named when it was last recorded here.
  package var base: ObjectID?
  /// Where the writer lives. A copied work tree is another place and must not write as the same writer; one that was
  /// moved, or is seen under another path, is the same.
  package var place: Place
  /// The latest last.
  package var undo: [UndoEntry] = []

  package struct Place: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var path: String
    package var machine: String

    package init(device: UInt64, inode: UInt64, path: String, machine: String) {
      self.device = device
      self.inode = inode
      self.path = path
      self.machine = machine
    }

    /// Whether both are one folder, whatever its path.
    package func isSameFolder(as other: Place) -> Bool {
      (device, inode, machine) == (other.device, other.inode, other.machine)
    }
  }

  package init(writer: WriterID, place: Place) {
    self.writer = writer
    self.place = place
  }

  /// Makes `session` the current one, standing at a commit of it that `writer` has written: unless both were that
  /// before, for then its chain tells where it stands, and there is nothing to remember.
  package mutating func stand(
    in session: SessionID, at tip: ObjectID, of writer: WriterID, lifecycle: Lifecycle
  ) {
    let isOwn = current == session && self.writer == writer
    enter(session, at: isOwn ? self.tip ?? tip : tip, lifecycle: lifecycle)
    // Another than before if the reference of the old one was locked.
    self.writer = writer
  }

  /// Makes `session` the current one, standing at its commit `tip`.
  package mutating func enter(_ session: SessionID, at tip: ObjectID, lifecycle: Lifecycle = .active) {
    if current != session { (previous, current) = (current, session) }
    self.tip = tip
    self.lifecycle = lifecycle
  }

  /// Whether hooks have anything to do here.
  package var isActive: Bool { current != nil && (lifecycle ?? .active) == .active }

  /// How many entries are kept; one that is forgotten takes its copy of the index with it.
  package static let undoLimit = 50

  /// The names of copies of the index start so, in the folder of the state.
  package static let indexPrefix = "index-"

  /// The copies of the index that entries name. Nil if a newer version wrote one, which may name any.
  package var savedIndexes: Set<String>? {
    undo.contains { $0.action == nil } ? nil : Set(undo.compactMap(\.savedIndex.file))
  }
}

extension WorktreeState {
  /// Reads the state from our folder in a git dir; nil if there is none or it cannot be read.
  package init?(storedIn folder: String) throws(FileError) {
    // A state that this version cannot read is as good as none: all that matters is in the chains.
    guard let bytes = try Files.readIfPresent(folder + "/state.json"),
      let json = try? JSONValue(parsing: bytes), let state = try? WorktreeState(json)
    else { return nil }
    self = state
  }
}

extension Repository {
  package var stateFile: String { worktreeState + "/state.json" }

  /// Is there while the session of this work tree is active, so that hooks see it without starting a program.
  private var activeMarker: String { worktreeState + "/active" }

  /// The state of this work tree as it was last written; nil if there is none or it cannot be read.
  package func storedWorktreeState() throws(GitError) -> WorktreeState? {
    try withFiles { () throws(FileError) in try WorktreeState(storedIn: worktreeState) }
  }

  /// True if there is a state of this work tree that cannot be read: it is damaged, or a newer version wrote it.
  package func isWorktreeStateUnreadable() throws(GitError) -> Bool {
    guard try withFiles({ () throws(FileError) in try Files.status(stateFile) }) != nil else { return false }
    return try storedWorktreeState() == nil
  }

  /// Changes the state of this work tree under its lock. `initial` is taken where there is none yet.
  package func updateWorktreeState<Result>(
    initial: () throws -> WorktreeState, _ body: (inout WorktreeState) throws -> Result
  ) throws -> Result {
    try Files.makeDirectory(worktreeState)
    return try FileLock.held(worktreeState + "/lock", milliseconds: 5000) {
      let stored = try storedWorktreeState()
      var state = try stored ?? initial()
      let undo = state.undo
      let result = try body(&state)
      let known = undo + state.undo
      state.undo = state.undo.suffix(WorktreeState.undoLimit)
      if state != stored {
        // Of what can be undone alone the chains do not tell if a crash brings back the state before.
        try Files.writeAtomically(try state.json.canonical, to: stateFile, isLasting: state.undo != undo)
      }
      if try state.isActive != (Files.status(activeMarker) != nil) {
        try state.isActive ? Files.create([], at: activeMarker) : Files.remove(activeMarker)
      }
      // Only now: an interruption may leave a file too many, never an entry without its file.
      let kept = Set(state.undo.compactMap(\.savedIndex.file))
      for file in known.compactMap(\.savedIndex.file) where !kept.contains(file) {
        try Files.remove("\(worktreeState)/\(file)")
      }
      return result
    }
  }
}
