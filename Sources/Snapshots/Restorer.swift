import Files
package import Git

/// Carries out a restore plan. The files lie ready in a staging folder before the first one is touched.
package struct Restorer: ~Copyable {
  private let repository: Repository
  private let plan: RestorePlan
  private let workTree: String
  private let currentFolder: RepositoryPath?
  private let staging: Staging

  /// Checks out all that the plan writes. Throws, with nothing changed, if that is not possible.
  package init(_ repository: Repository, plan: RestorePlan, batch: ObjectBatch) throws(GitError) {
    let workTree = try repository.requireWorkTree()
    let staging = try Staging(repository, batch: batch)
    let writes = plan.writes.map { IndexEntry(mode: $0.mode, id: $0.id, stage: 0, path: $0.path) }
    try staging.checkOut(writes, attributes: plan.attributes)
    for write in plan.writes where try !staging.holds(write.path) {
      throw GitError(.other, "git did not write '\(write.path)' out")
    }
    self.repository = repository
    self.plan = plan
    self.workTree = workTree
    currentFolder = repository.currentFolder
    self.staging = staging
  }

  /// Changes the work tree. Removals come first, since a file may stand where a folder must go.
  package func apply() throws(GitError) {
    try expectAllAsPlanned()
    try withFiles { () throws(FileError) in
      for removal in plan.removals.reversed() { try remove(removal) }
      for write in plan.writes { try place(write) }
    }
  }

  /// What somebody has changed since it was saved is not touched, and nothing else either.
  private func expectAllAsPlanned() throws(GitError) {
    var surroundings = try Surroundings(repository, plan: plan)
    for removal in plan.removals {
      try expect(removal.existing, at: removal.path)
      if let obstacle = try surroundings.obstacle(toRemoving: removal.path) {
        throw Self.moved(obstacle.path)
      }
    }
    for write in plan.writes {
      try expect(write.existing, at: write.path)
      let obstacles = try surroundings.obstacles(toWriting: write.path, over: write.existing?.kind)
      if let obstacle = obstacles.first { throw Self.moved(obstacle.path) }
    }
  }

  /// Of a folder only that it is one: what it holds is looked at by itself.
  private func expect(_ expected: FileStatus?, at path: RepositoryPath) throws(GitError) {
    let status = try Directory.status(of: path, below: workTree)
    let isSameFolder = status?.kind == .directory && expected?.kind == .directory
    guard status == expected || isSameFolder else { throw Self.moved(path) }
  }

  private static func moved(_ path: RepositoryPath) -> GitError {
    GitError(.moved, "'\(path)' was changed by another process while it was being restored")
  }

  private func remove(_ removal: RestorePlan.Removal) throws(FileError) {
    try Directory.withParent(of: removal.path, below: workTree) { (parent, name) throws(FileError) in
      try parent.removeFile(name)
    }
    for folder in removal.path.ancestors.reversed() {
      guard !isCurrentDirectory(folder) else { return }
      let isGone = try Directory.withParent(of: folder, below: workTree) { (parent, name) throws(FileError) in
        try parent.removeDirectoryIfEmpty(name)
      }
      guard isGone else { return }
    }
  }

  /// The user's shell should not stand in a folder that is gone.
  private func isCurrentDirectory(_ folder: RepositoryPath) -> Bool {
    currentFolder.map { $0 == folder || $0.isInside(folder) } ?? false
  }

  private func place(_ write: RestorePlan.Write) throws(FileError) {
    try Directory.withParent(of: write.path, below: workTree, creating: true) {
      (parent, name) throws(FileError) in
      if try parent.status(name)?.kind == .directory { try removeEmptyTree(name, in: parent) }
      try parent.take(staging.file(write.path), as: name)
    }
  }

  /// Removes a folder that holds nothing but empty folders.
  private func removeEmptyTree(_ name: [UInt8], in parent: borrowing Directory) throws(FileError) {
    do {
      let folder = try parent.open(name)
      for child in try folder.names() { try removeEmptyTree(child, in: folder) }
    }
    _ = try parent.removeDirectoryIfEmpty(name)
  }
}
