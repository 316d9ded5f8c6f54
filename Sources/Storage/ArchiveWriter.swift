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

  /// Only one process at a time writes as `writer`, or the slower one is refused.
  package init(_ repository: Repository, signature: Signature, writer: WriterID) {
    self.repository = repository
    self.signature = signature
    self.writer = writer
  }

  /// How many tips one commit has for parents: git looks at all of them when it comes to the commit.
  private static let width = 50

  /// Throws `.moved` if somebody else has moved the archive, or one of the sessions, meanwhile. What was archived until
  /// then stays archived.
  package func archive(_ histories: [SessionHistory], batch: ObjectBatch) throws {
    let reference = SessionArchive.reference(of: writer)
    let old = try repository.reference(reference)
    let archive = try old.map { try SessionArchive(of: writer, at: $0, in: repository) }
    guard archive?.foreign.isEmpty ?? true else {
      throw GitError(.invalid, "\(reference) is no archive; 'git show \(reference)' shows what it is")
    }
    let tips = histories.flatMap(\.tips).filter { $0.archive == nil }
    let tree = try write(tips, onto: archive, batch: batch)
    if try tree != archive.map({ try repository.commit($0.commit).tree }) {
      guard let commit = try write(tree, holding: tips.map(\.commit), after: old, batch: batch) else {
        return
      }
      try batch.publish()
      try repository.move(reference, from: old, to: commit, log: "session: archive")
      try batch.verifyPublished()
    }
    try repository.delete(tips.map { Reference(name: $0.reference.name, target: $0.commit) })
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

  private func write(
    _ tips: [Tip], onto archive: SessionArchive?, batch: ObjectBatch
  ) throws(GitError) -> ObjectID {
    var folders = archive?.folders ?? [:]
    for (name, tips) in Dictionary(grouping: tips, by: { SessionArchive.folder(of: $0.reference.session) }) {
      var entries: [[UInt8]: TreeEntry] = [:]
      if let archive, let old = folders[name] {
        for entry in try archive.entries(old, repository) { entries[entry.name] = entry }
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
