import Files
import Git
import Sessions
import Storage

/// Where HEAD goes in a resume or its reversal, with the branches that move and the operation that is under way
/// there.
struct PositionChange {
  let head: Head
  let branches: [Resumption.BranchMove]
  /// The files of an operation in progress, by name; those that are not named are removed.
  let operation: [String: String]

  /// Branches first, then HEAD, and last the branches that go: HEAD never names one that does not exist.
  func moveHead(from before: Head, title: String, in repository: Repository) throws(GitError) {
    guard try repository.head() == before else {
      throw GitError(.moved, "HEAD was moved by another process meanwhile; it stays there")
    }
    let log = "session: \(title)"
    for move in branches {
      guard let target = move.to else { continue }
      try repository.move(move.name, from: move.from, to: target, log: log)
    }
    if let branch = head.branch {
      if before.branch != branch { try repository.run(["symbolic-ref", "-m", log, "HEAD", branch]) }
    } else if let commit = head.commit {
      try repository.run(["update-ref", "--no-deref", "-m", log, "HEAD", commit.hex])
    }
    for move in branches where move.to == nil {
      if let old = move.from { try repository.delete(move.name, expecting: old) }
    }
  }

  /// The files in a git dir by which git knows a merge, cherry-pick or revert, and the message for its commit: what
  /// `git switch` removes as well.
  private static let files = [
    "MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "CHERRY_PICK_HEAD", "REVERT_HEAD", "AUTO_MERGE", "SQUASH_MSG",
  ]

  /// A message for a commit is small; more is nothing of git's.
  private static let fileLimit = 1 << 20

  static func operation(in repository: Repository) throws(GitError) -> [String: String] {
    var found: [String: String] = [:]
    for name in files {
      let path = "\(repository.gitDirectory)/\(name)"
      let bytes = try withFiles { () throws(FileError) in
        try Files.status(path) == nil ? nil : try Files.read(path, limit: fileLimit)
      }
      if let bytes { found[name] = String(decoding: bytes, as: UTF8.self) }
    }
    return found
  }

  /// To be done once the index holds the stages that belong to it.
  func writeOperation(in repository: Repository) throws(GitError) {
    try withFiles { () throws(FileError) in
      for name in Self.files {
        let path = "\(repository.gitDirectory)/\(name)"
        if let text = operation[name] {
          try Files.writeAtomically(Array(text.utf8), to: path)
        } else {
          try Files.remove(path)
        }
      }
    }
  }

  /// The files of the operation that a checkpoint was taken in; none for a rebase, whose steps are not saved.
  ///
  /// Heads count only if they are parents of the checkpoint: what is merely named may not even be there.
  static func operation(
    of checkpoint: ChainCommit, in repository: Repository
  ) throws(GitError) -> [String: String] {
    guard let operation = checkpoint.checkpoint?.operation, let first = checkpoint.operations.first else {
      return [:]
    }
    let commit = try repository.commit(first)
    switch operation.kind {
    case .merge:
      let names = checkpoint.operations.map { "\($0)\n" }.joined()
      let message = "Merge commit '\(checkpoint.operations.map(\.hex).joined(separator: "', '"))'\n"
      return ["MERGE_HEAD": names, "MERGE_MODE": "", "MERGE_MSG": message]
    case .cherryPick: return ["CHERRY_PICK_HEAD": "\(first)\n", "MERGE_MSG": commit.message]
    case .revert:
      let message = "Revert \"\(commit.subject)\"\n\nThis reverts commit \(first).\n"
      return ["REVERT_HEAD": "\(first)\n", "MERGE_MSG": message]
    case .rebase: return [:]
    }
  }
}
