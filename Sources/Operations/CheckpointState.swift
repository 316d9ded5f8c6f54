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
      tree = .emptyTree
    }
    return StagedState(
      tree: tree, conflict: try commit.conflict.map { (id) throws(GitError) in try self.commit(id).tree },
      intentToAdd: (commit.checkpoint?.intentToAdd ?? []).compactMap { RepositoryPath(quoted: $0) })
  }

  /// True if a checkpoint of `snapshot` would say nothing that `commit` does not say.
  func holds(_ commit: ChainCommit, all snapshot: Snapshot) throws(GitError) -> Bool {
    guard let checkpoint = commit.checkpoint, commit.tree == snapshot.tree,
      commit.base == snapshot.head.commit,
      checkpoint.branch == snapshot.head.branch, checkpoint.operation == snapshot.operation,
      checkpoint.leftOut == snapshot.leftOut
    else { return false }
    return try stagedState(of: commit) == snapshot.staged
  }
}
