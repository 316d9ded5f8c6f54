package import Sessions
import Storage

/// Notes, decisions, blockers and questions: adds, resolves, and lists them.
package struct RecordItem {
  package enum Action: Sendable {
    case add(text: String, because: String?)
    /// `id` as ``ItemReport/id`` gives it.
    case resolve(id: String, because: String?)
    case list(includesResolved: Bool)
  }

  package var kind: Item.Kind
  package var action: Action

  package init(_ kind: Item.Kind, _ action: Action) {
    self.kind = kind
    self.action = action
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let kind: Item.Kind
    /// The item that was added or resolved, or those that were asked for.
    package let items: [ItemReport]
    /// True if it could not be recorded in the repository, and waits for the next hook.
    package var isSpooled = false
  }

  package func run(in workspace: Workspace) throws -> Report {
    switch action {
    case .add(let text, let because): try add(text, because, workspace)
    case .resolve(let id, let because): try resolve(id, because, workspace)
    case .list(let includesResolved): try list(includesResolved, workspace)
    }
  }

  private func add(_ text: String, _ because: String?, _ workspace: Workspace) throws -> Report {
    let text = PlainText.sanitize(text)
    guard text.contains(where: { !$0.isWhitespace }) else { throw SessionError(.usage, "the text is empty") }
    let current = try workspace.unended()
    let appended = try workspace.record(
      [.itemAdded(kind, text: text, because: because.map(PlainText.sanitize))], in: current)
    guard let appended else { return spooled(current) }
    return report(appended, appended.commit.events.map(\.id))
  }

  private func resolve(_ name: String, _ because: String?, _ workspace: Workspace) throws -> Report {
    let current = try workspace.unended()
    let state = current.history.state
    let found = state.items(named: name).filter { $0.kind == kind }
    guard let item = found.first else {
      throw SessionError(
        .no, "there is no \(kind.rawValue) '\(name)'",
        hints: ["'git session \(kind.rawValue) --list' shows them with their ids."])
    }
    guard found.count == 1 else {
      throw SessionError(
        .no, "'\(name)' is ambiguous",
        hints: ["It may mean:"]
          + found.map { "  \(state.shortName(of: $0.id))  \(PlainText.line($0.text, limit: 60))" })
    }
    guard item.isOpen else { throw SessionError(.no, "\(kind.rawValue) \(name) is resolved already") }
    let appended = try workspace.record(
      [.itemResolved(item.id, because: because.map(PlainText.sanitize))], in: current)
    guard let appended else { return spooled(current) }
    return report(appended, [item.id])
  }

  private func list(_ includesResolved: Bool, _ workspace: Workspace) throws -> Report {
    let state = try workspace.current().history.state
    let items = state.items(kind).filter { includesResolved || $0.isOpen }
    return Report(session: SessionHeading(state), kind: kind, items: items.map { ItemReport($0, in: state) })
  }

  private func spooled(_ current: Workspace.Current) -> Report {
    Report(session: SessionHeading(current.history.state), kind: kind, items: [], isSpooled: true)
  }

  private func report(_ appended: ChainWriter.Appended, _ ids: [EventID]) -> Report {
    let state = appended.history.state
    return Report(
      session: SessionHeading(state), kind: kind,
      items: ids.compactMap { state.items[$0] }.map { ItemReport($0, in: state) })
  }
}
