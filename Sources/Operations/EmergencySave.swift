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
    let pending = PendingSave(workspace)
    // Whoever cannot note it saves all the same.
    let begun = try? pending.add(Step.allCases[...], checkpoint.trigger, at: workspace.now)
    _ = try checkpoint.run(in: workspace)
    let rest = Step.allCases.dropFirst()
    let note = try? pending.add(rest, checkpoint.trigger, at: workspace.now, insteadOf: begun)
    if note != nil, workspace.start(.finishSave) { return }
    try run(note?.steps ?? rest, checkpoint, note)
  }

  /// The steps that an earlier one has left. False if there are none.
  func finish() throws -> Bool {
    let pending = PendingSave(workspace)
    guard let left = pending.read() else { return false }
    // The session may have ended since, with all that it had.
    guard try workspace.isInSession() else {
      _ = try pending.replace(left, by: [], at: workspace.now)
      return false
    }
    try run(left.steps, TakeCheckpoint(message: nil, trigger: left.trigger), left)
    return true
  }

  /// Stops where somebody has noted steps anew: those come after what that one has saved, and it sees to them.
  private func run(
    _ steps: ArraySlice<Step>, _ checkpoint: TakeCheckpoint, _ note: PendingSave.Note?
  ) throws {
    let pending = PendingSave(workspace)
    var rest = steps
    while let step = rest.popFirst() {
      switch step {
      case .checkpoint: _ = try checkpoint.run(in: workspace)
      case .handoff: try keepHandoff()
      case .index: _ = try workspace.summaries()
      case .push: push()
      }
      guard let note else { continue }
      // What cannot be noted is done twice at worst.
      guard (try? pending.replace(note, by: rest, at: workspace.now)) ?? true else { return }
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
struct PendingSave: Sendable {
  struct Note {
    let steps: ArraySlice<EmergencySave.Step>
    let trigger: Trigger
    let since: Timestamp
    /// By which it is told from one that was written later; versions before this one wrote none.
    let token: String?
  }

  private let file: String
  private let lock: String
  private let random: @Sendable (Int) -> [UInt8]

  /// Milliseconds. Whoever holds the lock is through at once, unless the machine has no time for it.
  private static let patience = 1000

  init(_ workspace: Workspace) {
    file = workspace.repository.worktreeState + "/pending-save.json"
    lock = workspace.repository.worktreeState + "/emergency.lock"
    random = workspace.world.random
  }

  /// Nil if nothing is pending.
  func read() -> Note? {
    guard let bytes = try? Files.readIfPresent(file), let json = try? JSONValue(parsing: bytes),
      let steps = json["steps"]?.array?.compactMap({ $0.string.flatMap(EmergencySave.Step.init) }),
      !steps.isEmpty,
      let trigger = json["trigger"]?.string.flatMap(Trigger.init),
      let since = json["since"]?.string.flatMap(Timestamp.init)
    else { return nil }
    return Note(steps: steps[...], trigger: trigger, since: since, token: json["token"]?.string)
  }

  /// Notes steps instead of those of the note `earlier`, if that still stands. What anybody else has noted is still to
  /// do as well.
  func add(
    _ steps: ArraySlice<EmergencySave.Step>, _ trigger: Trigger, at time: Timestamp,
    insteadOf earlier: Note? = nil
  ) throws -> Note {
    try FileLock.held(lock, milliseconds: Self.patience) {
      let standing = read()
      let isOwn = earlier != nil && standing?.token == earlier?.token
      let others = isOwn ? [] : standing?.steps ?? []
      let all = EmergencySave.Step.allCases.filter { steps.contains($0) || others.contains($0) }
      let token = random(8).map { String($0, radix: 16) }.joined(separator: "-")
      let note = Note(steps: all[...], trigger: trigger, since: time, token: token)
      try write(note)
      return note
    }
  }

  /// Notes what of a note is left; none means that all is done. False if that note no longer stands.
  func replace(
    _ note: Note, by rest: ArraySlice<EmergencySave.Step>, at time: Timestamp
  ) throws -> Bool {
    try FileLock.held(lock, milliseconds: Self.patience) {
      guard let standing = read(), standing.token == note.token else { return false }
      if rest.isEmpty {
        try Files.remove(file)
      } else {
        try write(Note(steps: rest, trigger: note.trigger, since: time, token: note.token))
      }
      return true
    }
  }

  private func write(_ note: Note) throws {
    var members: [String: JSONValue] = [
      "steps": .array(note.steps.map { .string($0.rawValue) }), "trigger": .string(note.trigger.rawValue),
      "since": .string(note.since.description),
    ]
    members["token"] = note.token.map(JSONValue.string)
    try Files.writeAtomically(JSONValue.object(members).canonical, to: file, isLasting: false)
  }
}
