import Git
import Sessions
import Snapshots
import Storage

/// What a handoff begins with, found by other threads while the checkpoint is written that it is told after. None of
/// it has to be asked for: it is what would be found later too.
final class HandoffAhead {
  let differences: DifferencesOfHandoffs
  /// What is not staged. Nil if there is nothing, or it could not be begun.
  private let unstaged: TreeComparisonAhead?
  let conversations: Conversations.Reading

  init(of taken: Capture.Taken, after current: Workspace.Current, in batch: ObjectBatch) {
    differences = DifferencesOfHandoffs(batch.repository)
    let (old, new) = (taken.snapshot.staged.tree, taken.snapshot.tree)
    unstaged =
      old == new
      ? nil
      : try? TreeComparisonAhead(
        from: old, to: new, differing: taken.unstaged, knowing: differences.known, in: batch)
    conversations = Conversations(current.history, from: batch).reading()
  }

  func comparison(from old: ObjectID, to new: ObjectID) -> TreeComparisonAhead? {
    unstaged?.old == old && unstaged?.new == new ? unstaged : nil
  }
}
