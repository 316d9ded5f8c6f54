import Git
import Sessions
import Snapshots

/// Files that a restore had to replace although checkpoints leave them out: secrets, large or ignored files.
///
/// They are kept by a reference of their own, `refs/sessions-held/<safety checkpoint>`, and so never become part
/// of what is pushed.
struct HeldFiles {
  private let workspace: Workspace

  init(_ workspace: Workspace) { self.workspace = workspace }

  static let prefix = "refs/sessions-held/"

  static func reference(for checkpoint: ObjectID) -> String { prefix + checkpoint.hex }

  /// Makes the files of `tree` part of a safety checkpoint as seen from this clone.
  func keep(_ tree: ObjectID?, for checkpoint: ObjectID, batch: ObjectBatch) throws {
    guard let tree else { return }
    let commit = try batch.writeCommit(
      tree: tree, parents: [], by: workspace.signature, message: "session: files that stay on this machine\n")
    try batch.publish()
    try workspace.repository.move(
      Self.reference(for: checkpoint), from: nil, to: commit, log: "session: hold")
  }
}
