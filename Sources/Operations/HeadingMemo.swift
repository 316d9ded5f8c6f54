import Files
import Git
import Sessions
import Storage

/// What is told of the session of a work tree in one line, and asked by each hook: kept for as long as all chains of
/// the session stand where they stood, since the history of a long session takes longer to read than those may take.
struct HeadingMemo {
  let session: SessionHeading
  let lifecycle: Lifecycle
  /// When the last checkpoint of this work tree was taken.
  let saved: Timestamp?

  /// Raised when something else is written.
  private static let format = 1

  /// Nil without a session.
  static func current(in workspace: Workspace) throws -> HeadingMemo? {
    guard let state = try workspace.state(), let session = state.current else { return nil }
    let key = key(of: try workspace.repository.tips(of: session), state.writer, state.tip)
    if let memo = HeadingMemo(of: session, at: key, in: workspace.repository) { return memo }
    guard let current = try workspace.currentIfAny() else { return nil }
    keep(current.history, in: workspace)
    return HeadingMemo(current)
  }

  /// Keeps what is known of the session.
  static func keep(_ history: SessionHistory, in workspace: Workspace) {
    guard history.isSound, let state = try? workspace.state(), state.current == history.id,
      let current = try? workspace.place(in: history)
    else { return }
    let key = key(of: history.tips, state.writer, state.tip)
    HeadingMemo(current).keep(at: key, in: workspace.repository)
  }

  private init(_ current: Workspace.Current) {
    let state = current.history.state
    (session, lifecycle) = (SessionHeading(state), state.lifecycle)
    saved = current.checkpoint?.checkpoint?.time
  }

  // MARK: - The file

  private static func file(_ repository: Repository) -> MemoFile { MemoFile("heading", in: repository) }

  /// All that a heading is made from.
  private static func key(of tips: [Tip], _ writer: WriterID, _ tip: ObjectID?) -> [UInt8] {
    var key = "\(writer) \(tip?.hex ?? "")"
    for tip in tips.map({ "\($0.reference.writer) \($0.commit)" }).sorted() { key += "\n" + tip }
    return Array(key.utf8)
  }

  private init?(of session: SessionID, at key: [UInt8], in repository: Repository) {
    guard let content = Self.file(repository).read() else { return nil }
    var bytes = ByteReader(content)
    do {
      guard try bytes.count() == Self.format, try bytes.bytes().elementsEqual(key),
        try bytes.text() == session.description
      else { return nil }
      let (label, name, objective) = (try bytes.text(), try bytes.text(), try bytes.text())
      self.session = SessionHeading(id: session, label: label, name: name, objective: objective)
      lifecycle = try bytes.parsed(Lifecycle.init)
      saved = try bytes.bool() ? Timestamp(milliseconds: try bytes.integer()) : nil
    } catch {
      return nil
    }
  }

  /// Where nothing can be written it is read again each time.
  private func keep(at key: [UInt8], in repository: Repository) {
    var bytes = ByteWriter()
    bytes.write(Self.format)
    bytes.write(key)
    for text in [session.id.description, session.label, session.name, session.objective, lifecycle.rawValue] {
      bytes.write(text)
    }
    bytes.write(saved) { $0.write($1.milliseconds) }
    try? Self.file(repository).write(bytes.bytes)
  }
}
