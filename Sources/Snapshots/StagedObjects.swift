package import Git

/// The objects that the index alone holds: what is staged and in no commit.
package struct StagedObjects {
  private let repository: Repository
  private let batch: ObjectBatch
  private let base: ObjectID

  package init(_ repository: Repository, batch: ObjectBatch, head: Head) throws(GitError) {
    (self.repository, self.batch) = (repository, batch)
    base = try head.commit.map { (id) throws(GitError) in try repository.commit(id).tree } ?? .emptyTree
  }

  /// Gives them a new date: were they taken out of the index now, a collection of garbage could have them before the
  /// checkpoint holds them. Returns those that are lost: the index names them, and nobody has them.
  package func keep(_ staged: StagedState) throws(GitError) -> Set<ObjectID> {
    var objects = try batch.objects(of: staged.tree, beside: base)
    if let conflict = staged.conflict { objects += try batch.objects(of: conflict, beside: .emptyTree) }
    guard !objects.isEmpty else { return [] }
    return try lost(of: repository.freshen(objects))
  }

  /// Mostly they are in the batch, which alone knows trees that were just made.
  private func lost(of objects: [ObjectID]) throws(GitError) -> Set<ObjectID> {
    let unknown = objects.filter { !batch.isDrafted($0) }
    // What a partial clone lacks is with its remote.
    guard !unknown.isEmpty, try !isPartialClone else { return [] }
    let output = try repository.run(
      ["cat-file", "--batch-check"], input: Array(unknown.map { "\($0)\n" }.joined().utf8),
      environment: batch.environment)
    return Set(
      output.text.split(separator: "\n").compactMap { line in
        line.hasSuffix(" missing") ? ObjectID(line.prefix { $0 != " " }) : nil
      })
  }

  private var isPartialClone: Bool {
    get throws(GitError) {
      try repository.configuration().entries.contains {
        $0.key == "extensions.partialclone" || $0.key.hasPrefix("remote.") && $0.key.hasSuffix(".promisor")
      }
    }
  }

  /// The snapshot with what HEAD holds where what was staged is lost. Throws if the work tree cannot do without it.
  func dropping(_ lost: Set<ObjectID>, from snapshot: Snapshot) throws(GitError) -> (
    snapshot: Snapshot, paths: [RepositoryPath]
  ) {
    guard try lost.isDisjoint(with: batch.objects(of: snapshot.tree, beside: base)) else {
      throw GitError(
        .missing, "git's index names objects that the repository has lost; 'git fsck' tells which")
    }
    let staged = snapshot.staged
    let paths = try batch.entryDifferences(from: base, to: staged.tree).filter { difference in
      difference.new.map { lost.contains($0.id) } ?? false
    }.map(\.path)
    var tree = staged.tree
    for path in paths {
      tree = try TreeOverlay(repository, batch: batch).tree(tree, taking: path, from: base)
    }
    let conflict = try staged.conflict.flatMap { (id) throws(GitError) in
      try lost.isDisjoint(with: batch.objects(of: id, beside: .emptyTree)) ? id : nil
    }
    let rest = StagedState(tree: tree, conflict: conflict, intentToAdd: staged.intentToAdd)
    return (snapshot.replacing(staged: rest), paths.sorted())
  }
}
