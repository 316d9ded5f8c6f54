import Files
import Git
import Sessions
import Storage

extension Workspace {
  /// Where the tip of the view as we left it is remembered. Another tip was made by others, a fetch perhaps,
  /// and may lack notes.
  private var notesTipFile: String { repository.cloneState + "/notes-tip" }

  /// Adds notes to the view, or rebuilds it as a whole if it is not as we left it. `prepared` is the view with these
  /// notes, if it was made already.
  func showInNotes(
    _ new: [ObjectID: NotesView.Note], _ prepared: NotesView.Prepared? = nil, batch: ObjectBatch
  ) throws {
    let tip =
      try areNotesOurs()
      ? try notes.show(try prepared ?? notes.prepare(new, batch: batch), new, batch: batch)
      : try notes.rebuild(try allNotes(), batch: batch)
    guard let tip else { return try forgetNotesTip() }
    try rememberNotesTip(tip)
  }

  /// True if the view is as we left it.
  private func areNotesOurs() throws -> Bool {
    guard let remembered = try Files.readIfPresent(notesTipFile) else { return false }
    return try repository.reference(NotesView.reference)?.hex == String(decoding: remembered, as: UTF8.self)
  }

  /// What sessions say of some commits of the user: quickly by the view if it is as we left it, else by all chains.
  func links(of commits: Set<ObjectID>) throws -> [ObjectID: [CommitLink]] {
    if commits.isEmpty { return [:] }
    return try areNotesOurs() ? notes.links(of: commits) : notesContent().links(of: commits)
  }

  /// The view with new notes, if they can be added to it as it is.
  func preparedNotes(
    _ new: [ObjectID: NotesView.Note], batch: ObjectBatch
  ) throws -> NotesView.Prepared? {
    try areNotesOurs() ? notes.prepare(new, batch: batch) : nil
  }

  /// After a crash the view is rebuilt once more than needed, at worst.
  private func rememberNotesTip(_ tip: ObjectID) throws {
    try Files.overwrite(Array(tip.hex.utf8), at: notesTipFile)
    Files.share(notesTipFile)
  }

  /// The notes that differ because of a commit of a chain.
  func notes(changedBy appended: ChainWriter.Appended) throws -> [ObjectID: NotesView.Note] {
    let rewritten = appended.commit.events.compactMap { event -> ObjectID? in
      guard case .commitRewritten(let old, _, _) = event.fact else { return nil }
      return ObjectID(old)
    }
    return NotesView.notes(
      of: appended.history, for: [appended.commit], others: try notes.links(of: Set(rewritten)))
  }

  /// Lets the next update rebuild the view as a whole, since this one was missed.
  func forgetNotesTip() throws { try Files.remove(notesTipFile) }

  /// Makes the view what the chains say.
  func rebuildNotes(batch: ObjectBatch) throws {
    guard let tip = try notes.rebuild(try allNotes(), batch: batch) else { return }
    try rememberNotesTip(tip)
  }

  /// The notes that all sessions ask for.
  func allNotes() throws -> [ObjectID: NotesView.Note] { try notesContent().notes }

  private func notesContent() throws -> NotesContent {
    var content = NotesContent()
    for (session, tips) in try repository.sessionTips() {
      let history = try SessionHistory(session, tips: tips, from: repository)
      if !history.state.isDeleted { content.add(history) }
    }
    return content
  }
}
