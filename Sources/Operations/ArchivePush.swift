import Git
import Sessions
import Storage

/// Sends chains to a remote: in references of their own, or, if they are archived here, in one that stands for them all.
///
/// That is an archive of this work tree made for the remote: it lists what was to be sent there and nothing else. Once
/// the remote has it, the references there that it makes superfluous are deleted.
struct ArchivePush {
  private let remote: String
  private let workspace: Workspace
  private var repository: Repository { workspace.repository }

  init(to remote: String, in workspace: Workspace) {
    self.remote = remote
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
    var reason = "the remote has another one of this work tree"
    do {
      var rest = tips.filter { $0.archive == nil }
      // If this clone has lost sight of its archive there, it is looked at once.
      for _ in 1...2 {
        let outcome = try send(rest, archiving: archived + moving, writer, &outcomes)
        if outcome.isThere {
          for tip in archived { outcomes[tip.reference.name] = outcome }
          return outcomes
        }
        rest = []
        if case .rejected(let words) = outcome {
          reason = words
          break
        }
        try refresh(writer)
      }
    } catch let error as GitError where error.kind == .invalid {
      reason = error.description
    }
    workspace.warn("'\(remote)' takes no archive of sessions, so each is sent by itself: \(reason)")
    let missing = tips.filter { outcomes[$0.reference.name] == nil }
    return outcomes.merging(try send(missing)) { $1 }
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
    _ tips: [Tip], archiving archived: [Tip], _ writer: WriterID, _ outcomes: inout Outcomes
  ) throws -> Repository.PushOutcome {
    let place = SessionArchive.reference(of: writer, at: remote)
    let old = try repository.reference(place).map { try SessionArchive(of: writer, at: $0, in: repository) }
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
    if outcome.isThere { try repository.set([Reference(name: place, target: commit)]) }
    return withExtendedLifetime(batch) { outcome }
  }

  private func refresh(_ writer: WriterID) throws {
    let names = (
      SessionArchive.reference(of: writer), SessionArchive.arrivalPrefix(remote) + writer.description
    )
    _ = try repository.fetch([names], from: remote)
    try workspace.acceptArchives(of: remote)
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
