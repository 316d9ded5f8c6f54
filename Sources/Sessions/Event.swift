/// One fact about a session. Events are never edited; later ones supersede or retract earlier ones.
package struct Event: Hashable, Sendable {
  package let id: EventID
  package let time: Timestamp
  package let fact: Fact
  /// Members that a newer version wrote beside those known here.
  package let unknown: [String: JSONValue]

  package init(id: EventID, time: Timestamp, fact: Fact, unknown: [String: JSONValue] = [:]) {
    self.id = id
    self.time = time
    self.fact = fact
    self.unknown = unknown
  }
}

/// What an event says.
package enum Fact: Hashable, Sendable {
  /// The session begins. `key` is the number of its label, `SESSION-012`.
  case started(key: Int, objective: String, name: String)
  case objectiveSet(String)
  case nameSet(String)
  /// The tokens planned for the session.
  case budgetSet(Int)
  case nextStepSet(String)
  /// The part of the work that begins; empty if none is at work any more.
  case phaseSet(String)
  case lifecycleChanged(Lifecycle.Change)
  case itemAdded(Item.Kind, text: String, because: String?)
  case itemResolved(EventID, because: String?)
  case itemReopened(EventID)
  case itemRemoved(EventID)
  /// A commit of the user that was made while the session went on; `by` is the agent whose run has made it.
  case commitMade(id: String, subject: String, by: AgentRun.ID? = nil)
  /// A commit took the place of another one (amend, rebase), or repeats it while that one stays (cherry-pick).
  case commitRewritten(old: String, new: String, isCopy: Bool)
  /// A context of an agent's run began: `startup`, `resume`, `compact`…
  case runStarted(AgentRun.ID, source: String)
  /// A run ended, for a reason in the agent's word.
  case runEnded(AgentRun.ID, reason: String?)
  /// How full the context of a run was.
  case contextMeasured(AgentRun.ID, ContextMeasure)
  /// The commit of this event keeps a part of a run's transcript.
  case transcriptKept(AgentRun.ID, TranscriptSegment)
  /// The record of the commit of this event holds the handoff, as it was then, in a file.
  case handoffKept(file: String)
  /// A chain was rewritten: what the named writer wrote counts no longer.
  case writerReplaced(WriterID)
  /// The session is deleted: readers drop it, and a fetch does not bring it back.
  case deleted
  /// A fact of a newer version, kept as it is.
  case unknown(kind: String, JSONValue)
}

/// Something that a session remembers until it is resolved.
package struct Item: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Codable, Sendable {
    case note, decision, blocker, question
  }

  package let id: EventID
  package let kind: Kind
  package let text: String
  /// The reason for a decision.
  package let because: String?
  package let added: Timestamp
  /// How many items were added before; times of different machines tell nothing about order.
  let place: Int
  package var resolved: Timestamp?
  /// The answer or the way out, if one was given.
  package var resolution: String?

  package var isOpen: Bool { resolved == nil }
}
