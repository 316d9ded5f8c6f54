import Git
import Sessions
import Storage

/// Takes up what was fetched of a remote: chains that are new or go on from those that are here.
///
/// A chain gets a reference, or moves it forward. What the remote has in an archive goes into the archive of this work
/// tree at once if its session has ended and has no references here.
struct Adoption {
  private let workspace: Workspace
  private let remote: String
  private(set) var rows: [FetchSessions.Report.Row] = []
  private(set) var refused: [FetchSessions.Report.Refusal] = []
  private var notes = NotesContent()
  private var isChanged = false
  private var concernsOtherNotes = false
  /// Nil where nothing can be archived.
  private var writer: ArchiveWriter?
  private var waiting: [Waiting] = []

  init(of remote: String, in workspace: Workspace) {
    self.workspace = workspace
    self.remote = remote
  }

  private var repository: Repository { workspace.repository }

  /// A session whose chains go into the archive together with others.
  private struct Waiting {
    let tips: [Tip]
    let before: [Tip]
    let history: SessionHistory
  }

  /// So many sessions are archived together.
  private static let width = 500

  /// In bytes, of the documents that come with one session: a thousand saves take some five million.
  private static let limit = 256 << 20

  mutating func run() throws {
    let listed = try repository.archives(of: remote).tips(notIn: repository.archives(), in: repository)
    var arrived = Dictionary(
      grouping: try RemoteTips(repository).referenced(of: remote) + listed, by: \.reference.session)
    var local = try repository.tips(of: Set(arrived.keys))
    arrived = arrived.filter { id, tips in !tips.allSatisfy { local[id]?.contains($0) ?? false } }
    if arrived.values.joined().contains(where: { $0.archive != nil }) {
      writer = try workspace.archiveWriter().flatMap { $0.isUsable ? $0 : nil }
      // Once more: the writer must have been there before what it builds on.
      local = try repository.tips(of: Set(arrived.keys))
    }
    for (session, tips) in arrived.sorted(by: { $0.key > $1.key }) {
      try adopt(tips, of: session, local: local[session] ?? [])
      if waiting.count == Self.width { try archive() }
    }
    try archive()
  }

  private mutating func adopt(_ arrived: [Tip], of session: SessionID, local: [Tip]) throws {
    guard !arrived.allSatisfy(local.contains) else { return }
    let accepted = try accepted(arrived, of: session, local: local)
    guard !accepted.isEmpty else { return }
    if writer != nil, (accepted + local).allSatisfy({ $0.archive != nil }) {
      let history = try SessionHistory(session, tips: local + accepted, from: repository)
      if history.state.lifecycle.isEnded || history.state.isDeleted {
        return waiting.append(Waiting(tips: accepted, before: local, history: history))
      }
    }
    var hasMoved = false
    for tip in accepted { hasMoved = try move(to: tip, from: local) || hasMoved }
    guard hasMoved else { return }
    try note(try SessionHistory(session, tips: try repository.tips(of: session), from: repository), local)
  }

  /// The tips that this clone lacks and that count, one for each chain.
  private mutating func accepted(_ arrived: [Tip], of session: SessionID, local: [Tip]) throws -> [Tip] {
    let history: SessionHistory
    do {
      history = try SessionHistory(
        session, tips: local, and: arrived.map(\.commit), limit: Self.limit, from: repository)
    } catch let error as GitError where error.kind == .tooLarge {
      for tip in arrived { refuse(tip, error.description) }
      return []
    }
    var accepted: [SessionReference: Tip] = [:]
    for tip in arrived {
      switch history.arrival(of: tip) {
      case .known, .behind: break
      case .refused(let reason): refuse(tip, reason)
      case .new, .forward:
        let other = accepted[tip.reference]?.commit
        if other.map({ history.descends(tip.commit, from: $0) }) ?? true {
          accepted[tip.reference] = tip
        } else if let other, !history.descends(other, from: tip.commit) {
          refuse(tip, "it does not continue another chain of that name there")
        }
      }
    }
    return accepted.values.sorted { $0.reference.name < $1.reference.name }
  }

  private mutating func move(to tip: Tip, from local: [Tip]) throws -> Bool {
    let old = local.first { $0.reference == tip.reference && $0.archive == nil }?.commit
    do {
      try repository.move(tip.reference.name, from: old, to: tip.commit, log: "session: fetch")
      return true
    } catch {
      guard error.kind == .moved || error.kind == .locked else { throw error }
      refuse(tip, "another process is at work on the chain here; fetch again")
      return false
    }
  }

  /// Archives what waits for it.
  private mutating func archive() throws {
    guard !waiting.isEmpty else { return }
    defer { waiting = [] }
    let tips = waiting.flatMap(\.tips)
    let batch = try ObjectBatch(repository)
    do {
      try writer?.add(tips, batch: batch)
    } catch let error as GitError where error.kind == .moved || error.kind == .locked {
      for tip in tips {
        refuse(tip, "another process is at work on the archive here; fetch again")
      }
      return
    }
    for session in waiting { try note(session.history, session.before) }
  }

  private mutating func refuse(_ tip: Tip, _ reason: String) {
    refused.append(
      .init(session: tip.reference.session, writer: tip.reference.writer, reason: reason))
  }

  private mutating func note(_ new: SessionHistory, _ before: [Tip]) throws {
    let old = try before.isEmpty ? nil : SessionHistory(new.id, tips: before, from: repository)
    let isDeleted = new.state.isDeleted
    if isDeleted { try workspace.leave(new.id) }
    // It is no news to those who never knew the session.
    if isDeleted && old == nil { return }
    isChanged = true
    // What one session says of rewritten commits may concern the notes of others.
    if isDeleted || !new.state.rewrites.isEmpty { concernsOtherNotes = true }
    let known = Set((old?.checkpoints ?? []).map(\.id))
    // A repetition gives way to what it repeats, and a replaced writer's to nothing: their notes go.
    if !known.isSubset(of: new.checkpoints.map(\.id)) { concernsOtherNotes = true }
    notes.add(new)
    if isDeleted, old?.state.isDeleted ?? false { return }
    rows.append(
      .init(
        id: new.id, label: new.state.label, objective: new.state.objective,
        change: isDeleted ? .deleted : old == nil ? .new : .updated,
        checkpoints: new.checkpoints.count { !known.contains($0.id) }, heads: new.heads.count))
  }

  /// Brings the notes up to date. That they could not be does not undo the fetch: they are rebuilt later.
  func updateView() throws {
    guard isChanged else { return }
    let batch = try ObjectBatch(repository)
    do {
      if concernsOtherNotes { return try workspace.rebuildNotes(batch: batch) }
      try workspace.showInNotes(notes.notes, batch: batch)
    } catch let error as GitError {
      workspace.world.errors.write("warning: the notes were not updated: \(error)\n")
    }
  }
}
