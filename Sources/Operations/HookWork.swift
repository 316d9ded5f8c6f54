import Files
import Git
import Sessions
import Synchronization

/// What the hook of an agent is in the middle of. When its time is over, a process of its own does that.
final class HookWork: Sendable {
  enum Work: Sendable {
    case checkpoint(Trigger)
    case session(objective: String)
  }

  private let open = Mutex<Work?>(nil)
  private let pending: PendingSave
  private let start: PendingStart
  private let finish: @Sendable () -> Bool
  private let begin: @Sendable () -> Bool

  init(in workspace: Workspace) {
    pending = PendingSave(workspace)
    start = PendingStart(workspace.repository)
    finish = workspace.starter(of: .finishSave)
    begin = workspace.starter(of: .beginSession)
  }

  /// Hands `work` over, while `body` does it, if there is no time for it. When it is done, or found to be needless,
  /// nothing is left of the work around it either, which was to do the same.
  func during<Result>(_ work: Work, _ body: () throws -> Result) rethrows -> Result {
    let around = open.withLock { $0 }
    open.withLock { $0 = work }
    do {
      let result = try body()
      open.withLock { $0 = nil }
      return result
    } catch {
      open.withLock { $0 = around }
      throw error
    }
  }

  /// From another thread. False if there is nothing to do, or nobody to do it.
  func handOver(at time: Timestamp) -> Bool {
    do {
      switch open.withLock({ $0 }) {
      case .checkpoint(let trigger):
        let steps = trigger == .compaction ? EmergencySave.Step.allCases : [.checkpoint]
        _ = try pending.add(steps[...], trigger, at: time)
        return finish()
      case .session(let objective):
        try start.write(objective)
        return begin()
      case nil: return pending.read() != nil && finish()
      }
    } catch {
      return false
    }
  }
}

/// The objective of a session that could not be begun in the time that an agent waits.
struct PendingStart: Sendable {
  private let file: String

  init(_ repository: Repository) { file = repository.worktreeState + "/pending-start" }

  func write(_ objective: String) throws {
    try Files.makeDirectory(Files.parent(of: file))
    try Files.writeAtomically(Array(objective.utf8), to: file, permissions: 0o600, isLasting: false)
  }

  /// Nil if there is none.
  func read() throws -> String? {
    try Files.readIfPresent(file).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Begins that session, in the background where that is possible; one for `objective` if there is none.
  func begin(orElse objective: String, in workspace: Workspace) throws {
    // The first request says what the work is for.
    let first = try read()
    if first != nil, workspace.start(.beginSession) { return }
    try StartSession.once(first ?? objective, in: workspace)
    try remove()
  }

  /// The session has begun, in this way or in another one.
  func remove() throws { try Files.remove(file) }
}
