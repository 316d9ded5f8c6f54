import Files
import Git
import Sessions
import Storage

/// What is done when a context is about to be lost, the most valuable first. Each step that is through is noted, so
/// that whoever comes next does the rest of one that was ended in the middle: by its time, by a signal, by a power cut.
struct EmergencySave {
  enum Step: String, CaseIterable {
    /// The files, what is staged, and what has come to transcripts.
    case checkpoint
    /// The document from which a stranger continues, kept with the session.
    case handoff
    /// By which sessions are listed and searched.
    case index
    /// To the remote, where `session.push` is `emergency`.
    case push
  }

  let workspace: Workspace

  /// All steps. `checkpoint` is how the first one is done; the agent waits for no more than that, where a process of
  /// its own can do the rest.
  func run(_ checkpoint: TakeCheckpoint) throws {
    let pending = PendingSave(workspace.repository)
    // Whoever cannot note it saves all the same.
    try? pending.write(Step.allCases[...], checkpoint.trigger, at: workspace.now)
    _ = try checkpoint.run(in: workspace)
    let rest = Step.allCases.dropFirst()
    let isNoted = (try? pending.write(rest, checkpoint.trigger, at: workspace.now)) != nil
    if isNoted, workspace.start(.finishSave) { return }
    try run(rest, checkpoint, pending)
  }

  /// The steps that an earlier one has left. False if there are none.
  func finish() throws -> Bool {
    let pending = PendingSave(workspace.repository)
    guard let left = pending.read() else { return false }
    try run(left.steps, TakeCheckpoint(message: nil, trigger: left.trigger), pending)
    return true
  }

  private func run(_ steps: ArraySlice<Step>, _ checkpoint: TakeCheckpoint, _ pending: PendingSave) throws {
    var rest = steps
    while let step = rest.popFirst() {
      switch step {
      case .checkpoint: _ = try checkpoint.run(in: workspace)
      case .handoff: try keepHandoff()
      case .index: _ = try workspace.summaries()
      case .push: push()
      }
      try? pending.write(rest, checkpoint.trigger, at: workspace.now)
    }
  }

  private func keepHandoff() throws {
    guard let current = try workspace.currentIfAny() else { return }
    var make = MakeHandoff(session: nil, since: nil, budget: nil)
    // The step before this one has saved it.
    make.isJustSaved = true
    let document = try make.run(in: workspace).markdown
    let saving = try Saving(workspace)
    let blob = try saving.batch.write(workspace.redaction.redact(Array(document.utf8)), as: .blob)
    try saving.keep(handoff: Attachment("handoff.md", blob), in: current)
  }

  /// Where it cannot be sent it is saved all the same, and no later try would fare better.
  private func push() {
    do {
      guard try workspace.pushPolicy == .emergency, let session = try workspace.state()?.current else {
        return
      }
      let remote = try Remote(nil, toPush: true, in: workspace).name
      try workspace.updateSendQueue { queue in
        queue.add(
          .init(remote: remote, session: session.description, added: workspace.now.milliseconds, awaited: [:])
        )
      }
      workspace.start(.send)
    } catch {
      workspace.warn("the session was saved and not sent: \(SessionError(wrapping: error).sentence)")
    }
  }
}

/// What an emergency save had no time for, as a work tree remembers it.
struct PendingSave {
  private let file: String

  init(_ repository: Repository) { file = repository.worktreeState + "/pending-save.json" }

  /// Nil if nothing is pending.
  func read() -> (steps: ArraySlice<EmergencySave.Step>, trigger: Trigger, since: Timestamp)? {
    guard let bytes = try? Files.readIfPresent(file), let json = try? JSONValue(parsing: bytes),
      let steps = json["steps"]?.array?.compactMap({ $0.string.flatMap(EmergencySave.Step.init) }),
      !steps.isEmpty,
      let trigger = json["trigger"]?.string.flatMap(Trigger.init),
      let since = json["since"]?.string.flatMap(Timestamp.init)
    else { return nil }
    return (steps[...], trigger, since)
  }

  /// None means that all is done.
  func write(_ steps: ArraySlice<EmergencySave.Step>, _ trigger: Trigger, at time: Timestamp) throws {
    guard !steps.isEmpty else { return try Files.remove(file) }
    let json = JSONValue.object([
      "steps": .array(steps.map { .string($0.rawValue) }), "trigger": .string(trigger.rawValue),
      "since": .string(time.description),
    ])
    try Files.writeAtomically(json.canonical, to: file, isLasting: false)
  }
}
