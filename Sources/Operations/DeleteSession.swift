import Git
import Sessions
import Storage

/// Marks a session as deleted: a last event on its chain, which a push takes along, so that no fetch brings the
/// session back. Its commits stay where they are, for whoever knows their names.
package struct DeleteSession {
  package var session: String
  package var isConfirmed: Bool

  package init(session: String, isConfirmed: Bool) {
    self.session = session
    self.isConfirmed = isConfirmed
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let checkpoints: Int
    /// What still holds the commits in this clone.
    package let references: [String]
  }

  /// `confirm` asks the user; it gives nil where there is nobody to ask.
  package func run(in workspace: Workspace, confirm: (String) throws -> Bool?) throws -> Report {
    let history = try workspace.session(named: session)
    let label = history.state.label
    let question =
      "\(label) \"\(PlainText.line(history.state.objective, limit: 60))\" would be deleted here and, with the next"
      + " push, everywhere, for good"
    guard try isConfirmed || agreed(question, confirm) else {
      throw SessionError(.no, "\(label) stays as it is")
    }
    guard let place = try workspace.place(in: history.id) else {
      throw SessionError(.no, "session '\(session)' has just been deleted")
    }
    let saving = try Saving(workspace)
    let appended = try saving.record([.deleted], in: place, entering: false)
    try workspace.leave(history.id)
    try workspace.rebuildNotes(batch: saving.batch)
    return Report(
      session: SessionHeading(appended.history.state), checkpoints: history.checkpoints.count,
      references: Set(appended.history.tips.map(\.holder)).sorted())
  }

  private func agreed(_ question: String, _ confirm: (String) throws -> Bool?) throws -> Bool {
    if let answer = try confirm(question) { return answer }
    throw SessionError(.no, question, hints: ["Nobody is here to agree; --yes does it without asking."])
  }
}
