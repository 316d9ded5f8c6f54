import Agents
import Sessions
import Storage

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

  /// For what the work tree is saved then, as a rule; nil if it is not.
  var trigger: Trigger? {
    switch self {
    case .started(let source): source == .compact ? nil : .exit
    case .turnEnded, .subagentEnded: .turn
    case .compacting: .compaction
    case .asked, .toolUsed, .toolFailed, .ended: nil
    }
  }

  var isSaved: Bool { trigger != nil }

  /// Whether the agent has worked and stops for a moment.
  var endsWork: Bool { trigger == .turn || trigger == .compaction }

  /// Whether the context gets a handoff then, of an agent that takes one.
  var bringsHandoff: Bool {
    switch self {
    case .started, .compacting: true
    case .asked, .toolUsed, .toolFailed, .turnEnded, .subagentEnded, .ended: false
    }
  }
}

extension Workspace {
  /// Whether the hook before a compaction has just saved. Until the compacted context starts the agent does nothing but
  /// sum up, so the work tree is not looked at once more.
  func isSavedForCompaction() throws -> Bool {
    guard let checkpoint = try currentIfAny()?.checkpoint?.checkpoint, checkpoint.trigger == .compaction
    else {
      return false
    }
    // A compaction takes a minute or two.
    return now.isWithin(10 * 60_000, after: checkpoint.time)
  }
}
