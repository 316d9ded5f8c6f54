/// The state of a session's life, and the changes that are allowed in each state.
package enum Lifecycle: String, CaseIterable, Codable, Sendable {
  case active, paused, completed, abandoned

  package enum Change: String, CaseIterable, Codable, Sendable {
    case pause, `continue`, complete, abandon, reopen
  }

  /// The state after `change`, or nil if it is not allowed in this one.
  package func after(_ change: Change) -> Lifecycle? {
    switch (self, change) {
    case (.active, .pause): .paused
    case (.paused, .continue): .active
    case (.active, .complete), (.paused, .complete): .completed
    case (.active, .abandon), (.paused, .abandon): .abandoned
    case (.completed, .reopen), (.abandoned, .reopen): .active
    default: nil
    }
  }

  /// Ended sessions take no more work until they are reopened.
  package var isEnded: Bool { self == .completed || self == .abandoned }

  /// The fewest changes that lead from this state to `goal`.
  package func path(to goal: Lifecycle) -> [Change] {
    var reached: [Lifecycle: [Change]] = [self: []]
    var frontier = [self]
    while reached[goal] == nil {
      var next: [Lifecycle] = []
      for state in frontier {
        for change in Change.allCases {
          guard let target = state.after(change), reached[target] == nil else { continue }
          reached[target] = (reached[state] ?? []) + [change]
          next.append(target)
        }
      }
      frontier = next
    }
    return reached[goal] ?? []
  }

  /// The state machine as a Mermaid diagram; `share/doc/lifecycle.md` holds it.
  package static var diagram: String {
    var lines = ["stateDiagram-v2", "  [*] --> active: start"]
    for state in allCases {
      for change in Change.allCases {
        guard let target = state.after(change) else { continue }
        lines.append("  \(state.rawValue) --> \(target.rawValue): \(change.rawValue)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
