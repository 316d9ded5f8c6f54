/// What a handoff was made from; a document whose stamp still fits is fresh.
package struct HandoffStamp: Hashable, Codable, Sendable {
  /// The session's id; nil if there was none.
  package var session: String?
  /// The revision that the user gave instead of a session.
  package var since: String?
  package var head: String?
  package var branch: String?
  /// Full commit id of the latest checkpoint.
  package var checkpoint: String?
  /// The git blob id of the whole document without its stamp and without a budget, followed by the two trees of
  /// `HandoffSource`.
  package var content: String

  package init(
    session: String?, since: String?, head: String?, branch: String?, checkpoint: String?, content: String
  ) {
    self.session = session
    self.since = since
    self.head = head
    self.branch = branch
    self.checkpoint = checkpoint
    self.content = content
  }

  /// Why a document with this stamp is stale against the `current` one, in sentences; empty if it is fresh.
  package func differences(from current: HandoffStamp) -> [String] {
    var reasons: [String] = []
    func compare(_ name: String, _ old: String?, _ new: String?) {
      guard old != new else { return }
      reasons.append("\(name) was \(old ?? "none") and is \(new ?? "none") now")
    }
    compare("the session", session, current.session)
    compare("HEAD", head, current.head)
    compare("the branch", branch, current.branch)
    compare("the latest checkpoint", checkpoint, current.checkpoint)
    if reasons.isEmpty && content != current.content {
      reasons.append("the work tree, the index or the session's notes have changed")
    }
    return reasons
  }
}
