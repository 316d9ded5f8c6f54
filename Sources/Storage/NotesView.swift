package import Git
import Sessions

/// The notes that show the sessions to plain git: `refs/notes/sessions`.
///
/// A view, rebuilt from the chains whenever it is missing or different; nothing reads it to decide anything.
/// Its tree has one uniform level of folders, `ab/cdef…`.
package struct NotesView {
  package static let reference = "refs/notes/sessions"

  /// What the note of one commit is.
  package enum Note: Hashable, Sendable {
    /// The note of a checkpoint is the very blob of its `session.json`.
    case document(ObjectID)
    /// The note of a commit of the user: a line for each session that it was made in.
    case lines(Set<String>)
  }

  private let repository: Repository
  private let signature: Signature

  package init(_ repository: Repository, signature: Signature) {
    self.repository = repository
    self.signature = signature
  }

  /// The notes that a session's history asks for; `commits` limits them to those commits of the chain.
  package static func notes(
    of history: SessionHistory, for commits: [ChainCommit]? = nil
  ) -> [ObjectID: Note] {
    var notes: [ObjectID: Note] = [:]
    for commit in commits ?? history.commits {
      if commit.checkpoint != nil, let blob = commit.documentBlob { notes[commit.id] = .document(blob) }
      for event in commit.events {
        guard case .commitMade(let hex, _) = event.fact, let made = ObjectID(hex) else { continue }
        let line = "Session: \(history.state.label) \(history.id) \(commit.id)"
        notes[made] = .lines([line])
      }
    }
    return notes
  }

  /// Adds notes to the view as it is, which keeps all others.
  ///
  /// Gives up silently if others keep moving the view: it is rebuilt when that is noticed.
  package func add(_ notes: [ObjectID: Note], batch: ObjectBatch) throws(GitError) -> ObjectID? {
    for _ in 0..<5 {
      let tip = try repository.reference(Self.reference)
      let root =
        try tip.map { (id) throws(GitError) in try repository.tree(try repository.commit(id).tree) } ?? []
      let tree = try write(notes, onto: root, batch: batch)
      do {
        return try publish(tree, over: tip, batch: batch)
      } catch  where error.kind == .moved {
        continue
      }
    }
    return nil
  }

  /// Makes the view hold exactly these notes. Returns its tip, which is the old one if nothing differs.
  package func rebuild(_ notes: [ObjectID: Note], batch: ObjectBatch) throws(GitError) -> ObjectID? {
    let tip = try repository.reference(Self.reference)
    let tree = try write(notes, onto: [], batch: batch)
    return try publish(tree, over: tip, batch: batch)
  }

  /// True if the view holds exactly these notes.
  package func equals(_ notes: [ObjectID: Note], batch: ObjectBatch) throws(GitError) -> Bool {
    guard let tip = try repository.reference(Self.reference) else { return notes.isEmpty }
    return try repository.commit(tip).tree == write(notes, onto: [], batch: batch)
  }

  private func publish(_ tree: ObjectID, over tip: ObjectID?, batch: ObjectBatch) throws(GitError) -> ObjectID
  {
    if let tip, try repository.commit(tip).tree == tree { return tip }
    let commit = try batch.writeCommit(
      tree: tree, parents: tip.map { [$0] } ?? [], by: signature, message: "Notes added by git session\n")
    try batch.publish()
    try repository.move(Self.reference, from: tip, to: commit, log: "session: notes")
    return commit
  }

  private func write(
    _ notes: [ObjectID: Note], onto root: [TreeEntry], batch: ObjectBatch
  ) throws(GitError) -> ObjectID {
    var folders = Dictionary(root.map { ($0.name, $0) }) { $1 }
    for (prefix, group) in Dictionary(
      grouping: notes.sorted { $0.key < $1.key }, by: { $0.key.hex.prefix(2) })
    {
      let folder = Array(prefix.utf8)
      let old = try folders[folder].map { (entry) throws(GitError) in
        entry.isTree ? try repository.tree(entry.id) : []
      }
      var entries = Dictionary((old ?? []).map { ($0.name, $0) }) { $1 }
      for (commit, note) in group {
        let name = Array(commit.hex.dropFirst(2).utf8)
        let blob = try blob(of: note, replacing: entries[name]?.id, batch: batch)
        entries[name] = TreeEntry(mode: "100644", name: name, id: blob)
      }
      folders[folder] = TreeEntry(mode: "40000", name: folder, id: try batch.writeTree(Array(entries.values)))
    }
    return try batch.writeTree(Array(folders.values))
  }

  private func blob(of note: Note, replacing old: ObjectID?, batch: ObjectBatch) throws(GitError) -> ObjectID
  {
    switch note {
    case .document(let blob): return blob
    case .lines(var lines):
      if let old {
        let text = String(decoding: try repository.object(old, .blob, limit: 1 << 20), as: UTF8.self)
        lines.formUnion(text.split(separator: "\n").map(String.init))
      }
      return try batch.write(Array((lines.sorted().joined(separator: "\n") + "\n").utf8), as: .blob)
    }
  }
}
