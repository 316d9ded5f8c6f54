import Files
import Git
import Handoffs
import Sessions
import Snapshots
import Storage

/// Collects what a handoff is made of: the session's events, the commits, and the work tree as it is.
struct HandoffFacts {
  private let workspace: Workspace
  private let reading: Reading
  /// Nil where there is no work tree.
  private let captured: Snapshot?
  private let isJustSaved: Bool
  /// The file that the handoff itself is written to, if it lies in the work tree: it does not speak of itself.
  private let document: RepositoryPath?
  private let ahead: HandoffAhead?
  private let differences: DifferencesOfHandoffs

  /// Without a look at the work tree if it `isJustSaved`: it is as its latest checkpoint has it then.
  init(_ workspace: Workspace, document file: String?, isJustSaved: Bool = false) throws {
    self.workspace = workspace
    reading = try Reading(workspace)
    captured =
      try workspace.repository.workTree == nil || isJustSaved
      ? nil : reading.snapshot(after: workspace.currentIfAny()?.checkpoint)
    self.isJustSaved = isJustSaved
    ahead = workspace.takeHandoffAhead()
    differences = ahead?.differences ?? DifferencesOfHandoffs(workspace.repository)
    document = file.flatMap(workspace.repositoryPath)
  }

  /// What is in the work tree; the document counts as it is in the tree `reference`.
  private func snapshot(documentAsIn reference: ObjectID?) throws -> Snapshot {
    _ = try repository.requireWorkTree()
    let snapshot = try captured ?? reading.snapshot()
    guard let document else { return snapshot }
    return snapshot.replacing(
      tree: try TreeOverlay(repository, batch: reading.batch).tree(
        snapshot.tree, taking: document, from: reference ?? snapshot.staged.tree))
  }

  private var repository: Repository { workspace.repository }

  /// From commits and the work tree alone.
  func source(since revision: String) throws -> HandoffSource {
    guard !revision.hasPrefix("-") else { throw SessionError(.usage, "'\(revision)' is no revision") }
    let found = try repository.run(
      ["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"],
      accepting: [0, 1, 128])
    guard found.status == 0, let base = ObjectID(found.text) else {
      throw SessionError(.fatal, "'\(PlainText.line(revision))' names no commit")
    }
    let snapshot = try snapshot(documentAsIn: nil)
    var source = try workTreeFacts(snapshot)
    source.since = revision
    source.commits = try snapshot.head.commit.map { try commits(from: base, to: $0) } ?? []
    source.changed = try changes(from: repository.commit(base).tree, to: snapshot.tree)
    return source
  }

  /// From a session. The work tree tells its part only if the session is the current one here.
  func source(of history: SessionHistory) throws -> HandoffSource {
    let current = try workspace.currentIfAny().flatMap { $0.history.id == history.id ? $0 : nil }
    let tip = current?.tip ?? history.heads.last
    let latest = tip.flatMap { history.checkpoint(at: $0) }
    let snapshot = current == nil || isJustSaved ? nil : try snapshot(documentAsIn: latest?.tree)
    let conversations = Conversations(history, from: reading.batch)
    let transcripts = conversations.reading(after: ahead?.conversations)
    var source = try snapshot.map(workTreeFacts) ?? savedFacts(latest)
    source.session = history.state
    source.checkpoint = latest.flatMap { saved($0, in: history) }
    (source.continuations, source.otherHeads) = heads(of: history, beyond: tip)
    let work = SessionWork(history: history, tip: tip, batch: reading.batch)
    source.timesTouched = try work.timesTouched(differences)
    if let snapshot, let latest { source.hasUnsavedWork = try !repository.holds(latest, all: snapshot) }
    let first = history.checkpoints.first?.base
    let commits = try commits(from: first, to: source.head.flatMap { ObjectID($0) }, of: history)
    let authors = Dictionary(history.state.commits.map { ($0.id, $0.by?.agent) }) { first, _ in first }
    source.commits = commits.own.map {
      .init(id: $0.id.hex, subject: $0.subject, agent: authors[$0.id.hex] ?? nil)
    }
    let tree = snapshot?.tree ?? latest?.tree
    let base = try first.map { try repository.commit($0).tree } ?? repository.emptyTree
    // Mostly both are the same comparison.
    source.changed =
      source.stagedTree == base.hex && source.unmerged.isEmpty
      ? source.unstaged + source.untracked : try tree.map { try changes(from: base, to: $0) } ?? []
    if !commits.areAllOwn {
      let committed = Set(try work.paths(of: commits.own).map(\.description))
      let uncommitted = Set((source.staged + source.unstaged + source.untracked).map(\.path))
      source.changed.removeAll { change in
        source.timesTouched[change.path] == nil && !committed.contains(change.path)
          && !uncommitted.contains(change.path)
      }
    }
    let elsewhere = try commitsElsewhere(than: commits.own, in: source)
    source.committedElsewhere = Set(try work.paths(of: elsewhere).map(\.description))
    source.conversations = try conversations.told(by: transcripts)
    differences.keep()
    return source
  }

  /// The heads with other files than `tip` has: those that go on from it, and those that stand beside it.
  private func heads(
    of history: SessionHistory, beyond tip: ChainCommit?
  ) -> (after: [HandoffSource.SavedCheckpoint], beside: [HandoffSource.SavedCheckpoint]) {
    let own = tip.flatMap { history.checkpoint(at: $0) }
    var (after, beside) = ([HandoffSource.SavedCheckpoint](), [HandoffSource.SavedCheckpoint]())
    for head in history.heads {
      guard let checkpoint = history.checkpoint(at: head), checkpoint.tree != own?.tree,
        let saved = saved(checkpoint, in: history)
      else { continue }
      let goesOn = tip.map { history.past(of: head.id).contains($0.id) } ?? false
      if goesOn { after.append(saved) } else { beside.append(saved) }
    }
    return (after, beside)
  }

  /// What this work tree says: HEAD, and the kinds of uncommitted work.
  private func workTreeFacts(_ snapshot: Snapshot) throws -> HandoffSource {
    let base = try snapshot.head.commit.map { try repository.commit($0).tree } ?? repository.emptyTree
    var source = HandoffSource()
    source.tree = snapshot.tree.hex
    source.head = snapshot.head.commit?.hex
    source.branch = snapshot.head.branch.map(Self.short)
    source.leftOut = snapshot.leftOut
    source.operation = snapshot.operation
    try divide(staged: snapshot.staged, base: base, worktree: snapshot.tree, into: &source)
    return source
  }

  /// What a checkpoint says of the work tree that it saved.
  private func savedFacts(_ commit: ChainCommit?) throws -> HandoffSource {
    var source = HandoffSource()
    guard let commit, let checkpoint = commit.checkpoint else { return source }
    source.tree = commit.tree.hex
    source.head = commit.base?.hex
    source.branch = checkpoint.branch.map(Self.short)
    source.leftOut = checkpoint.leftOut
    source.operation = checkpoint.operation
    let base = try commit.base.map { try repository.commit($0).tree } ?? repository.emptyTree
    try divide(
      staged: try repository.stagedState(of: commit), base: base, worktree: commit.tree, into: &source)
    return source
  }

  private func divide(
    staged: StagedState, base: ObjectID, worktree: ObjectID, into source: inout HandoffSource
  ) throws {
    source.stagedTree = staged.tree.hex
    source.unmerged = try reading.batch.unmergedFiles(of: staged)
    // The tree of what is staged lacks them; they are neither deleted nor new.
    let unmerged = Set(source.unmerged.map(\.path))
    func changes(from old: ObjectID, to new: ObjectID) throws -> [HandoffSource.FileChange] {
      try self.changes(from: old, to: new, withFunctions: true).filter { !unmerged.contains($0.path) }
    }
    source.staged = try changes(from: base, to: staged.tree)
    let rest = try changes(from: staged.tree, to: worktree)
    // Git knows those of `add --intent-to-add`, although nothing of them is staged.
    let known = Set(staged.intentToAdd.map(\.description))
    func isUntracked(_ change: HandoffSource.FileChange) -> Bool {
      change.kind == .added && !known.contains(change.path)
    }
    source.untracked = rest.filter(isUntracked)
    source.unstaged = rest.filter { !isUntracked($0) }
  }

  private static func short(_ branch: String) -> String {
    branch.hasPrefix("refs/heads/") ? String(branch.dropFirst(11)) : branch
  }

  private func saved(_ commit: ChainCommit, in history: SessionHistory) -> HandoffSource.SavedCheckpoint? {
    commit.checkpoint.map { .init(id: commit.id.hex, name: history.name(of: commit), checkpoint: $0) }
  }

  private func commits(from base: ObjectID?, to head: ObjectID) throws -> [HandoffSource.CommitFacts] {
    try repository.commits(from: base, to: head).map { .init(id: $0.id.hex, subject: $0.subject) }
  }

  /// The commits since the session began that it counts as its own, oldest first: recorded, or made by this user since
  /// then; and whether they are all that lie between.
  private func commits(
    from base: ObjectID?, to head: ObjectID?, of history: SessionHistory
  ) throws -> (own: [Commit], areAllOwn: Bool) {
    guard let head, base != head else { return ([], true) }
    let recorded = Set(history.state.commits.map(\.id))
    let start = (history.state.started ?? history.id.time).seconds
    let email = workspace.committerEmail
    let all = try repository.commits(from: base, to: head)
    let own = all.filter { recorded.contains($0.id.hex) || ($0.committerEmail == email && $0.time >= start) }
    return (own, own.count == all.count && !own.isEmpty)
  }

  /// So many commits that are not on this branch are looked at, the newest.
  private static let elsewhereLimit = "1000"

  /// The recorded commits of the session that are on other branches. They are looked for if something that it has
  /// touched is nowhere to be seen here.
  private func commitsElsewhere(than own: [Commit], in source: HandoffSource) throws -> [Commit] {
    let recorded = Set(source.session?.commits.map(\.id) ?? []).subtracting(own.map(\.id.hex))
    guard let head = source.head, !recorded.isEmpty,
      !Set(source.allChanges.map(\.path)).isSuperset(of: source.timesTouched.keys)
    else { return [] }
    let found = try repository.run(
      ["rev-list", "--max-count=" + Self.elsewhereLimit, "--branches", "--remotes", "--not", head])
    return try found.text.split(separator: "\n").filter { recorded.contains(String($0)) }
      .compactMap { ObjectID(String($0)) }.map { try repository.commit($0) }
  }

  /// Of so many files the functions are told, those that changed most: a handoff has no room for more.
  private static let functionsLimit = 100

  private func changes(
    from old: ObjectID, to new: ObjectID, withFunctions: Bool = false
  ) throws -> [HandoffSource.FileChange] {
    let (batch, known) = (reading.batch, differences.known)
    let files =
      try ahead?.comparison(from: old, to: new).map { try batch.differences($0, knowing: known) }
      ?? batch.differences(from: old, to: new, knowing: known)
    let most = Array(
      files.filter { $0.lines != nil }.sorted { $0.lineCount > $1.lineCount }
        .prefix(withFunctions ? Self.functionsLimit : 0))
    let headers = try batch.hunkHeaders(of: most, knowing: known)
    let functions = try batch.changedFunctions(in: most, headers, from: old, to: new)
    try differences.note(files, most, headers)
    return files.map { file in
      let change = FileChange(file)
      let kind: HandoffSource.FileChange.Kind =
        switch change.kind {
        case .added: .added
        case .deleted: .deleted
        case .modified: .modified
        case .typeChanged: .typeChanged
        }
      return .init(
        path: change.path, kind: kind, insertions: change.insertions, deletions: change.deletions,
        functions: functions[file.path] ?? [])
    }
  }
}

extension TreeDifference {
  fileprivate var lineCount: Int { (lines?.insertions ?? 0) + (lines?.deletions ?? 0) }
}
