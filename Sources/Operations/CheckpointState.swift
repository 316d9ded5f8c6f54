import Git
import Sessions
import Snapshots
import Storage

extension Repository {
  /// The staged state that a checkpoint holds.
  func stagedState(of commit: ChainCommit) throws(GitError) -> StagedState {
    let tree: ObjectID
    if let source = commit.index ?? commit.base {
      tree = try self.commit(source).tree
    } else {
      tree = emptyTree
    }
    return StagedState(
      tree: tree, conflict: try commit.conflict.map { (id) throws(GitError) in try self.commit(id).tree },
      intentToAdd: (commit.checkpoint?.intentToAdd ?? []).compactMap { RepositoryPath(quoted: $0) })
  }

  /// The snapshot that a checkpoint was made of; nil for a record.
  func snapshot(of commit: ChainCommit) throws(GitError) -> Snapshot? {
    guard let checkpoint = commit.checkpoint else { return nil }
    return Snapshot(
      tree: commit.tree, head: Head(branch: checkpoint.branch, commit: commit.base),
      staged: try stagedState(of: commit), operation: checkpoint.operation, leftOut: checkpoint.leftOut)
  }

  /// True if a checkpoint of `snapshot` would say nothing that `commit` does not say.
  func holds(_ commit: ChainCommit, all snapshot: Snapshot) throws(GitError) -> Bool {
    try self.snapshot(of: commit) == snapshot
  }
}

extension ObjectBatch {
  /// The files in conflict, sorted by path.
  func unmergedFiles(of staged: StagedState) throws(GitError) -> [UnmergedFile] {
    guard let conflict = staged.conflict else { return [] }
    var stages: [RepositoryPath: Set<Int>] = [:]
    for path in try changedPaths(from: .emptyTree, to: conflict) {
      guard let stage = path.bytes.first, path.bytes.count > 2 else { continue }
      stages[RepositoryPath(path.bytes.dropFirst(2)), default: []].insert(Int(stage) - 0x30)
    }
    return stages.sorted { $0.key < $1.key }.compactMap {
      UnmergedFile(path: $0.key.description, stages: $0.value)
    }
  }
}
