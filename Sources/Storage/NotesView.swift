package import Git
import Sessions

/// The notes that show the sessions to plain git: `refs/notes/sessions`.
///
/// A view, rebuilt from the chains whenever it is missing or different. What is written into a chain may be decided by
/// it only as long as it is as we left it; the chains decide otherwise.
/// Its tree has one uniform level of folders, `ab/cdef…`.
package struct NotesView {
  package static let reference = "refs/notes/sessions"

  /// What the note of one commit is.
  package enum Note: Hashable, Sendable {
    /// The note of a checkpoint is the very blob of its `session.json`.
    case document(ObjectID)
    /// The note of a commit of the user: a line for each session that it was made in, and for each that a commit
    /// was made in whose place it took.
    case lines(Set<String>)
  }

  private let repository: Repository
  private let signature: Signature

  package init(_ repository: Repository, signature: Signature) {
    self.repository = repository
    self.signature = signature
  }

  /// The view with notes added to it, before anybody sees it.
  package struct Prepared: Sendable {
    /// What the notes were added to.
    package var tip: ObjectID? { base.id }
    fileprivate let base: ViewTip
    fileprivate let value: ReferenceValue
    fileprivate var commit: ObjectID { value.id }
  }

  /// Adds notes to the view as it is, which keeps all others. A view that cannot be read counts as empty.
  package func prepare(_ notes: [ObjectID: Note], batch: ObjectBatch) throws(GitError) -> Prepared {
    let tip = try readTip()
    let tree = try write(notes, onto: try tip.tree.map(readTree) ?? [], batch: batch)
    return Prepared(base: tip, value: try batch.prepareValue(write(tree, over: tip, batch: batch)))
  }

  /// Adds notes to the view and shows it.
  package func add(_ notes: [ObjectID: Note], batch: ObjectBatch) throws(GitError) -> ObjectID? {
    try show(try prepare(notes, batch: batch), notes, batch: batch)
  }

  /// Shows what was prepared, or prepares it again if others were quicker.
  ///
  /// Gives up, with nil, if others keep the view locked or moving: it is rebuilt when that is noticed.
  package func show(
    _ prepared: Prepared, _ notes: [ObjectID: Note], batch: ObjectBatch
  ) throws(GitError) -> ObjectID? {
    do {
      var prepared = prepared
      for _ in 0..<Self.attempts {
        if let id = try publish(prepared, batch: batch) { return id }
        prepared = try prepare(notes, batch: batch)
      }
    } catch  where error.kind == .locked {}
    return nil
  }

  /// Makes the view hold exactly these notes. Returns its tip, which is the old one if nothing differs.
  ///
  /// `notes` is evaluated after the tip is read, and again whenever others have moved it meanwhile: what they added
  /// is never taken away by notes that are older than it.
  package func rebuild(
    _ notes: @autoclosure () throws -> [ObjectID: Note], batch: ObjectBatch
  ) throws -> ObjectID? {
    for _ in 0..<Self.attempts {
      let tip = try readTip()
      let tree = try write(try notes(), onto: [], batch: batch)
      let prepared = Prepared(base: tip, value: try batch.prepareValue(write(tree, over: tip, batch: batch)))
      if let id = try publish(prepared, batch: batch) { return id }
    }
    return nil
  }

  /// True if the view holds exactly these notes.
  package func equals(_ notes: [ObjectID: Note], batch: ObjectBatch) throws(GitError) -> Bool {
    let tip = try readTip()
    guard tip.id != nil else { return notes.isEmpty }
    return try tip.tree == write(notes, onto: [], batch: batch)
  }

  /// What the view says of some commits of the user; nothing where it says nothing.
  package func links(of commits: Set<ObjectID>) throws(GitError) -> [ObjectID: [CommitLink]] {
    guard !commits.isEmpty, let root = try readTip().tree else { return [:] }
    let folders = try readTree(root).filter(\.isTree)
    var found: [ObjectID: [CommitLink]] = [:]
    for (name, commits) in Dictionary(grouping: commits, by: { Array($0.hex.utf8.prefix(2)) }) {
      guard let folder = folders.first(where: { $0.name == name }) else { continue }
      let entries = try readTree(folder.id)
      for commit in commits {
        let rest = Array(commit.hex.utf8.dropFirst(2))
        guard let entry = entries.first(where: { $0.name == rest }), !entry.isTree else { continue }
        for line in try readLines(entry.id) {
          if let link = try link(ofLine: line) { found[commit, default: []].append(link) }
        }
      }
    }
    return found
  }

  /// Nil unless the line names a commit of the session that it speaks of.
  private func link(ofLine line: String) throws(GitError) -> CommitLink? {
    let words = line.split(separator: " ").map(String.init)
    guard let session = CommitLink.session(ofLine: line), let id = ObjectID(words[3]) else { return nil }
    do {
      guard let trailers = TrailerBlock(readingFrom: try repository.commit(id).message),
        trailers.one(.id) == session.description, let clock = trailers.one(.clock).flatMap({ Int64($0) })
      else { return nil }
      return CommitLink(
        session: session, label: words[1], commit: id, isCheckpoint: trailers.one(.checkpoint) != nil,
        clock: clock)
    } catch  where error.isOfObject {
      return nil
    }
  }

  private static let attempts = 20

  /// What the reference names. Others may have put anything there: `tree` is nil if it is no commit.
  fileprivate struct ViewTip: Sendable {
    var id: ObjectID?
    var tree: ObjectID?
  }

  private func readTip() throws(GitError) -> ViewTip {
    var tip = ViewTip(id: try repository.reference(Self.reference))
    guard let id = tip.id else { return tip }
    do {
      tip.tree = try repository.commit(id).tree
    } catch  where error.isOfObject {}
    return tip
  }

  /// A commit of the view, or the one that is there if it says the same.
  private func write(_ tree: ObjectID, over tip: ViewTip, batch: ObjectBatch) throws(GitError) -> ObjectID {
    if let id = tip.id, tip.tree == tree { return id }
    return try batch.writeCommit(
      tree: tree, parents: tip.tree == nil ? [] : [tip.id].compactMap(\.self), by: signature,
      message: "Notes added by git session\n")
  }

  /// Nil if others were quicker.
  private func publish(_ prepared: Prepared, batch: ObjectBatch) throws(GitError) -> ObjectID? {
    if prepared.commit == prepared.tip { return prepared.commit }
    try batch.publish()
    do {
      try repository.move(Self.reference, from: prepared.tip, to: prepared.value, log: "session: notes")
      return prepared.commit
    } catch  where error.kind == .moved {
      return nil
    }
  }
}

// MARK: - The tree of the view
extension NotesView {
  /// Writes notes onto a view; of `root`, only the folders that they belong in are read.
  private func write(
    _ notes: [ObjectID: Note], onto root: [TreeEntry], batch: ObjectBatch
  ) throws(GitError) -> ObjectID {
    var folders: [[UInt8]: TreeEntry] = [:]
    var changed = Dictionary(grouping: notes.keys) { Array($0.hex.utf8.prefix(2)) }
    var strays: [[UInt8]: TreeEntry] = [:]
    for entry in root {
      if entry.isTree, entry.name.count == 2 {
        folders[entry.name] = entry
      } else {
        // git itself writes few notes without folders.
        try collect(entry, below: [], into: &strays)
      }
    }
    for name in strays.keys { changed[Array(name.prefix(2)), default: []] += [] }

    for (folder, commits) in changed {
      var entries = strays.filter { $0.key.starts(with: folder) }
      if let old = folders[folder] { try collect(old, below: [], into: &entries) }
      for commit in commits {
        guard let note = notes[commit] else { continue }
        let name = Array(commit.hex.utf8)
        let blob = try blob(of: note, replacing: entries[name]?.id, batch: batch)
        entries[name] = TreeEntry(mode: "100644", name: name, id: blob)
      }
      let shortened = entries.values.map {
        TreeEntry(mode: $0.mode, name: Array($0.name.dropFirst(2)), id: $0.id)
      }
      folders[folder] = TreeEntry(mode: "40000", name: folder, id: try batch.writeTree(shortened))
    }
    return try batch.writeTree(Array(folders.values))
  }

  /// The notes at and below an entry, under whole names. What is no note is left out.
  private func collect(
    _ entry: TreeEntry, below folder: [UInt8], into notes: inout [[UInt8]: TreeEntry]
  ) throws(GitError) {
    let name = folder + entry.name
    let digits = 2 * repository.objectFormat.byteCount
    guard name.count <= digits, name.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return }
    if entry.isTree {
      for below in try readTree(entry.id) { try collect(below, below: name, into: &notes) }
    } else if name.count == digits {
      notes[name] = TreeEntry(mode: "100644", name: name, id: entry.id)
    }
  }

  private func readTree(_ id: ObjectID) throws(GitError) -> [TreeEntry] {
    do {
      return try repository.tree(id)
    } catch  where error.isOfObject {
      return []
    }
  }

  private func blob(of note: Note, replacing old: ObjectID?, batch: ObjectBatch) throws(GitError) -> ObjectID
  {
    switch note {
    case .document(let blob): return blob
    case .lines(let new):
      let sessions = Set(new.compactMap { CommitLink.session(ofLine: $0) })
      // Of each session there is one line, the one that tells most.
      let kept = try old.map(readLines)?.filter { line in
        CommitLink.session(ofLine: line).map { !sessions.contains($0) } ?? true
      }
      let lines = new.union(kept ?? [])
      return try batch.write(Array((lines.sorted().joined(separator: "\n") + "\n").utf8), as: .blob)
    }
  }

  private func readLines(_ id: ObjectID) throws(GitError) -> Set<String> {
    do {
      let text = String(decoding: try repository.object(id, .blob, limit: 1 << 20), as: UTF8.self)
      return Set(text.split(separator: "\n").map(String.init))
    } catch  where error.isOfObject {
      return []
    }
  }
}
