/// A session as its events tell it.
package struct SessionState: Hashable, Sendable {
  package let id: SessionID
  /// The number of the label `SESSION-012`; 0 until the start event is known.
  package internal(set) var key = 0
  package internal(set) var objective = ""
  package internal(set) var name = ""
  /// Tokens.
  package internal(set) var budget: Int?
  package internal(set) var nextStep: String?
  /// The parts of the work, in the order in which they began. An empty name says that none was at work then.
  package internal(set) var phases: [Phase] = []
  package internal(set) var lifecycle = Lifecycle.active
  package internal(set) var started: Timestamp?
  package internal(set) var ended: Timestamp?
  package internal(set) var items: [EventID: Item] = [:]
  /// In the order of their events, without those that others took the place of.
  package internal(set) var commits: [CommitMade] = []
  /// Which commits took the place of others, or repeat them.
  package internal(set) var rewrites: Set<CommitRewrite> = []
  package internal(set) var runs: [AgentRun.ID: AgentRun] = [:]
  /// What happened, without effect: an event that was not allowed in the state it met.
  package internal(set) var ineffective: [Ineffective] = []
  package internal(set) var isDeleted = false
  /// The writers whose chains were rewritten under other names; what they wrote counts no longer.
  package internal(set) var replaced: Set<WriterID> = []

  /// More than a session can be active, in milliseconds: forged times add up to no more than this.
  static let longest = Timestamp.readable.upperBound.milliseconds

  /// Milliseconds of activity up to the last change of ``lifecycle``, and since when the session is active.
  var activeBefore: Int64 = 0
  var activeSince: Timestamp?
  /// How many items there ever were.
  var itemsAdded = 0
  /// The ids of all commits that ever were among ``commits``.
  package internal(set) var knownCommits: Set<String> = []
  /// The ids of commits that others took the place of.
  var superseded: Set<String> = []

  package struct Phase: Hashable, Sendable {
    package let name: String
    package let started: Timestamp
  }

  /// The part that is at work.
  package var phase: String? { phases.last.flatMap { $0.name.isEmpty ? nil : $0.name } }

  package struct CommitMade: Hashable, Sendable {
    package let id: String
    package let subject: String
    package let time: Timestamp
    /// The agent's run that has made it; nil for a person, or nobody knows.
    package let by: AgentRun.ID?
  }

  package struct CommitRewrite: Hashable, Sendable {
    package let old: String
    package let new: String
    /// The old commit stays beside the new one.
    package let isCopy: Bool

    package init(old: String, new: String, isCopy: Bool) {
      self.old = old
      self.new = new
      self.isCopy = isCopy
    }
  }

  package struct Ineffective: Hashable, Sendable {
    package let event: Event
    package let reason: String
  }

  package init(id: SessionID) { self.id = id }

  /// The keys that a start event may give. ``nextKey(after:)`` stays far below the end.
  static let keys = 1...999_999_999

  /// The key of the next session: one more than the highest that is known. A key beyond a million is nobody's
  /// honest count and would be handed on for ever, so it does not count.
  package static func nextKey(after known: some Sequence<Int>) -> Int {
    (known.filter { $0 <= 1_000_000 }.max() ?? 0) + 1
  }

  /// `SESSION-012`
  package var label: String { Self.label(key: key) }

  package static func label(key: Int) -> String {
    let digits = String(key)
    return "SESSION-" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  /// Milliseconds of activity until `now`; pauses and the time after the end do not count.
  package func activeMilliseconds(now: Timestamp) -> Int64 {
    min(activeBefore + (activeSince.map { now.milliseconds(since: $0) } ?? 0), Self.longest)
  }

  /// The items of a kind in the order in which they were added.
  package func items(_ kind: Item.Kind) -> [Item] {
    items.values.filter { $0.kind == kind }.sorted { $0.place < $1.place }
  }

  /// The shortest name of an event that is unique here: `12`, or `12~abcd` if another writer has a 12 too.
  package func shortName(of id: EventID) -> String {
    let shared = items.keys.contains { $0.sequence == id.sequence && $0.writer != id.writer }
    return shared ? "\(id.sequence)~\(id.writer.suffix)" : String(id.sequence)
  }

  /// The items that `name` may mean: a whole event id, or what ``shortName(of:)`` gives.
  package func items(named name: String) -> [Item] {
    items.values.filter { item in
      name == item.id.description || name == String(item.id.sequence)
        || name == "\(item.id.sequence)~\(item.id.writer.suffix)"
    }.sorted { $0.id < $1.id }
  }
}
