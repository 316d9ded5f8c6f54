import Files
import Git
import Sessions
import Snapshots
import Storage

/// What a handoff begins with, found by other threads while the checkpoint is written that it is told after. None of
/// it has to be asked for: it is what would be found later too.
final class HandoffAhead {
  private let history: SessionHistory
  let differences: DifferencesOfHandoffs
  /// What is not staged. Nil if there is nothing, or it could not be begun.
  private let unstaged: TreeComparisonAhead?
  private let touched: Future<SessionWork.Touched, GitError>
  let conversations: Conversations.Reading

  init(of snapshot: Snapshot, after current: Workspace.Current, in batch: ObjectBatch) {
    history = current.history
    differences = DifferencesOfHandoffs(batch.repository)
    let (old, new) = (snapshot.staged.tree, snapshot.tree)
    unstaged =
      old == new ? nil : try? TreeComparisonAhead(from: old, to: new, knowing: differences.known, in: batch)
    touched = Future {
      [work = SessionWork(history: current.history, tip: current.tip, batch: batch)]
      () throws(GitError) in try work.touched()
    }
    conversations = Conversations(current.history, from: batch).reading()
  }

  func comparison(from old: ObjectID, to new: ObjectID) -> TreeComparisonAhead? {
    unstaged?.old == old && unstaged?.new == new ? unstaged : nil
  }

  /// What the checkpoints before the one that was written have changed. Which commits are the session's own decides in
  /// it; nothing is known of it if more of them were found since.
  func touched(as later: SessionHistory) throws(GitError) -> SessionWork.Touched {
    history.state.knownCommits == later.state.knownCommits ? try touched.value() : [:]
  }
}
