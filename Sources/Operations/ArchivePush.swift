import Git
import Sessions
import Storage

/// Sends chains to a remote: in references of their own, or, if they are archived here, in one that stands for them all.
///
/// That is an archive of this work tree made for the remote: it lists what was to be sent there and nothing else. Once
/// the remote has it, the references there that it makes superfluous are deleted.
struct ArchivePush {
  private let remote: String
  /// What the remote was known to have when it was decided what to send.
  private let there: RemoteSessions
  private let workspace: Workspace
  private var repository: Repository { workspace.repository }

  init(to remote: String, knowing there: RemoteSessions, in workspace: Workspace) {
    self.remote = remote
    self.there = there
    self.workspace = workspace
  }

  typealias Outcomes = [String: Repository.PushOutcome]

  /// Gives what became of each of `tips`, by the names of the chains. `moving` are those that the remote has already, but
  /// not in an archive.
  func run(_ tips: [Tip], moving: [Tip], archives: Bool) throws -> Outcomes {
    let archived = archives ? tips.filter { $0.archive != nil } : []
    guard !archived.isEmpty || !moving.isEmpty, let writer = try workspace.ownWriter() else {
      return try send(tips)
    }
    var outcomes: Outcomes = [:]
    if let refusal = try archive(
      archived + moving, beside: tips.filter { $0.archive == nil }, writer, &outcomes)
    {
      workspace.warn("'\(remote)' takes no archive of sessions, so each is sent by itself: \(refusal)")
    }
    let missing = tips.filter { outcomes[$0.reference.name] == nil }
    return outcomes.merging(try send(missing)) { $1 }
  }

  /// Sends the archive with `tips` listed, and `others` along with it. Gives the reason if the remote does not take it.
  private func archive(
    _ tips: [Tip], beside others: [Tip], _ writer: WriterID, _ outcomes: inout Outcomes
  ) throws -> String? {
    var (tips, others) = (tips, others)
    var old = there.archives.first { $0.writer == writer }
    // If this clone has lost sight of its archive there, it is looked at once.
    for _ in 1...2 {
      let outcome: Repository.PushOutcome
      do {
        outcome = try send(others, archiving: tips, onto: old, writer, &outcomes)
      } catch let error as GitError where error.kind == .invalid || error.kind == .tooLarge {
        return error.description
      }
      if outcome.isThere {
        for tip in tips { outcomes[tip.reference.name] = outcome }
        return nil
      }
      if case .rejected(let words) = outcome { return words }
      others = []
      let new = try refreshed(writer)
      // Another process of this work tree may have listed the same, or more of a chain, which must not be taken back.
      let listed = try new.tips(notIn: old.map { [$0] } ?? [], in: repository)
      for tip in tips where listed.contains(tip) { outcomes[tip.reference.name] = .upToDate }
      tips.removeAll { tip in listed.contains { $0.reference == tip.reference } }
      old = new.first
    }
    return "the remote has another one of this work tree"
  }

  /// Each in a reference of its own.
  private func send(_ tips: [Tip]) throws -> Outcomes {
    let outcomes = try repository.push(tips.map(Self.reference), to: remote)
    try note(tips, outcomes)
    return outcomes
  }

  private static func reference(_ tip: Tip) -> Reference {
    Reference(name: tip.reference.name, target: tip.commit)
  }

  private func note(_ tips: [Tip], _ outcomes: Outcomes) throws {
    try RemoteTips(repository).note(
      tips.filter { outcomes[$0.reference.name]?.isThere ?? false }, of: remote)
  }

  /// One run of git for `tips`, in references of their own, and for the archive, whose outcome this gives.
  private func send(
    _ tips: [Tip], archiving archived: [Tip], onto old: SessionArchive?, _ writer: WriterID,
    _ outcomes: inout Outcomes
  ) throws -> Repository.PushOutcome {
    // Until a reference names its objects, the batch keeps them.
    let batch = try ObjectBatch(repository)
    let archives = try ArchiveWriter(repository, signature: workspace.signature, writer: writer)
    let commit = try archives.write(archived, onto: old, batch: batch)
    try batch.publish()
    let name = SessionArchive.reference(of: writer)
    let archive = commit.map { [Reference(name: name, target: $0)] } ?? []
    let found = try repository.push(tips.map(Self.reference) + archive, to: remote)
    try note(tips, found)
    outcomes.merge(found) { $1 }
    guard let commit else { return .upToDate }
    let outcome = found[name] ?? .rejected("git says nothing of it")
    if outcome.isThere {
      try repository.set([Reference(name: SessionArchive.reference(of: writer, at: remote), target: commit)])
    }
    return withExtendedLifetime(batch) { outcome }
  }

  /// The archive of this work tree as the remote has it by now; empty if that is none.
  private func refreshed(_ writer: WriterID) throws -> [SessionArchive] {
    let arrival = SessionArchive.arrivalPrefix(remote) + writer.description
    _ = try repository.fetch([(SessionArchive.reference(of: writer), arrival)], from: remote)
    try workspace.acceptArchives(of: remote)
    return try repository.archives(of: remote).filter { $0.writer == writer }
  }

  // MARK: - References that an archive there makes superfluous

  /// So many are deleted at once; git compares each with each reference of the remote. The next push goes on.
  private static let limit = 1000

  /// Deletes them, each only if it still has the value that was read. That it could not be done changes nothing.
  func removeSuperfluous() {
    do {
      let known = try RemoteTips(repository).all(of: remote)
      guard try !RemoteSessions(of: remote, in: repository).superfluous(known).isEmpty else { return }
      let refusal = try removeSuperfluous(knowing: known)
      guard let refusal else { return }
      workspace.warn("'\(remote)' keeps references that its archive makes superfluous: \(refusal)")
    } catch {
      workspace.warn("references of archived sessions were left: \(SessionError(wrapping: error).sentence)")
    }
  }

  /// The remote is asked what it has by now: an archive that is gone there keeps nothing.
  private func removeSuperfluous(knowing known: [Tip]) throws -> String? {
    let listing = try RemoteListing(of: remote, in: repository)
    let present = Set(listing.tips.map(\.reference))
    var gone = known.filter { !present.contains($0.reference) }
    let there = try RemoteSessions(of: remote, in: repository).at(listing)
    let superfluous = Array(try there.superfluous(listing.tips).prefix(Self.limit))
    var refusal: String?
    if !superfluous.isEmpty {
      let outcomes = try repository.delete(superfluous.map(Self.reference), at: remote)
      let deleted = Set(superfluous.filter { outcomes[$0.reference.name] == .sent }.map(\.reference))
      gone += known.filter { deleted.contains($0.reference) }
      refusal = outcomes.values.lazy.compactMap(\.refusal).first
    }
    try RemoteTips(repository).forget(gone, of: remote)
    return refusal
  }
}

extension Repository.PushOutcome {
  fileprivate var isThere: Bool { self == .sent || self == .upToDate }

  /// Nil also for a reference that another clone has just moved.
  fileprivate var refusal: String? {
    if case .rejected(let words) = self, !words.hasSuffix("(stale info)") { return words }
    return nil
  }
}
