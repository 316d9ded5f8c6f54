import Git
import Sessions
import Storage

/// Creates a branch of one commit: the content of a checkpoint on its base. HEAD, index and work tree stay.
package struct CreateBranch {
  package var name: String
  package var checkpoint: String

  package init(name: String, checkpoint: String) {
    self.name = name
    self.checkpoint = checkpoint
  }

  package struct Report: Encodable, Sendable {
    package let branch: String
    package let commit: String
    package let checkpoint: CheckpointReport
  }

  package func run(in workspace: Workspace) throws -> Report {
    let repository = workspace.repository
    let check = try repository.run(["check-ref-format", "--branch", name], accepting: [0, 1, 128])
    guard check.status == 0, check.text == name else {
      throw SessionError(.fatal, "'\(PlainText.line(name))' is not a valid branch name")
    }
    let reference = "refs/heads/" + name
    guard try repository.reference(reference) == nil else {
      throw SessionError(.fatal, "a branch named '\(name)' already exists")
    }
    if let other = try branchInTheWay(of: name, repository) {
      throw SessionError(.fatal, "there cannot be a branch '\(name)' beside the branch '\(other)'")
    }
    let place = try workspace.checkpoint(named: checkpoint)
    guard let report = CheckpointReport(place.checkpoint, in: place.history) else {
      throw SessionError(.no, "'\(checkpoint)' is no checkpoint")
    }
    let state = place.history.state
    let message = (report.message ?? state.objective) + "\n\nFrom \(state.label) \(report.name).\n"
    let batch = try ObjectBatch(repository)
    let commit = try batch.writeCommit(
      tree: place.checkpoint.tree, parents: place.checkpoint.base.map { [$0] } ?? [], by: workspace.signature,
      message: message)
    try batch.publish()
    try repository.move(reference, from: nil, to: commit, log: "session: branch from \(report.name)")
    if repository.workTree != nil {
      try workspace.remember(
        .branched(name: name, commit: commit), title: "branch \(name)", session: place.history.id)
    }
    return Report(branch: name, commit: commit.hex, checkpoint: report)
  }

  /// A reference is a file or a folder, never both: `a` and `a/b` exclude each other.
  private func branchInTheWay(of name: String, _ repository: Repository) throws -> String? {
    let folders = name.indices.filter { name[$0] == "/" }.map { String(name[..<$0]) }
    for folder in folders where try repository.reference("refs/heads/" + folder) != nil { return folder }
    return try repository.references(under: "refs/heads/\(name)/").first.map { String($0.name.dropFirst(11)) }
  }
}
