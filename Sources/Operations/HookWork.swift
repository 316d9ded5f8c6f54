import Files
import Git
import Sessions
import Synchronization

/// What the hook of an agent is in the middle of. When its time is over, a process of its own does that.
final class HookWork: Sendable {
  enum Work: Sendable {
    case checkpoint(Trigger)
    case session
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
      case .session: return try start.read() != nil && begin()
      case nil: return pending.read() != nil && finish()
      }
    } catch {
      return false
    }
  }
}

/// The session that is being begun for an agent. Whoever is stopped in the middle of it leaves it to the next one.
struct PendingStart: Sendable {
  struct Session: Sendable {
    /// Given before anything is written, so that what was written of it is found again.
    let id: SessionID
    let objective: String
  }

  private let file: String

  init(_ repository: Repository) { file = repository.worktreeState + "/pending-start" }

  /// Nil if there is none.
  func read() throws -> Session? {
    guard let bytes = try Files.readIfPresent(file) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1)
    guard lines.count == 2, let id = SessionID(lines[0]) else { return nil }
    return Session(id: id, objective: String(lines[1]))
  }

  func write(_ session: Session) throws {
    try Files.makeDirectory(Files.parent(of: file))
    let text = "\(session.id)\n\(session.objective)"
    try Files.writeAtomically(Array(text.utf8), to: file, permissions: 0o600, isLasting: false)
  }

  /// The session has begun, in this way or in another one.
  func remove() throws { try Files.remove(file) }
}
