package import Sessions

/// What a list of sessions shows of one.
package struct SessionSummary: Hashable, Codable, Sendable {
  package let id: SessionID
  package let key: Int
  package let name: String
  package let objective: String
  package let lifecycle: Lifecycle
  package let started: Timestamp
  /// Of the last commit of its chains.
  package let updated: Timestamp
  package let checkpoints: Int
  package let openItems: Int
  /// More than one if work trees went different ways.
  package let heads: Int
  package let writers: [WriterID]

  init(_ history: SessionHistory) {
    let state = history.state
    id = history.id
    key = state.key
    name = state.name
    objective = state.objective
    lifecycle = state.lifecycle
    started = state.started ?? history.id.time
    updated = Timestamp(milliseconds: (history.commits.map(\.time).max() ?? history.id.time.seconds) * 1000)
    checkpoints = history.checkpoints.count
    openItems = state.items.values.count { $0.isOpen && ($0.kind == .blocker || $0.kind == .question) }
    heads = history.heads.count
    writers = Set(history.commits.map(\.writer)).sorted()
  }

  /// `SESSION-012`
  package var label: String { SessionState.label(key: key) }
}

/// The words of a session that a search finds.
extension SessionHistory {
  var searchText: String {
    let state = state
    let items = state.items.values.sorted { $0.id < $1.id }
      .flatMap { [$0.text, $0.because ?? "", $0.resolution ?? ""] }
    let messages = checkpoints.compactMap { $0.checkpoint?.message }
    let own = [state.label, state.name, state.objective, state.nextStep ?? ""]
    return (own + items + messages + state.commits.map(\.subject)).joined(separator: "\n")
  }
}
