/// A session as its events tell it so far, and what it takes to go on from there.
///
/// Going on gives the same as folding all events again. It is possible only with events that stand behind all
/// others; whoever is refused folds all.
package struct SessionFold: Hashable, Sendable {
  package private(set) var state: SessionState
  /// The largest sequence of each writer among the events.
  package private(set) var sequences: [WriterID: Int]

  /// Raised whenever ``SessionState/step(_:)`` makes something else of the same events, or ``encode(to:)`` writes
  /// something else: what was kept of older folds is thrown away then.
  package static let format = 4

  package init(id: SessionID, folding events: [StampedEvent]) {
    state = SessionState(id: id, folding: events)
    sequences = [:]
    note(events)
  }

  /// With further events of commits whose clocks exceed that of every commit before them. Nil if one of them
  /// concerns events that were folded already: then all must be folded again.
  package func continued(with events: [StampedEvent]) -> SessionFold? {
    var next = self
    for stamped in events.sorted(by: StampedEvent.precedes) {
      let id = stamped.event.id
      if case .writerReplaced = stamped.event.fact { return nil }
      // An event that was seen before is skipped in the fold, as are those of replaced writers.
      guard id.sequence > next.sequences[id.writer] ?? 0, !state.replaced.contains(id.writer) else {
        return nil
      }
      next.sequences[id.writer] = id.sequence
      next.state.step(stamped.event)
    }
    return next
  }

  private mutating func note(_ events: [StampedEvent]) {
    for stamped in events {
      let id = stamped.event.id
      sequences[id.writer] = max(sequences[id.writer] ?? 0, id.sequence)
    }
  }
}

// MARK: - Bytes
extension SessionFold {
  package func encode(to bytes: inout ByteWriter) {
    state.encode(to: &bytes)
    bytes.write(each: Array(sequences)) {
      $0.write($1.key.description)
      $0.write($1.value)
    }
  }

  package init(from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    state = try SessionState(from: &bytes)
    sequences = [:]
    for (writer, sequence) in try bytes.list({ (bytes) throws(ByteReader.Malformed) in
      (try bytes.parsed { WriterID($0) }, try bytes.count())
    }) {
      sequences[writer] = sequence
    }
  }
}

extension SessionState {
  fileprivate func encode(to bytes: inout ByteWriter) {
    bytes.write(id.description)
    bytes.write(key)
    for text in [objective, name, lifecycle.rawValue] { bytes.write(text) }
    bytes.write(budget) { $0.write($1) }
    bytes.write(nextStep) { $0.write($1) }
    for time in [started, ended, activeSince] { bytes.write(time) { $0.write($1.milliseconds) } }
    bytes.write(activeBefore)
    bytes.write(itemsAdded)
    bytes.write(isDeleted)
    bytes.write(each: Array(items.values)) { $1.encode(to: &$0) }
    bytes.write(each: commits) {
      for text in [$1.id, $1.subject] { $0.write(text) }
      $0.write($1.time.milliseconds)
      $0.write($1.by) { $1.encode(to: &$0) }
    }
    bytes.write(each: phases) {
      $0.write($1.name)
      $0.write($1.started.milliseconds)
    }
    bytes.write(each: Array(runs.values)) { $1.encode(to: &$0) }
    bytes.write(each: Array(rewrites)) {
      for text in [$1.old, $1.new] { $0.write(text) }
      $0.write($1.isCopy)
    }
    bytes.write(each: ineffective) {
      $0.write($1.event.id.writer.description)
      $0.write(String(decoding: $1.event.json.canonical, as: UTF8.self))
      $0.write($1.reason)
    }
    for texts in [Set(replaced.map(\.description)), knownCommits, superseded] {
      bytes.write(each: Array(texts)) { $0.write($1) }
    }
  }

  fileprivate init(from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    typealias Malformed = ByteReader.Malformed
    func time(_ bytes: inout ByteReader) throws(Malformed) -> Timestamp {
      Timestamp(milliseconds: try bytes.integer())
    }
    self.init(id: try bytes.parsed { SessionID($0) })
    key = try bytes.count()
    (objective, name) = (try bytes.text(), try bytes.text())
    lifecycle = try bytes.parsed(Lifecycle.init)
    budget = try bytes.optional { (bytes) throws(Malformed) in try bytes.count() }
    nextStep = try bytes.optional { (bytes) throws(Malformed) in try bytes.text() }
    (started, ended) = (try bytes.optional(time), try bytes.optional(time))
    activeSince = try bytes.optional(time)
    (activeBefore, itemsAdded, isDeleted) = (try bytes.integer(), try bytes.count(), try bytes.bool())
    for item in try bytes.list(Item.init) { items[item.id] = item }
    commits = try bytes.list { (bytes) throws(Malformed) in
      CommitMade(
        id: try bytes.text(), subject: try bytes.text(), time: try time(&bytes),
        by: try bytes.optional(AgentRun.ID.init(from:)))
    }
    phases = try bytes.list { (bytes) throws(Malformed) in
      Phase(name: try bytes.text(), started: try time(&bytes))
    }
    for run in try bytes.list(AgentRun.init(from:)) { runs[run.id] = run }
    rewrites = Set(
      try bytes.list { (bytes) throws(Malformed) in
        CommitRewrite(old: try bytes.text(), new: try bytes.text(), isCopy: try bytes.bool())
      })
    ineffective = try bytes.list { (bytes) throws(Malformed) in
      let writer = try bytes.parsed { WriterID($0) }
      let event = try bytes.parsed { text in
        (try? JSONValue(parsing: Array(text.utf8))).flatMap { Event($0, writer: writer) }
      }
      return Ineffective(event: event, reason: try bytes.text())
    }
    func texts() throws(Malformed) -> [String] {
      try bytes.list { (bytes) throws(Malformed) in try bytes.text() }
    }
    replaced = Set(try texts().compactMap { WriterID($0) })
    (knownCommits, superseded) = (Set(try texts()), Set(try texts()))
  }
}

extension Item {
  fileprivate func encode(to bytes: inout ByteWriter) {
    for text in [id.description, kind.rawValue, text] { bytes.write(text) }
    for text in [because, resolution] { bytes.write(text) { $0.write($1) } }
    bytes.write(added.milliseconds)
    bytes.write(resolved) { $0.write($1.milliseconds) }
    bytes.write(place)
  }

  fileprivate init(from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    typealias Malformed = ByteReader.Malformed
    let (id, kind) = (try bytes.parsed { EventID($0) }, try bytes.parsed(Kind.init))
    let text = try bytes.text()
    let because = try bytes.optional { (bytes) throws(Malformed) in try bytes.text() }
    let resolution = try bytes.optional { (bytes) throws(Malformed) in try bytes.text() }
    let added = Timestamp(milliseconds: try bytes.integer())
    let resolved = try bytes.optional { (bytes) throws(Malformed) in
      Timestamp(milliseconds: try bytes.integer())
    }
    self.init(
      id: id, kind: kind, text: text, because: because, added: added, place: try bytes.count(),
      resolved: resolved, resolution: resolution)
  }
}
