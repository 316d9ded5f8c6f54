/// An event with its place in the order of the session.
package struct StampedEvent: Hashable, Sendable {
  package let clock: Int64
  /// Within the commit that holds it.
  package let position: Int
  package let event: Event

  package init(clock: Int64, position: Int, event: Event) {
    self.clock = clock
    self.position = position
    self.event = event
  }

  /// The order of the fold: clock, writer, position. The rest settles what only a forger can make equal.
  private var order: (Int64, WriterID, Int, Int) { (clock, event.id.writer, position, event.id.sequence) }

  package static func precedes(_ left: StampedEvent, _ right: StampedEvent) -> Bool {
    if left.order != right.order { return left.order < right.order }
    return left.event.json.canonical.lexicographicallyPrecedes(right.event.json.canonical)
  }
}

extension SessionState {
  /// The session that a set of events tells; the order in which they are given does not matter.
  package init(id: SessionID, folding events: some Sequence<StampedEvent>) {
    self.init(id: id)
    let sorted = events.sorted(by: StampedEvent.precedes)
    for stamped in sorted {
      guard case .writerReplaced(let writer) = stamped.event.fact, writer != stamped.event.id.writer else {
        continue
      }
      replaced.insert(writer)
    }
    var seen: Set<EventID> = []
    for stamped in sorted where !replaced.contains(stamped.event.id.writer) {
      guard seen.insert(stamped.event.id).inserted else { continue }
      step(stamped.event)
    }
  }

  /// Applies one event. What is not allowed in this state is listed as ineffective and changes nothing else.
  package mutating func step(_ event: Event) {
    if let reason = apply(event) { ineffective.append(Ineffective(event: event, reason: reason)) }
  }

  /// The reason why the event has no effect, or nil if it has one.
  private mutating func apply(_ event: Event) -> String? {
    switch event.fact {
    case .started(let key, let objective, let name):
      guard started == nil else { return "the session had already started" }
      (self.key, self.objective, self.name) = (key, objective, name)
      started = event.time
      activeSince = event.time
    case .objectiveSet(let text): objective = text
    case .nameSet(let text): name = text
    case .budgetSet(let tokens): budget = tokens
    case .nextStepSet(let text): nextStep = text.isEmpty ? nil : text
    case .phaseSet(let name):
      if name != phases.last?.name ?? "" { phases.append(Phase(name: name, started: event.time)) }
    case .lifecycleChanged(let change): return apply(change, at: event.time)
    case .itemAdded(let kind, let text, let because):
      items[event.id] = Item(
        id: event.id, kind: kind, text: text, because: because, added: event.time, place: itemsAdded)
      itemsAdded += 1
    case .itemResolved(let id, let because):
      guard items[id] != nil else { return "there is no item \(id)" }
      items[id]?.resolved = event.time
      items[id]?.resolution = because
    case .itemReopened(let id):
      guard items[id]?.isOpen == false else { return "there is no resolved item \(id)" }
      items[id]?.resolved = nil
      items[id]?.resolution = nil
    case .itemRemoved(let id):
      guard items.removeValue(forKey: id) != nil else { return "there is no item \(id)" }
    case .commitMade(let id, let subject, let run):
      guard knownCommits.insert(id).inserted else { return nil }
      guard !superseded.contains(id) else { return nil }
      commits.append(CommitMade(id: id, subject: subject, time: event.time, by: run))
    case .commitRewritten(let old, let new, let isCopy):
      return rewrite(CommitRewrite(old: old, new: new, isCopy: isCopy), at: event.time)
    case .runStarted(let run, let source): start(run, source, at: event.time)
    case .runEnded(let run, let reason):
      change(run, at: event.time) { ($0.ended, $0.reason) = (event.time, reason) }
    case .contextMeasured(let run, let measure): self.measure(run, measure, at: event.time)
    case .transcriptKept(let run, let segment): keep(segment, of: run, at: event.time)
    case .writerReplaced(let writer):
      guard writer != event.id.writer else { return "a writer cannot replace itself" }
    case .handoffKept: break
    case .deleted: isDeleted = true
    case .unknown(let kind, _): return "this version does not know events of the kind '\(kind)'"
    }
    return nil
  }

  /// The new commit belongs to the session if the old one does, and stands where that stood.
  private mutating func rewrite(_ rewrite: CommitRewrite, at time: Timestamp) -> String? {
    guard rewrite.old != rewrite.new else { return "a commit cannot take its own place" }
    guard rewrites.insert(rewrite).inserted else { return nil }
    let place = commits.firstIndex { $0.id == rewrite.old }
    if knownCommits.contains(rewrite.old), knownCommits.insert(rewrite.new).inserted {
      let made = CommitMade(
        id: rewrite.new, subject: place.map { commits[$0].subject } ?? "", time: time,
        by: place.flatMap { commits[$0].by })
      commits.insert(made, at: place.map { $0 + 1 } ?? commits.count)
    }
    if !rewrite.isCopy {
      superseded.insert(rewrite.old)
      if let place { commits.remove(at: place) }
    }
    return nil
  }

  private mutating func apply(_ change: Lifecycle.Change, at time: Timestamp) -> String? {
    guard let next = lifecycle.after(change) else {
      return "a session that is \(lifecycle.rawValue) cannot \(change.rawValue)"
    }
    activeBefore = activeMilliseconds(now: time)
    activeSince = next == .active ? time : nil
    ended = next.isEnded ? time : nil
    lifecycle = next
    return nil
  }
}
