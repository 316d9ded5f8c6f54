import Git
import Sessions
import Snapshots
import Storage

/// The one way in which anything is written to a session: objects, then the chain, then what is derived from it.
struct Saving {
  let workspace: Workspace
  /// Holds all objects of this save.
  let batch: ObjectBatch

  init(_ workspace: Workspace) throws {
    // Only a work tree writes; without one the chain would get a commit that nobody remembers.
    _ = try workspace.repository.requireWorkTree()
    self.workspace = workspace
    batch = try ObjectBatch(workspace.repository)
  }

  private var repository: Repository { workspace.repository }

  /// A snapshot of the work tree, in the batch; quicker if its last checkpoint is known, and still quicker if the
  /// files are that have changed since.
  func capture(
    _ paths: [RepositoryPath]? = nil, after last: ChainCommit?, survivingBrokenIndex: Bool = false
  ) throws -> Capture.Taken {
    var capture = try workspace.capture(into: batch)
    (capture.survivesBrokenIndex, capture.keepsStaged) = (survivingBrokenIndex, true)
    if let paths, let last, let held = try repository.snapshot(of: last),
      let taken = try capture.snapshot(of: paths, changing: held, after: last.id)
    {
      return taken
    }
    let taken = try workspace.world.during("Looking at the work tree") {
      try capture.snapshot(after: last?.id)
    }
    if taken.lacksIndex {
      workspace.warn("git's index cannot be read; the files are saved, what was staged is not known")
    }
    if !taken.lostStaged.isEmpty {
      let names = taken.lostStaged.map { "'\($0)'" }.joined(separator: ", ")
      workspace.warn("the repository has lost what was staged of \(names); the files are saved as they are")
    }
    return taken
  }

  /// That `taken` is what `checkpoint` holds makes the next capture cheaper, and nothing depends on it.
  func remember(_ taken: Capture.Taken, as checkpoint: ObjectID) {
    do {
      try workspace.capture(into: batch).remember(taken, as: checkpoint)
    } catch {
      // The next capture reads again what this one has read.
    }
  }

  /// Appends a record: facts without a snapshot.
  @discardableResult
  func record(
    _ facts: [Fact], in current: Workspace.Current, entering: Bool = true
  ) throws -> ChainWriter.Appended {
    try append(ChainDraft(facts: facts), to: current, entering: entering)
  }

  /// Appends a checkpoint of a snapshot, together with `facts` and the commits that were made since the last one:
  /// those that look like it, and `made`, of which it is known, and by which agent's run if by one.
  ///
  /// Without `linksCommits` those are left out: where the work tree does not yet belong to the session. `merged` are
  /// tips of other writers that the checkpoint takes in.
  func checkpoint(
    _ taken: Capture.Taken, trigger: Trigger, message: String?, facts: [Fact] = [],
    made: Commit? = nil, by author: AgentRun.ID? = nil, in current: Workspace.Current,
    entering: Bool = true, linksCommits: Bool = true, merging merged: [ObjectID] = []
  ) throws -> ChainWriter.Appended {
    let snapshot = taken.snapshot
    let message = message.map { workspace.redaction.redact($0) }
    let before = current.checkpoint
    var commits = linksCommits ? try commitsMade(until: snapshot.head.commit, in: current) : []
    if let made, !commits.contains(made), !current.history.state.knownCommits.contains(made.id.hex) {
      commits.append(made)
    }
    let news = linksCommits ? AgentNews(for: current.history.state, workspace, batch: batch) : AgentNews()
    let facts = facts + commits.map { Fact.made($0, by: $0 == made ? author : nil) } + news.facts
    let reference =
      try before?.tree ?? snapshot.head.commit.map { try repository.commit($0).tree }
      ?? repository.emptyTree
    var draft = ChainDraft(facts: facts, message: message)
    draft.merged = merged
    draft.attachments = news.attachments
    draft.snapshot = SavedSnapshot(
      tree: snapshot.tree, base: snapshot.head.commit, index: try indexCommit(snapshot),
      conflict: try conflictCommit(snapshot),
      operations: (snapshot.operation?.heads ?? []).compactMap { ObjectID($0) },
      facts: Checkpoint(
        number: 1, trigger: trigger, time: workspace.now, message: message, branch: snapshot.head.branch,
        changes: try batch.changeCount(from: reference, to: snapshot.tree),
        leftOut: snapshot.leftOut, intentToAdd: snapshot.staged.intentToAdd.map(\.description),
        operation: snapshot.operation))
    let appended = try append(draft, to: current, entering: entering)
    remember(taken, as: appended.commit.id)
    if news.hasMore { workspace.start(.keepTranscripts) }
    return appended
  }

  /// Appends a record that keeps a handoff with the session.
  func keep(handoff attachment: Attachment, in current: Workspace.Current) throws {
    var draft = ChainDraft(facts: [.handoffKept(file: attachment.file)])
    draft.attachments = [attachment]
    _ = try append(draft, to: current, entering: true)
  }

  /// Appends what agents have added, and `facts`, unless they have added nothing. Nil then.
  func recordNews(_ facts: [Fact] = [], in current: Workspace.Current) throws -> AgentNews? {
    let news = AgentNews(for: current.history.state, workspace, batch: batch)
    guard !news.isEmpty else { return nil }
    var draft = ChainDraft(facts: facts + news.facts)
    draft.attachments = news.attachments
    _ = try append(draft, to: current, entering: true)
    return news
  }

  /// The session becomes the current one of the work tree unless `entering` is false.
  private func append(
    _ draft: ChainDraft, to current: Workspace.Current, entering: Bool
  ) throws -> ChainWriter.Appended {
    var draft = draft
    draft.facts = draft.facts.map { $0.redacted(by: workspace.redaction) }
    var view: Result<ChangedView?, any Error> = .success(nil)
    let appended = try workspace.chainWriter.append(
      draft, to: current.history.id, writer: current.writer, after: current.tip.id,
      knowing: current.history, batch: batch, mint: workspace.mintWriter, derive: { view = changedView($0) })
    try showInNotes(view)
    try workspace.updateState { state in
      if entering {
        state.stand(
          in: appended.history.id, at: appended.commit.id, of: appended.commit.writer,
          lifecycle: appended.history.state.lifecycle)
        if let snapshot = draft.snapshot { state.base = snapshot.base }
      } else if state.current == appended.history.id {
        state.lifecycle = appended.history.state.lifecycle
      }
      state.writer = appended.commit.writer
    }
    if entering { workspace.remember(appended.history) }
    mergePacks()
    return appended
  }

  /// Has packs merged, by a process that nobody waits for, once there are many. If that is not possible, the next
  /// save tries again.
  private func mergePacks() {
    do {
      if try Consolidation(repository).isDue() { workspace.start(.mergePacks) }
    } catch {
      // What was saved is saved; `doctor` says what is wrong with the packs.
    }
  }

  /// The notes that a save changes, and the view with them.
  private struct ChangedView {
    let notes: [ObjectID: NotesView.Note]
    let prepared: NotesView.Prepared?
  }

  /// The view is made before the objects of the save are published, so that both go the same way. Nil if nothing
  /// changes in it.
  private func changedView(_ appended: ChainWriter.Appended) -> Result<ChangedView?, any Error> {
    Result {
      let notes = try workspace.notes(changedBy: appended)
      return notes.isEmpty
        ? nil : ChangedView(notes: notes, prepared: try workspace.preparedNotes(notes, batch: batch))
    }
  }

  /// Brings the view up to date. That it could not be does not undo the save: it is rebuilt later.
  private func showInNotes(_ view: Result<ChangedView?, any Error>) throws {
    do {
      guard let view = try view.get() else { return }
      try workspace.showInNotes(view.notes, view.prepared, batch: batch)
    } catch {
      let cause = SessionError(wrapping: error).sentence
      workspace.warn("refs/notes/sessions was not updated: \(cause)")
      try workspace.forgetNotesTip()
    }
  }

  /// The staged state as a commit on the base; nil if it is that of the base.
  private func indexCommit(_ snapshot: Snapshot) throws -> ObjectID? {
    let base = try snapshot.head.commit.map { try repository.commit($0).tree } ?? repository.emptyTree
    guard snapshot.staged.tree != base else { return nil }
    return try batch.writeCommit(
      tree: snapshot.staged.tree, parents: snapshot.head.commit.map { [$0] } ?? [], by: workspace.signature,
      message: "session: staged state\n")
  }

  private func conflictCommit(_ snapshot: Snapshot) throws -> ObjectID? {
    guard let tree = snapshot.staged.conflict else { return nil }
    return try batch.writeCommit(
      tree: tree, parents: [], by: workspace.signature, message: "session: unmerged stages\n")
  }

  /// The commits between the base of the last checkpoint and `tip` that this user has made since the session began.
  func commitsMade(until tip: ObjectID?, in current: Workspace.Current) throws -> [Commit] {
    guard let tip, let last = current.checkpoint, last.base != tip else { return [] }
    let known = current.history.state.knownCommits
    let start = current.history.state.started ?? current.history.id.time
    let found = try repository.commits(from: last.base, to: tip).filter { commit in
      commit.committerEmail == workspace.committerEmail && commit.time >= start.seconds
        && !known.contains(commit.id.hex)
    }
    // What another session has made, in another work tree perhaps, only came here.
    let links = try workspace.links(of: Set(found.map(\.id)))
    return found.filter { links[$0.id]?.contains { $0.session == current.history.id } ?? true }
  }
}

extension Workspace {
  func capture(into batch: ObjectBatch) throws -> Capture {
    Capture(
      repository, settings: workTreeSettings, limits: try settings.limits, batch: batch,
      inputs: takeCaptureInputs())
  }

  var workTreeSettings: WorkTreeSettings { WorkTreeSettings(configuration, of: repository) }
}

extension Fact {
  static func made(_ commit: Commit, by run: AgentRun.ID? = nil) -> Fact {
    .commitMade(id: commit.id.hex, subject: commit.subject, by: run)
  }
}
