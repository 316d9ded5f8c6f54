package import Git
package import Sessions

/// Moves the tips of ended sessions from references of their own into the archive of a writer.
///
/// First the archive's reference moves, then theirs are deleted, each only if it still has the value that was archived.
/// Cut off in between, a tip stands in both places, which means the same.
package struct ArchiveWriter {
  private let repository: Repository
  private let signature: Signature
  private let writer: WriterID
  private var archive: SessionArchive?

  /// Only one process at a time writes as `writer`, or the slower one is refused. So this must be made before what is to
  /// be archived is read: nobody can have archived more of it meanwhile.
  package init(_ repository: Repository, signature: Signature, writer: WriterID) throws(GitError) {
    self.repository = repository
    self.signature = signature
    self.writer = writer
    if let commit = try repository.reference(SessionArchive.reference(of: writer)) {
      archive = try SessionArchive(of: writer, at: commit, in: repository)
    }
  }

  /// False if somebody has put something else in the place of the archive.
  package var isUsable: Bool { archive?.foreign.isEmpty ?? true }

  /// How many tips one commit has for parents: git looks at all of them when it comes to the commit.
  private static let width = 50

  /// Throws `.moved` if somebody else has moved the archive, or one of the sessions, meanwhile. What was archived until
  /// then stays archived.
  package mutating func archive(_ histories: [SessionHistory], batch: ObjectBatch) throws {
    let tips = histories.flatMap(\.tips).filter { $0.archive == nil }
    try add(tips, batch: batch)
    try repository.delete(tips.map { Reference(name: $0.reference.name, target: $0.commit) })
  }

  /// Lists further tips, each of which must descend from what the archive lists of its chain. Throws `.moved` if somebody
  /// else has moved the archive meanwhile.
  package mutating func add(_ tips: [Tip], batch: ObjectBatch) throws {
    guard let commit = try write(tips, onto: archive, batch: batch) else { return }
    try batch.publish()
    let reference = SessionArchive.reference(of: writer)
    try repository.move(reference, from: archive?.commit, to: commit, log: "session: archive")
    try batch.verifyPublished()
    archive = try SessionArchive(of: writer, at: commit, in: repository)
  }

  /// The commit of an archive that lists `tips` besides what `archive` lists, which no reference names; nil if that lists
  /// all.
  package func write(_ tips: [Tip], onto archive: SessionArchive?, batch: ObjectBatch) throws -> ObjectID? {
    if let foreign = archive?.foreign.first {
      throw GitError(.invalid, "\(foreign.reason); 'git show \(foreign.id)' shows what it is")
    }
    let tree = try tree(tips, onto: archive, batch: batch)
    if let archive, try tree == repository.commit(archive.commit).tree { return nil }
    return try write(tree, holding: tips.map(\.commit), after: archive?.commit, batch: batch)
  }

  /// Writes as many commits as there must be for all tips, one behind the other, each with the tree of the last one,
  /// and returns that: it has the one before for its only parent, since git prepares for the parents of each commit
  /// that a reference names.
  ///
  /// Each is as old as the youngest that it holds, so that git meets it where it meets those, and not before the
  /// user's own commits.
  private func write(
    _ tree: ObjectID, holding tips: [ObjectID], after old: ObjectID?, batch: ObjectBatch
  ) throws -> ObjectID? {
    var (last, latest) = (old, try old.map { try repository.commit($0).time } ?? 0)
    for start in stride(from: 0, to: tips.count, by: Self.width) {
      var parents = [last].compactMap(\.self)
      for tip in tips[start..<min(start + Self.width, tips.count)] where !parents.contains(tip) {
        parents.append(tip)
        latest = max(latest, try repository.commit(tip).time)
      }
      last = try write(tree, parents, time: latest, batch)
    }
    return try last.map { try write(tree, [$0], time: latest, batch) }
  }

  private func write(
    _ tree: ObjectID, _ parents: [ObjectID], time: Int64, _ batch: ObjectBatch
  ) throws(GitError) -> ObjectID {
    let dated = Signature(name: signature.name, email: signature.email, seconds: time)
    return try batch.writeCommit(tree: tree, parents: parents, by: dated, message: "session: archive\n")
  }

  private func tree(
    _ tips: [Tip], onto archive: SessionArchive?, batch: ObjectBatch
  ) throws(GitError) -> ObjectID {
    var folders = archive?.folders ?? [:]
    for (name, tips) in Dictionary(grouping: tips, by: { SessionArchive.folder(of: $0.reference.session) }) {
      var entries: [[UInt8]: TreeEntry] = [:]
      // One that cannot be read must not be taken for an empty one.
      if let old = folders[name] {
        for entry in try SessionArchive.read(old, repository) { entries[entry.name] = entry }
      }
      for tip in tips {
        let name = SessionArchive.entryName(of: tip.reference)
        entries[name] = TreeEntry(mode: SessionArchive.entryMode, name: name, id: tip.commit)
      }
      folders[name] = try batch.writeTree(Array(entries.values))
    }
    return try batch.writeTree(
      folders.map { TreeEntry(mode: "40000", name: Array($0.key.utf8), id: $0.value) })
  }
}
