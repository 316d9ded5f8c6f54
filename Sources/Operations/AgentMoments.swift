import Agents

/// What each moment of an agent's work calls for.
extension AgentEvent.Kind {
  /// How long a hook may keep the agent waiting, in milliseconds: at the end of a turn nobody waits for it.
  var limit: UInt32 {
    switch self {
    case .turnEnded, .subagentEnded, .started: 20_000
    case .asked, .toolUsed, .toolFailed, .compacting, .ended: 5_000
    }
  }

  /// Whether a tool is over.
  var isTool: Bool { self == .toolUsed || self == .toolFailed }

  /// Whether the run is over.
  var isEnd: Bool { if case .ended = self { true } else { false } }

  /// Whether the work tree is saved then, as a rule.
  var isSaved: Bool {
    if case .started(let source) = self { source != .compact } else { endsWork }
  }

  /// Whether the agent has worked and stops for a moment.
  var endsWork: Bool { self == .subagentEnded || self == .compacting || isTurnEnd }

  private var isTurnEnd: Bool { if case .turnEnded = self { true } else { false } }

  /// Whether the context gets a handoff then, of an agent that takes one.
  var bringsHandoff: Bool {
    switch self {
    case .started, .compacting: true
    case .asked, .toolUsed, .toolFailed, .turnEnded, .subagentEnded, .ended: false
    }
  }
}
