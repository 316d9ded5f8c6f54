import Files
import Git
import Sessions
import Storage

/// Saves the work tree by itself while it changes, until the session ends, the work tree is gone, or somebody ends it.
///
/// A checkpoint is taken when nothing has changed for a moment after a change, and at the latest so long after the
/// first change that no more than half a minute of work can be lost.
package final class WatchWorkTree {
  private let world: World
  private let place: WatchedPlace
  /// Tells the user something that is worth knowing.
  private let tell: (String) -> Void
  private var schedule = WatchSchedule()
  /// What was told last: it is told once.
  private var told: String?

  /// So often is looked whether the session goes on; and without inotify, whether anything has changed.
  private static let milliseconds = 15_000

  package init(_ workspace: Workspace, tell: @escaping (String) -> Void) throws {
    _ = try workspace.unended()
    world = workspace.world
    place = try WatchedPlace(workspace.repository)
    self.tell = tell
  }

  /// Returns when it has ended. Throws if another process watches this work tree already; else `begun` is called.
  package func run(begun: () throws -> Void) throws {
    guard let lock = try ProcessLock(place.lock) else {
      throw SessionError(.no, "this work tree is watched already")
    }
    let interruption = try Interruption()
    try Files.remove(place.limitStamp)
    try begun()
    try lock.whileHeld {
      #if canImport(Glibc)
        do {
          try listen(interruption)
        } catch let error as FileError where error.isAtLimit {
          tell("The system watches no more folders (\(error.reason)): looking every 15 seconds instead")
          try? Files.touch(place.limitStamp, modified: world.now().seconds)
          look(interruption)
        }
      #else
        look(interruption)
      #endif
    }
  }

  #if canImport(Glibc)
    /// Saves what inotify tells of.
    private func listen(_ interruption: Interruption) throws {
      var folders = try WatchedFolders.all(in: try workspace())
      // What has changed before.
      schedule.change(at: .now)
      while true {
        let pause = min(schedule.milliseconds(at: .now) ?? Self.milliseconds, Self.milliseconds)
        if try folders.wait(pause, or: interruption, in: world, workspace: workspace) {
          schedule.change(at: .now)
        }
        let isLast = isLast(interruption)
        guard isLast || schedule.milliseconds(at: .now) == 0 else { continue }
        let saved = save()
        if isLast { return }
        guard let saved else {
          schedule.postpone(at: .now)
          continue
        }
        schedule = WatchSchedule()
        // A folder that is new here may have got something before it was watched.
        if try folders.add(savedBy: saved) { schedule.change(at: .now) }
      }
    }
  #endif

  /// Saves what has changed, time and again.
  private func look(_ interruption: Interruption) {
    while true {
      let isLast = isLast(interruption)
      _ = save()
      if isLast { return }
      interruption.wait(milliseconds: Self.milliseconds)
    }
  }

  private func workspace() throws -> Workspace { try Workspace(try world.entering(place.workTree)) }

  /// Whether nothing more is to be saved than what is there now. A session that rests is waited for.
  private func isLast(_ interruption: Interruption) -> Bool {
    if interruption.hasCome || !place.isThere { return true }
    if place.isActive { return false }
    do {
      let state = try workspace().currentIfAny()?.history.state
      return state?.lifecycle.isEnded ?? true
    } catch {
      // Somebody may be changing what is read here.
      return false
    }
  }

  /// What it was saved by; nil if it has to be tried again.
  private func save() -> Workspace? {
    do {
      let workspace = try workspace()
      guard place.isActive else { return workspace }
      _ = try TakeCheckpoint(message: nil, trigger: .interval).run(in: workspace)
      for warning in workspace.warnings { say(warning) }
      return workspace
    } catch {
      if place.isThere { say(SessionError(wrapping: error).sentence) }
      return nil
    }
  }

  private func say(_ sentence: String) {
    guard sentence != told else { return }
    told = sentence
    tell(sentence)
  }
}

/// Which work tree is watched, and the files that tell of it.
struct WatchedPlace: Sendable {
  let workTree: String
  private let gitDirectory: String
  private let state: String
  private let identity: [UInt64]

  init(_ repository: Repository) throws {
    workTree = try repository.requireWorkTree()
    gitDirectory = repository.gitDirectory
    state = repository.worktreeState
    identity = Self.identity(of: workTree)
  }

  var lock: String { state + "/watch.lock" }

  /// Is there once the system has watched no more folders.
  var limitStamp: String { state + "/watch-limited" }

  /// Whether the session is active, as hooks see it.
  var isActive: Bool { exists(state + "/active") }

  /// Whether it is still the same work tree.
  var isThere: Bool { exists(gitDirectory + "/HEAD") && Self.identity(of: workTree) == identity }

  private func exists(_ path: String) -> Bool { (try? Files.status(path)) != nil }

  private static func identity(of folder: String) -> [UInt64] {
    guard let status = try? Files.status(folder) else { return [] }
    return [status.device, status.inode]
  }
}

/// The process that watches a work tree.
package struct Watcher {
  private let workspace: Workspace
  private let place: WatchedPlace

  package init(_ workspace: Workspace) throws {
    self.workspace = workspace
    place = try WatchedPlace(workspace.repository)
  }

  /// Nil if none does.
  package var process: Int32? {
    get throws { try ProcessLock.holder(of: place.lock) }
  }

  /// Whether it only looks now and then, since the system watches no more folders.
  var isLimited: Bool {
    get throws { try process != nil && Files.status(place.limitStamp) != nil }
  }

  /// How long a process may take to begin, or to save and end.
  private static let patience = 60_000

  /// Starts one that goes on by itself; its number. One that runs is as good.
  package func start() throws -> Int32 {
    if let process = try process { return process }
    _ = try workspace.unended()
    // What it cannot do either is said here, where somebody listens.
    _ = try ProcessLock(place.lock)
    guard let program = workspace.world.executable(),
      workspace.world.startDetached(
        [program, "-C", place.workTree, "watch", "--quiet"], workspace.world.environment),
      let process = try waitUntil({ try self.process })
    else { throw SessionError(.fatal, "the watcher cannot be started") }
    return process
  }

  /// Lets it save and end. False if there is none.
  package func stop() throws -> Bool {
    guard let process = try process else { return false }
    guard ProcessLock.end(process), try waitUntil({ try self.process == process ? nil : true }) != nil else {
      throw SessionError(.fatal, "the watcher, process \(process), does not end")
    }
    return true
  }

  private func waitUntil<Result>(_ body: () throws -> Result?) throws -> Result? {
    for _ in 0..<(Self.patience / 50) {
      if let result = try body() { return result }
      workspace.world.sleep(50)
    }
    return nil
  }
}
