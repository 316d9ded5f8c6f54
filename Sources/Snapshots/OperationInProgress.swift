import Files
import Git
import Sessions

extension Repository {
  /// The merge, rebase, cherry-pick or revert that waits for the user to go on, as the files say by which git
  /// itself knows.
  func operationInProgress() throws(GitError) -> OperationInProgress? {
    if let heads = try heads(in: ["rebase-merge/onto", "rebase-merge/orig-head", "rebase-merge/stopped-sha"])
    {
      return OperationInProgress(kind: .rebase, heads: heads)
    }
    if let heads = try heads(in: ["rebase-apply/onto", "rebase-apply/orig-head"]) {
      return OperationInProgress(kind: .rebase, heads: heads)
    }
    if let heads = try heads(in: ["MERGE_HEAD"]) { return OperationInProgress(kind: .merge, heads: heads) }
    if let heads = try heads(in: ["CHERRY_PICK_HEAD"]) {
      return OperationInProgress(kind: .cherryPick, heads: heads)
    }
    if let heads = try heads(in: ["REVERT_HEAD"]) { return OperationInProgress(kind: .revert, heads: heads) }
    return nil
  }

  /// The commits that the files name, each once; nil if the first file is not there.
  private func heads(in files: [String]) throws(GitError) -> [String]? {
    var heads: [String] = []
    for (position, file) in files.enumerated() {
      let bytes = try withFiles { () throws(FileError) in try Files.readIfPresent("\(gitDirectory)/\(file)") }
      guard let bytes else {
        if position == 0 { return nil }
        continue
      }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        guard let id = ObjectID(line), !heads.contains(id.hex), try contains(id) else { continue }
        heads.append(id.hex)
      }
    }
    return heads
  }
}
