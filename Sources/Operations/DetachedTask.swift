import Files
import Git
import Sessions
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Work that goes on in a process of its own when the command that asked for it has ended: what a hook must not wait
/// for.
///
/// One process at a time works on a task, in a clone or in a work tree. One more waits for it, so that nothing is
/// overlooked that came after the first one had looked; those after it need not.
package struct DetachedTask: Sendable {
  package let name: String
  /// How long it may take; then it is ended, with all programs that it has started.
  let milliseconds: UInt32
  /// It looks after one work tree alone, so that those of others do not stand for it.
  var isOfWorkTree = false
  let run: @Sendable (Workspace) throws -> Void

  static let send = DetachedTask(name: "send", milliseconds: 15 * 60_000) { try SendQueued().run(in: $0) }

  /// And away with what was left behind, since this comes by now and then.
  static let mergePacks = DetachedTask(name: "merge-packs", milliseconds: 15 * 60_000) {
    Leftovers($0.repository).sweep()
    try Consolidation($0.repository).run()
  }

  /// When a session has ended, and its packs will not grow soon.
  static let mergeAllPacks = DetachedTask(name: "merge-all-packs", milliseconds: 15 * 60_000) {
    Leftovers($0.repository).sweep()
    try Consolidation($0.repository).run(all: true)
  }

  /// For an agent that ends and waits for nobody. What it has written last is measured too, and read, so that the next
  /// one does not wait for that when it starts.
  static let saveAtExit = DetachedTask(name: "save-at-exit", milliseconds: 60_000, isOfWorkTree: true) {
    workspace in
    let ended = AgentContext.ended(in: workspace)
    defer { for context in ended { try? context.forget() } }
    var checkpoint = TakeCheckpoint(message: nil, trigger: .exit)
    checkpoint.facts = ended.compactMap(\.measure)
    _ = try checkpoint.run(in: workspace)
    guard let current = try workspace.currentIfAny() else { return }
    try Conversations(current.history, from: try ObjectBatch(workspace.repository)).remember()
  }

  /// What of long transcripts no save has taken yet.
  static let keepTranscripts = DetachedTask(
    name: "keep-transcripts", milliseconds: 10 * 60_000, isOfWorkTree: true
  ) {
    workspace in
    func keep() throws -> Bool {
      guard let current = try workspace.currentIfAny(), !current.history.state.lifecycle.isEnded else {
        return false
      }
      return try Saving(workspace).recordNews(in: current)?.hasMore ?? false
    }
    while try workspace.inTurn(keep) {}
  }

  /// What an emergency save has left.
  static let finishSave = DetachedTask(name: "finish-save", milliseconds: 5 * 60_000, isOfWorkTree: true) {
    _ = try EmergencySave(workspace: $0).finish()
  }

  /// For an agent whose first request found a work tree that takes long to save.
  static let beginSession = DetachedTask(
    name: "begin-session", milliseconds: 10 * 60_000, isOfWorkTree: true
  ) {
    guard let session = try PendingStart($0.repository).read() else { return }
    try StartSession.once(session.objective, in: $0)
  }

  static let all = [beginSession, send, mergePacks, mergeAllPacks, saveAtExit, keepTranscripts, finishSave]

  /// The first word of the command line that runs a task.
  package static let word = "detached"
}

extension Workspace {
  /// Starts a task in a process of its own. False if that is not possible; then it is done the next time.
  @discardableResult
  func start(_ task: DetachedTask) -> Bool { starter(of: task)() }

  /// The same, for another thread to do.
  func starter(of task: DetachedTask) -> @Sendable () -> Bool {
    let (world, place) = (world, repository.workTree ?? repository.gitDirectory)
    return {
      guard let program = world.executable() else { return false }
      return world.startDetached([program, "-C", place, DetachedTask.word, task.name], world.environment)
    }
  }
}

/// The way in for the process that works on a task. It says nothing to anybody: a task leaves its troubles where
/// `status` and `doctor` find them.
package struct RunDetached {
  private let name: String?

  /// What stands behind ``DetachedTask/word``.
  package init(_ arguments: some Collection<String>) { name = arguments.first }

  package func run(in world: World) {
    guard let task = DetachedTask.all.first(where: { $0.name == name }) else { return }
    Deadline(milliseconds: task.milliseconds) { endProcessGroup() }.start()
    do {
      let workspace = try Self.unattended(Self.alone(world))
      try Self.inTurn(task, workspace) { try task.run(workspace) }
    } catch {
      // Nobody is there to read it, and the next time it is tried again.
    }
  }

  private static func inTurn(_ task: DetachedTask, _ workspace: Workspace, _ body: () throws -> Void) throws {
    let repository = workspace.repository
    let folder = task.isOfWorkTree ? repository.worktreeState : repository.cloneState
    let lock = "\(folder)/\(task.name)"
    if task.isOfWorkTree { try Files.makeDirectory(folder) } else { try repository.makeCloneState() }
    // The place in the line is given up before anything is looked at.
    let turn = try FileLock.held(lock + ".next.lock", milliseconds: 0) {
      try FileLock(lock + ".lock", milliseconds: Int(task.milliseconds))
    }
    try turn.whileHeld(body)
  }

  /// No question reaches a user: where git or ssh would ask for something, they fail.
  private static func alone(_ world: World) -> World {
    var alone = world.withoutProgress
    alone.environment["GIT_TERMINAL_PROMPT"] = "0"
    // Set to nothing it also keeps git from `core.askPass` and from SSH_ASKPASS (git's prompt.c).
    alone.environment["GIT_ASKPASS"] = ""
    alone.environment["SSH_ASKPASS"] = nil
    alone.environment["SSH_ASKPASS_REQUIRE"] = "never"
    alone.environment["GCM_INTERACTIVE"] = "never"
    alone.git = alone.git.seeing(alone.environment)
    (alone.output.write, alone.errors.write) = ({ _ in }, { _ in })
    alone.ask = { _ in nil }
    return alone
  }

  private static func unattended(_ world: World) throws -> Workspace {
    let workspace = try Workspace(world, isUnattended: true)
    guard let command = quietSSH(workspace) else { return workspace }
    var world = world
    world.environment["GIT_SSH_COMMAND"] = command
    world.git = world.git.seeing(world.environment)
    return try Workspace(world, isUnattended: true)
  }

  /// The user's ssh, told to ask nothing; nil where it is another program than OpenSSH's, whose options may differ.
  /// Precedence as in git's connect.c.
  private static func quietSSH(_ workspace: Workspace) -> String? {
    let environment = workspace.world.environment
    let configuration = workspace.userConfiguration
    let variant = environment["GIT_SSH_VARIANT"] ?? configuration.string("ssh.variant") ?? "auto"
    let command =
      environment["GIT_SSH_COMMAND"] ?? configuration.string("core.sshcommand")
      ?? (environment["GIT_SSH"] == nil ? "ssh" : nil)
    guard let command, ["auto", "ssh"].contains(variant),
      command.split(separator: " ").first?.split(separator: "/").last == "ssh"
    else { return nil }
    return command + " -o BatchMode=yes"
  }
}

/// A task leads a group of its own.
private func endProcessGroup() { _ = kill(0, SIGTERM) }
