package import Git
package import Sessions

/// One thing that `undo` can reverse.
package struct UndoEntry: Codable, Hashable, Sendable {
  package enum Action: Codable, Hashable, Sendable {
    /// The work tree, and perhaps the index, were replaced; `safety` holds what was there.
    case restored(safety: ObjectID, index: SavedIndex, after: Position?)
    case branched(name: String, commit: ObjectID)
    case unbranched(name: String, commit: ObjectID)
    case changedLifecycle(from: Lifecycle, to: Lifecycle)
    case resumed(Resumption)
  }

  /// What became of the user's index.
  package enum SavedIndex: Codable, Hashable, Sendable {
    case untouched
    case absent
    /// The file, in the folder of the work tree's state, that holds it as it was.
    case copied(file: String)

    var file: String? { if case .copied(let file) = self { file } else { nil } }
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
  /// Nil if a newer version wrote it: then it can neither be reversed nor passed over.
  package var action: Action?
  /// The action as it was read, to be written again unharmed.
  private var unknown: JSONValue?

  package init(session: SessionID, time: Timestamp, title: String, action: Action) {
    self.session = session
    self.time = time
    self.title = title
    self.action = action
  }

  var savedIndex: SavedIndex {
    switch action {
    case .restored(_, let index, _): index
    case .resumed(let resumption): resumption.index
    case .branched, .unbranched, .changedLifecycle, nil: .untouched
    }
  }

  /// Where HEAD and the staged state were left, once all is done.
  package mutating func finish(at position: Position) {
    switch action {
    case .restored(let safety, let index, _):
      action = .restored(safety: safety, index: index, after: position)
    case .resumed(var resumption):
      resumption.after = position
      action = .resumed(resumption)
    case .branched, .unbranched, .changedLifecycle, nil: break
    }
  }
}

extension UndoEntry {
  private enum CodingKeys: CodingKey { case session, time, title, action }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    session = try container.decode(SessionID.self, forKey: .session)
    time = try container.decode(Timestamp.self, forKey: .time)
    title = try container.decode(String.self, forKey: .title)
    do {
      action = try container.decode(Action.self, forKey: .action)
    } catch is DecodingError {
      unknown = try container.decode(JSONValue.self, forKey: .action)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(session, forKey: .session)
    try container.encode(time, forKey: .time)
    try container.encode(title, forKey: .title)
    if let action {
      try container.encode(action, forKey: .action)
    } else {
      try container.encode(unknown, forKey: .action)
    }
  }
}

/// A session was taken up with branch, index and work tree, or that was reversed; here is what was before.
package struct Resumption: Codable, Hashable, Sendable {
  package struct BranchMove: Codable, Hashable, Sendable {
    /// `refs/heads/main`
    package let name: String
    /// Nil stands for a branch that does not exist.
    package let from: ObjectID?
    package let to: ObjectID?

    package init(name: String, from: ObjectID?, to: ObjectID?) {
      self.name = name
      self.from = from
      self.to = to
    }

    package var reversed: BranchMove { BranchMove(name: name, from: to, to: from) }
  }

  /// Holds the files and what was staged.
  package var safety: ObjectID
  package var index: UndoEntry.SavedIndex
  /// Nil until all is done: what was interrupted can be undone wherever it stopped.
  package var after: UndoEntry.Position?
  /// Where HEAD was.
  package var branch: String?
  package var commit: ObjectID?
  /// What was done to branches.
  package var branches: [BranchMove]
  /// The files in the git dir by which git knows a merge, cherry-pick or revert, with their content.
  package var operation: [String: String]
  /// The session of the work tree, and where in it the work tree stood.
  package var session: SessionID?
  package var tip: ObjectID?
  /// The session that was taken up, or left again, and its state before.
  package var resumed: SessionID
  package var lifecycle: Lifecycle

  package init(
    safety: ObjectID, index: UndoEntry.SavedIndex, branch: String?, commit: ObjectID?,
    branches: [BranchMove], operation: [String: String], session: SessionID?, tip: ObjectID?,
    resumed: SessionID, lifecycle: Lifecycle
  ) {
    self.safety = safety
    self.index = index
    self.branch = branch
    self.commit = commit
    self.branches = branches
    self.operation = operation
    self.session = session
    self.tip = tip
    self.resumed = resumed
    self.lifecycle = lifecycle
  }
}
