import Files
package import Git
package import Sessions

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What one work tree remembers for itself: its session, its writer, and what `undo` would reverse.
///
/// Not truth: a work tree that loses it starts anew and loses no session.
package struct WorktreeState: Codable, Sendable {
  package var current: SessionID?
  package var previous: SessionID?
  package var writer: WriterID
  /// The last commit of the current session that this work tree wrote or took up.
  package var tip: ObjectID?
  /// Where the writer lives. A copied work tree is another place and must not write as the same writer.
  package var place: Place
  /// The latest last.
  package var undo: [UndoEntry] = []

  package struct Place: Hashable, Codable, Sendable {
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
  }

  package init(writer: WriterID, place: Place) {
    self.writer = writer
    self.place = place
  }

  /// Makes `session` the current one, standing at its commit `tip`.
  package mutating func enter(_ session: SessionID, at tip: ObjectID) {
    if current != session { (previous, current) = (current, session) }
    self.tip = tip
  }

  /// How many entries are kept; an older one is forgotten with its copy of the index.
  package static let undoLimit = 50
}

/// One thing that `undo` can reverse.
package struct UndoEntry: Codable, Hashable, Sendable {
  package enum Action: Codable, Hashable, Sendable {
    /// The work tree, and perhaps the index, were replaced; `safety` holds what was there.
    case restored(safety: ObjectID, index: SavedIndex, after: Position?)
    case branched(name: String, commit: ObjectID)
    case unbranched(name: String, commit: ObjectID)
    case changedLifecycle(from: Lifecycle, to: Lifecycle)
  }

  /// What became of the user's index.
  package enum SavedIndex: Codable, Hashable, Sendable {
    case untouched
    case absent
    /// The file, in the folder of the work tree's state, that holds it as it was.
    case copied(file: String)
  }

  /// HEAD and the staged state. Moved by others since means that undoing would mix two histories.
  package struct Position: Codable, Hashable, Sendable {
    package var branch: String?
    package var commit: ObjectID?
    package var staged: String

    package init(branch: String?, commit: ObjectID?, staged: String) {
      self.branch = branch
      self.commit = commit
      self.staged = staged
    }
  }

  package let session: SessionID
  package let time: Timestamp
  /// What was done, in the user's words: `restore c3`.
  package let title: String
  package var action: Action

  package init(session: SessionID, time: Timestamp, title: String, action: Action) {
    self.session = session
    self.time = time
    self.title = title
    self.action = action
  }
}

extension Repository {
  private var stateFile: String { worktreeState + "/state.json" }

  /// The state of this work tree as it was last written; nil if there is none or it cannot be read.
  package func storedWorktreeState() throws(GitError) -> WorktreeState? {
    let bytes = try withFiles { () throws(FileError) in try Files.readIfPresent(stateFile) }
    // A state that this version cannot read is as good as none: all that matters is in the chains.
    return bytes.flatMap { try? JSONDecoder().decode(WorktreeState.self, from: Data($0)) }
  }

  /// Changes the state of this work tree under its lock. `initial` is taken where there is none yet.
  package func updateWorktreeState<Result>(
    initial: () throws -> WorktreeState, _ body: (inout WorktreeState) throws -> Result
  ) throws -> Result {
    try Files.makeDirectory(worktreeState)
    return try FileLock.held(worktreeState + "/lock", milliseconds: 5000) {
      var state = try storedWorktreeState() ?? initial()
      let result = try body(&state)
      let forgotten = state.undo.dropLast(WorktreeState.undoLimit)
      state.undo = state.undo.suffix(WorktreeState.undoLimit)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try Files.writeAtomically(Array(try encoder.encode(state)), to: stateFile)
      // Only now: an interruption may leave a file too many, never an entry without its file.
      for entry in forgotten { try removeFiles(of: entry) }
      return result
    }
  }

  private func removeFiles(of entry: UndoEntry) throws(FileError) {
    guard case .restored(_, .copied(let file), _) = entry.action else { return }
    try Files.remove("\(worktreeState)/\(file)")
  }
}
