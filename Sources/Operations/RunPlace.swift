import Agents
import Files
import Git
import Sessions

/// Where an agent's run works. An agent names the folder that its commands have entered last. That may lie in another
/// repository, which was cloned to be looked at, in none, or be gone; the run stays in the work tree that knows it.
struct RunPlace {
  let workspace: Workspace
  /// Of another repository, which its commands have entered.
  private var entered: Workspace?

  /// Nil if there is no work tree.
  init?(of event: AgentEvent, _ agent: any Agent, _ world: World) {
    let named = Self.workspace(in: event.folder, world)
    if let home = agent.home(in: world.environment),
      ![event.folder, named?.repository.workTree].contains(home),
      let own = Self.workspace(in: home, world),
      own.repository.commonDirectory != named?.repository.commonDirectory,
      Files.canonical(event.folder) == nil || Self.knows(event, agent, own)
    {
      (workspace, entered) = (own, named)
    } else if let named {
      workspace = named
    } else {
      return nil
    }
  }

  private static func workspace(in folder: String, _ world: World) -> Workspace? {
    guard let workspace = try? Workspace(try world.entering(folder), isUnattended: true),
      workspace.repository.workTree != nil
    else { return nil }
    return workspace
  }

  /// Or knows another run of the same process, which has begun a new conversation.
  private static func knows(_ event: AgentEvent, _ agent: any Agent, _ workspace: Workspace) -> Bool {
    let runs = AgentRuns(workspace.repository)
    return runs.entries.contains { ($0.agent, $0.run) == (agent.name, event.run) }
      || workspace.agentProcess.flatMap { runs.run(of: [$0]) } != nil
  }

  /// What was entered may have a session of its own, begun by somebody else.
  func saveEntered() {
    guard let entered else { return }
    do {
      if try entered.isInSession() { _ = try TakeCheckpoint(message: nil, trigger: .turn).run(in: entered) }
    } catch {
      workspace.warn(
        "'\(entered.repository.workTree ?? "")' is not saved: \(SessionError(wrapping: error).sentence)")
    }
  }
}

extension Workspace {
  /// That of the agent that has started this hook.
  var agentProcess: RunningProcess? { world.ancestors().first { !$0.isLauncher } }
}
