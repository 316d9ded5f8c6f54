import Files
import Git
import Sessions
import Storage

/// What a status line tells of the session of a work tree, kept until the work tree stands elsewhere in it: the history
/// of a long session takes longer to read than a status line may take. A name that another work tree has changed shows
/// with the next save here.
struct HeadingMemo {
  let session: SessionHeading
  let lifecycle: Lifecycle
  /// When the last checkpoint of this work tree was taken.
  let saved: Timestamp?

  /// Nil without a session.
  static func current(in workspace: Workspace) throws -> HeadingMemo? {
    guard let state = try workspace.state(), let session = state.current,
      let tip = try workspace.lastTip(of: state.writer, in: session) ?? state.tip
    else {
      return try workspace.currentIfAny().map(HeadingMemo.init)
    }
    let file = workspace.repository.worktreeState + "/heading.json"
    if let memo = read(file, session, at: tip) { return memo }
    guard let memo = try workspace.currentIfAny().map(HeadingMemo.init) else { return nil }
    // It may be that nothing can be written here; then it is read again each time.
    try? Files.overwrite(memo.document(at: tip).canonical, at: file)
    return memo
  }

  private init(_ current: Workspace.Current) {
    let state = current.history.state
    (session, lifecycle) = (SessionHeading(state), state.lifecycle)
    saved = current.checkpoint?.checkpoint?.time
  }

  private init?(_ document: JSONValue, _ id: SessionID) {
    guard let label = document["label"]?.string, let name = document["name"]?.string,
      let objective = document["objective"]?.string,
      let lifecycle = document["lifecycle"]?.string.flatMap({ Lifecycle(rawValue: $0) })
    else { return nil }
    session = SessionHeading(id: id, label: label, name: name, objective: objective)
    self.lifecycle = lifecycle
    saved = document["saved"]?.integer.map { Timestamp(milliseconds: Int64($0)) }
  }

  private static func read(_ file: String, _ session: SessionID, at tip: ObjectID) -> HeadingMemo? {
    guard let bytes = try? Files.read(file, limit: 1 << 16), let document = try? JSONValue(parsing: bytes),
      document["session"]?.string == session.description, document["tip"]?.string == tip.hex
    else { return nil }
    return HeadingMemo(document, session)
  }

  private func document(at tip: ObjectID) -> JSONValue {
    .object([
      "session": .string(session.id.description), "tip": .string(tip.hex), "label": .string(session.label),
      "name": .string(session.name), "objective": .string(session.objective),
      "lifecycle": .string(lifecycle.rawValue),
      "saved": saved.map { .integer($0.milliseconds) } ?? .null,
    ])
  }
}
