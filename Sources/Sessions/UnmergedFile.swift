/// A file whose conflict is not resolved yet.
package struct UnmergedFile: Hashable, Codable, Sendable {
  /// How both sides have left it, as `git status` says it.
  package enum State: String, CaseIterable, Codable, Sendable {
    case bothDeleted = "both-deleted"
    case addedByUs = "added-by-us"
    case deletedByThem = "deleted-by-them"
    case addedByThem = "added-by-them"
    case deletedByUs = "deleted-by-us"
    case bothAdded = "both-added"
    case bothModified = "both-modified"

    /// `both modified`
    package var words: String { rawValue.replacing("-", with: " ") }
  }

  package let path: String
  package let state: State

  package init(path: String, state: State) { (self.path, self.state) = (path, state) }

  /// From the stages that the index holds of the file: 1 is the common ancestor, 2 ours and 3 theirs. Nil for none.
  package init?(path: String, stages: Set<Int>) {
    let states: [Set<Int>: State] = [
      [1]: .bothDeleted, [2]: .addedByUs, [1, 2]: .deletedByThem, [3]: .addedByThem, [1, 3]: .deletedByUs,
      [2, 3]: .bothAdded, [1, 2, 3]: .bothModified,
    ]
    guard let state = states[stages] else { return nil }
    self.init(path: path, state: state)
  }
}
