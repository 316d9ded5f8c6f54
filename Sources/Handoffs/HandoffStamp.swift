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

  /// Why a document with this stamp is stale against the `current` one, in sentences; empty if it is fresh. `name`
  /// tells how people call a checkpoint, where it is known.
  package func differences(
    from current: HandoffStamp, naming name: (_ checkpoint: String) -> String? = { _ in nil }
  ) -> [String] {
    var reasons: [String] = []
    func compare(_ what: String, _ old: String?, _ new: String?, shown: (String) -> String = { $0 }) {
      guard old != new else { return }
      reasons.append("\(what) was \(old.map(shown) ?? "none") and is \(new.map(shown) ?? "none") now")
    }
    compare("the session", session, current.session)
    compare("HEAD", head, current.head, shown: short)
    compare("the branch", branch, current.branch)
    compare("the latest checkpoint", checkpoint, current.checkpoint) { name($0) ?? short($0) }
    if reasons.isEmpty && content != current.content {
      reasons.append("the work tree, the index or the session's notes have changed")
    }
    return reasons
  }
}
