import Files
import Git
import Sessions
import Snapshots
import Storage

/// Begins a session in a work tree: the root record, then a first checkpoint that holds the start event.
package struct StartSession {
  package var objective: String
  package var name: String?
  /// Tokens.
  package var budget: Int?
  /// Leave the session that is active here as it is.
  package var switches: Bool
  /// Nil for a new one.
  var id: SessionID?

  package init(objective: String, name: String?, budget: Int?, switches: Bool) {
    self.objective = objective
    self.name = name
    self.budget = budget
    self.switches = switches
  }

  package struct Report: Encodable, Sendable {
    package let session: SessionHeading
    package let checkpoint: CheckpointReport?
    package let left: LeftSession?
    package let budget: Int?
  }

  package func run(in workspace: Workspace) throws -> Report {
    // The name is made from what is stored.
    let objective = workspace.redacted(self.objective)
    guard !objective.isEmpty else { throw SessionError(.usage, "the objective is empty") }
    if let name, !Slug.isValid(name) {
      throw SessionError(
        .usage, "'\(name)' is no name for a session",
        hints: [
          "A name is one word of letters, digits, '-', '_' and '.'.",
          "A number, 'session-4', 'c4', 'base' and 'worktree' stand for something else.",
        ])
    }
    _ = try workspace.repository.requireWorkTree()
    let active = try workspace.currentIfAny()
    if let state = active?.history.state, state.lifecycle == .active, !switches {
      throw SessionError(
        .no, "\(state.label) \"\(state.objective)\" is active in this work tree",
        hints: [
          "To leave it as it is and begin another: git session start --switch \"\(objective)\"",
          "To end it first: git session complete",
        ])
    }
    let left = try active.flatMap { try workspace.leave($0) }

    let saving = try Saving(workspace)
    let taken = try saving.capture(after: nil)
    let id = id ?? workspace.mintSession()
    let writer = try workspace.state()?.writer ?? workspace.mintWriter()
    let key = SessionState.nextKey(after: try workspace.summaries().map(\.key))
    let begun = try workspace.chainWriter.begin(id, writer: writer, batch: saving.batch)
    var facts: [Fact] = [.started(key: key, objective: objective, name: name ?? Slug.make(from: objective))]
    if let budget { facts.append(.budgetSet(budget)) }
    let appended = try saving.checkpoint(
      taken, trigger: .start, message: objective, facts: facts,
      in: Workspace.Current(history: begun.history, writer: writer, tip: begun.root))
    workspace.archiveEndedSessions()
    try? PendingStart(workspace.repository).remove()
    return Report(
      session: SessionHeading(appended.history.state),
      checkpoint: CheckpointReport(appended.commit, in: appended.history),
      left: left, budget: budget)
  }
}

extension StartSession {
  /// Begins a session unless there is one that takes work: two hooks of one moment begin one. One that was begun and
  /// not finished goes first.
  static func once(_ objective: String, in workspace: Workspace) throws {
    let folder = workspace.repository.worktreeState
    try Files.makeDirectory(folder)
    try FileLock.held(folder + "/start.lock", milliseconds: 4000) {
      let pending = PendingStart(workspace.repository)
      if try !workspace.isInSession() {
        let half = try pending.read()
        if let half, try workspace.takeUp(half.id) {
          // What has changed since.
          _ = try TakeCheckpoint(message: nil, trigger: .turn).run(in: workspace)
        } else {
          let session = PendingStart.Session(
            id: try workspace.id(of: half), objective: half?.objective ?? workspace.redacted(objective))
          // On a full disk it is begun without.
          try? pending.write(session)
          var start = StartSession(objective: session.objective, name: nil, budget: nil, switches: false)
          start.id = session.id
          _ = try workspace.during(.session) { try start.run(in: workspace) }
        }
      }
      try pending.remove()
    }
  }
}

extension Workspace {
  /// Goes on with a session that was begun here, by somebody who was stopped before the work tree knew of it. False if
  /// there is nothing of it that takes work.
  fileprivate func takeUp(_ session: SessionID) throws -> Bool {
    guard let history = try repository.history(of: session), let tip = history.heads.last,
      !history.state.lifecycle.isEnded
    else { return false }
    let before = try state()?.current
    return try updateState { state in
      // Somebody may have begun another one meanwhile.
      guard state.current == before else { return true }
      // Of several writers nobody knows who has begun it here.
      let writer = history.chains.count == 1 ? tip.writer : state.writer
      state.stand(in: session, at: tip.id, of: writer, lifecycle: history.state.lifecycle)
      state.base = tip.base
      return true
    }
  }

  /// That of a session of which nothing was written yet, or a new one.
  fileprivate func id(of half: PendingStart.Session?) throws -> SessionID {
    guard let half, try repository.tips(of: half.id).isEmpty else { return mintSession() }
    return half.id
  }

  fileprivate func mintSession() -> SessionID { SessionID(time: now, random: world.random(10)) }

  /// An objective, as it is stored.
  fileprivate func redacted(_ objective: String) -> String { redaction.redact(PlainText.line(objective)) }
}

extension StartSession {
  /// Begins a session if that of a run has ended in the middle of a turn and the agent has gone on. False if it has
  /// changed nothing since.
  static func goingOn(_ run: AgentRun.ID, in workspace: Workspace) throws -> Bool {
    guard try workspace.settings.autoStart, let current = try workspace.currentIfAny(),
      let last = current.checkpoint,
      AgentRuns(workspace.repository).entries.contains(where: {
        $0.id == run && $0.session == current.history.id
      })
    else { return false }
    let taken = try Saving(workspace).capture(after: last)
    guard taken.snapshot.tree != last.tree else { return false }
    try once("Go on after \(current.history.state.label): \(current.history.state.objective)", in: workspace)
    return true
  }
}

/// The session that a work tree has left for another one.
package struct LeftSession: Encodable, Sendable {
  package let session: SessionHeading
  /// What it would have lost; nil if its latest checkpoint held all.
  package let checkpoint: CheckpointReport?
}

extension Workspace {
  /// Whether a session that takes work was begun here.
  func isInSession() throws -> Bool {
    try HeadingMemo.current(in: self).map { !$0.lifecycle.isEnded } ?? false
  }

  /// Saves what the session that is left would lose; nil if it takes no more work anyway.
  func leave(_ current: Current) throws -> LeftSession? {
    guard !current.history.state.lifecycle.isEnded else { return nil }
    let saved = try TakeCheckpoint(message: "before another session", trigger: .safety).run(in: self)
    return LeftSession(
      session: try heading(of: current.history.state), checkpoint: saved.isNew ? saved.checkpoint : nil)
  }
}
