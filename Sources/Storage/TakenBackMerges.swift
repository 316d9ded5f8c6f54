import Git
import Sessions

extension [ChainCommit] {
  /// Of these commits, in the order of a history, those whose merges do not count: their writer went back to the tree
  /// from before, and has not come to that of the merge again. What they took in is in nobody's hands then.
  func mergesTakenBack(knowing valid: [ObjectID: ChainCommit]) -> Set<ObjectID> {
    guard contains(where: { !$0.merged.isEmpty }) else { return [] }
    var effects: [WriterID: [ObjectID: [(merge: ObjectID, counts: Bool)]]] = [:]
    var found: Set<ObjectID> = []
    for commit in self {
      for (merge, counts) in effects[commit.writer]?[commit.tree] ?? [] {
        if counts { found.remove(merge) } else { found.insert(merge) }
      }
      guard !commit.merged.isEmpty, let before = commit.previous.flatMap({ valid[$0] }),
        before.tree != commit.tree
      else { continue }
      effects[commit.writer, default: [:]][before.tree, default: []].append((commit.id, false))
      effects[commit.writer, default: [:]][commit.tree, default: []].append((commit.id, true))
    }
    return found
  }
}
