package import Git
import Sessions

/// The chain by which a session is published without what it went through: one checkpoint for each push, and all
/// events, but nothing of the states in between.
///
/// It belongs to a writer of its own, so that the chains which it repeats stay as they are. Events keep their ids:
/// who has both counts none twice.
package struct SquashedChain {
  private let history: SessionHistory
  /// What the remote is known to have.
  private let published: SessionHistory
  private let reference: SessionReference
  private let chainWriter: ChainWriter

  /// `name` tells this chain from those of other clones and for other remotes.
  package init(
    of history: SessionHistory, known: [Tip], name: String, in repository: Repository, by writer: ChainWriter
  ) throws {
    self.history = history
    chainWriter = writer
    published = try SessionHistory(history.id, tips: known, from: repository)
    let hash = try repository.name(of: Array("\(history.id)\n\(name)".utf8), as: .blob)
    let own = WriterID(random: hash.withUnsafeBytes { Array($0.prefix(8)) })
    reference = SessionReference(session: history.id, writer: own)
  }

  /// The last commit so far.
  private struct Place {
    let commit: ObjectID
    let tree: ObjectID
    let clock: Int64

    init(_ commit: ChainCommit) { (self.commit, tree, clock) = (commit.id, commit.tree, commit.clock) }

    init(_ commit: ObjectID, tree: ObjectID, clock: Int64) {
      (self.commit, self.tree, self.clock) = (commit, tree, clock)
    }
  }

  /// Writes what the remote lacks of the events and of the state of `checkpoint`, and gives the tip. The objects are
  /// durable, and no reference names them yet.
  package func write(_ checkpoint: ChainCommit?, batch: ObjectBatch) throws -> Tip {
    let before = published.last(of: reference.writer)
    var place = try Place(
      before ?? chainWriter.begin(history.id, writer: reference.writer, batch: batch).root)
    for group in groups() {
      place = try append(group.events, after: place, clock: group.clock, batch)
    }
    let latest = before.flatMap(published.checkpoint(at:))
    if let checkpoint, latest?.checkpoint?.squashed != checkpoint.id.hex {
      place = try append(checkpoint, after: place, merging: merged(into: checkpoint, beside: before), batch)
    }
    try batch.publish()
    return Tip(reference: reference, commit: place.commit)
  }

  /// The events that the remote lacks, in runs that one commit can hold: within a commit they are ordered by writer.
  private func groups() -> [(clock: Int64, events: [Event])] {
    var seen = Set(published.commits.flatMap(\.events).map(\.id))
    let all = history.commits.flatMap { commit in
      commit.events.enumerated().map {
        StampedEvent(clock: commit.clock, position: $0.offset, event: $0.element)
      }
    }
    var groups: [(clock: Int64, events: [Event])] = []
    for stamped in all.sorted(by: StampedEvent.precedes) where seen.insert(stamped.event.id).inserted {
      let event = stamped.event
      if var last = groups.popLast() {
        if let end = last.events.last, end.id.writer <= event.id.writer, last.events.count < Self.eventLimit {
          last = (stamped.clock, last.events + [event])
          groups.append(last)
          continue
        }
        groups.append(last)
      }
      groups.append((stamped.clock, [event]))
    }
    return groups
  }

  /// Well below what a document may hold.
  private static let eventLimit = 1000

  private func append(
    _ events: [Event], after place: Place, clock: Int64, _ batch: ObjectBatch
  ) throws -> Place {
    let clock = max(clock, place.clock + 1)
    let document = SessionDocument(
      session: history.id, writer: reference.writer, clock: clock, events: events)
    let commit = try chainWriter.write(
      document, nil, after: place.commit, merging: [], tree: place.tree, text: "session: squashed events",
      batch: batch)
    return Place(commit, tree: place.tree, clock: clock)
  }

  /// What the remote has and `checkpoint` stands on, itself or by what it repeats, but not the chain so far.
  private func merged(into checkpoint: ChainCommit, beside before: ChainCommit?) -> [ObjectID] {
    published.tips.map(\.commit).filter { tip in
      guard let commit = published[tip] else { return false }
      let original = published.checkpoint(at: commit)?.checkpoint?.squashed.flatMap { ObjectID($0) }
      let isContained = [tip, original].compactMap(\.self).contains {
        history.descends(checkpoint.id, from: $0)
      }
      return isContained && before.map { !published.descends($0.id, from: tip) } ?? true
    }
  }

  private func append(
    _ checkpoint: ChainCommit, after place: Place, merging merged: [ObjectID], _ batch: ObjectBatch
  ) throws -> Place {
    guard var facts = checkpoint.checkpoint else { throw GitError(.invalid, "it is no checkpoint") }
    facts.squashed = checkpoint.id.hex
    let reached = merged.compactMap { published[$0]?.clock }.max() ?? 0
    let clock = max(checkpoint.clock, place.clock + 1, reached + 1)
    let document = SessionDocument(
      session: history.id, writer: reference.writer, clock: clock, events: [], checkpoint: facts)
    let snapshot = SavedSnapshot(
      tree: checkpoint.tree, base: checkpoint.base, index: checkpoint.index, conflict: checkpoint.conflict,
      operations: checkpoint.operations, facts: facts)
    let commit = try chainWriter.write(
      document, snapshot, after: place.commit, merging: merged, tree: checkpoint.tree,
      text: "checkpoint \(facts.number) (squashed)", batch: batch)
    return Place(commit, tree: checkpoint.tree, clock: clock)
  }
}
