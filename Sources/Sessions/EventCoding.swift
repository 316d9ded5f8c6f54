/// The JSON form of events, as `session.json` holds them: one flat object with `kind`, `sequence` and `time`.
extension Event {
  private static let envelope: Set<String> = ["kind", "sequence", "time", "by"]

  /// Nil if the object lacks what every event has. A kind or shape that is not known here is kept as `.unknown`.
  /// `writer` is that of the document, whose events name no other one.
  package init?(_ json: JSONValue, writer: WriterID) {
    var writer = writer
    if let other = json["by"] {
      guard let named = other.string.flatMap({ WriterID($0) }) else { return nil }
      writer = named
    }
    guard let kind = json["kind"]?.string, let sequence = json["sequence"]?.integer, sequence > 0,
      let time = json["time"]?.string.flatMap(Timestamp.init), let members = json.object
    else { return nil }
    let rest = members.filter { !Self.envelope.contains($0.key) }
    let fact = Fact(kind: kind, json) ?? .unknown(kind: kind, .object(rest))
    let known = fact.coded.members
    self.init(
      id: EventID(writer: writer, sequence: sequence), time: time, fact: fact,
      unknown: rest.filter { known[$0.key] == nil })
  }

  /// As it stands in a document of its own writer.
  package var json: JSONValue { json(in: id.writer) }

  /// As it stands in a document of `writer`, which may repeat what another one has written.
  func json(in writer: WriterID) -> JSONValue {
    let (kind, known) = fact.coded
    var members = unknown.merging(known) { $1 }
    members["kind"] = .string(kind)
    members["sequence"] = .integer(Int64(id.sequence))
    members["time"] = .string(time.description)
    members["by"] = id.writer == writer ? nil : .string(id.writer.description)
    return .object(members)
  }
}

extension Fact {
  fileprivate init?(kind: String, _ json: JSONValue) {
    func text(_ key: String) -> String? { json[key]?.string }
    func number(_ key: String) -> Int? { json[key]?.integer }
    func run() -> AgentRun.ID? {
      if let agent = text("agent"), let run = text("run") { AgentRun.ID(agent: agent, run: run) } else { nil }
    }
    func target() -> EventID? { text("item").flatMap { EventID($0) } }

    let fact: Fact?
    switch kind {
    case "started":
      if let key = json["key"]?.integer, SessionState.keys.contains(key), let objective = text("objective"),
        let name = text("name")
      {
        fact = .started(key: key, objective: objective, name: name)
      } else {
        fact = nil
      }
    case "objective-set": fact = text("text").map(Fact.objectiveSet)
    case "name-set": fact = text("text").map(Fact.nameSet)
    case "budget-set":
      fact = json["tokens"]?.integer.flatMap { (1...Tokens.limit).contains($0) ? .budgetSet($0) : nil }
    case "next-step-set": fact = text("text").map(Fact.nextStepSet)
    case "phase-set": fact = text("text").map(Fact.phaseSet)
    case "lifecycle-changed":
      fact = text("change").flatMap(Lifecycle.Change.init).map(Fact.lifecycleChanged)
    case "item-added":
      if let kind = text("item-kind").flatMap(Item.Kind.init), let content = text("text") {
        fact = .itemAdded(kind, text: content, because: text("because"))
      } else {
        fact = nil
      }
    case "item-resolved": fact = target().map { .itemResolved($0, because: text("because")) }
    case "item-reopened": fact = target().map(Fact.itemReopened)
    case "item-removed": fact = target().map(Fact.itemRemoved)
    case "commit-made":
      fact = text("commit").map { .commitMade(id: $0, subject: text("subject") ?? "", by: run()) }
    case "commit-rewritten":
      if let old = text("old"), let new = text("new") {
        fact = .commitRewritten(old: old, new: new, isCopy: json["copy"] == .bool(true))
      } else {
        fact = nil
      }
    case "run-started": fact = run().map { .runStarted($0, source: text("source") ?? "startup") }
    case "run-ended": fact = run().map { .runEnded($0, reason: text("reason")) }
    case "context-measured":
      let measure = ContextMeasure(
        tokens: number("tokens") ?? -1, limit: number("limit") ?? -1,
        compactions: number("compactions") ?? 0, model: text("model"))
      if let run = run(), let measure { fact = .contextMeasured(run, measure) } else { fact = nil }
    case "transcript-kept":
      let segment = TranscriptSegment(
        file: text("file") ?? "", generation: text("generation"), from: number("from") ?? -1,
        to: number("to") ?? -1, mark: text("mark") ?? "")
      if let run = run(), let segment { fact = .transcriptKept(run, segment) } else { fact = nil }
    case "handoff-kept": fact = text("file").map(Fact.handoffKept)
    case "writer-replaced": fact = text("writer").flatMap { WriterID($0) }.map(Fact.writerReplaced)
    case "deleted": fact = .deleted
    default: fact = nil
    }
    guard let fact else { return nil }
    self = fact
  }

  /// The kind and the members beside the envelope.
  package var coded: (kind: String, members: [String: JSONValue]) {
    switch self {
    case .started(let key, let objective, let name):
      ("started", ["key": .integer(Int64(key)), "objective": .string(objective), "name": .string(name)])
    case .objectiveSet(let text): ("objective-set", ["text": .string(text)])
    case .nameSet(let text): ("name-set", ["text": .string(text)])
    case .budgetSet(let tokens): ("budget-set", ["tokens": .integer(Int64(tokens))])
    case .nextStepSet(let text): ("next-step-set", ["text": .string(text)])
    case .phaseSet(let name): ("phase-set", ["text": .string(name)])
    case .lifecycleChanged(let change): ("lifecycle-changed", ["change": .string(change.rawValue)])
    case .itemAdded(let kind, let text, let because):
      (
        "item-added",
        ["item-kind": .string(kind.rawValue), "text": .string(text)].adding("because", because)
      )
    case .itemResolved(let id, let because):
      ("item-resolved", ["item": .string(id.description)].adding("because", because))
    case .itemReopened(let id): ("item-reopened", ["item": .string(id.description)])
    case .itemRemoved(let id): ("item-removed", ["item": .string(id.description)])
    case .commitMade(let id, let subject, let run):
      (
        "commit-made",
        ["commit": .string(id), "subject": .string(subject)].merging(run?.members ?? [:]) { $1 }
      )
    case .commitRewritten(let old, let new, let isCopy):
      (
        "commit-rewritten",
        ["old": .string(old), "new": .string(new)].merging(isCopy ? ["copy": .bool(true)] : [:]) { $1 }
      )
    case .runStarted(let run, let source):
      ("run-started", run.members.adding("source", source))
    case .runEnded(let run, let reason): ("run-ended", run.members.adding("reason", reason))
    case .contextMeasured(let run, let measure):
      (
        "context-measured",
        run.members.adding("model", measure.model).merging([
          "tokens": .integer(Int64(measure.tokens)), "limit": .integer(Int64(measure.limit)),
          "compactions": .integer(Int64(measure.compactions)),
        ]) { $1 }
      )
    case .transcriptKept(let run, let segment):
      (
        "transcript-kept",
        run.members.adding("generation", segment.generation).merging([
          "file": .string(segment.file), "from": .integer(Int64(segment.range.lowerBound)),
          "to": .integer(Int64(segment.range.upperBound)), "mark": .string(segment.mark),
        ]) { $1 }
      )
    case .handoffKept(let file): ("handoff-kept", ["file": .string(file)])
    case .writerReplaced(let writer): ("writer-replaced", ["writer": .string(writer.description)])
    case .deleted: ("deleted", [:])
    case .unknown(let kind, let json): (kind, json.object ?? [:])
    }
  }
}

extension AgentRun.ID {
  fileprivate var members: [String: JSONValue] { ["agent": .string(agent), "run": .string(run)] }
}

extension [String: JSONValue] {
  /// With a member for `text`, if there is one.
  func adding(_ key: String, _ text: String?) -> [String: JSONValue] {
    guard let text else { return self }
    return merging([key: .string(text)]) { $1 }
  }
}
