import Agents
import Files
import Git
import Sessions
import Storage

/// Where an agent's run works. An agent names the folder that its commands have entered last. That may lie in another
/// repository, which was cloned to be looked at, in none, or be gone: then the run stays in the work tree that knows it.
/// To another work tree of its repository it is followed.
struct RunPlace {
  let workspace: Workspace
  /// Where it works too, or has worked before: another repository, or the work tree that it was followed from.
  private let other: Workspace?
  private let isFollowed: Bool

  /// Nil if there is no work tree.
  init?(of event: AgentEvent, _ agent: any Agent, _ world: World) {
    let named = Self.workspace(in: event.folder, world)
    guard let home = agent.home(in: world.environment),
      ![event.folder, named?.repository.workTree].contains(home), let own = Self.workspace(in: home, world)
    else {
      guard let named else { return nil }
      (workspace, other, isFollowed) = (named, nil, false)
      return
    }
    if own.repository.commonDirectory != named?.repository.commonDirectory,
      Files.canonical(event.folder) == nil || Self.knows(event, agent, own)
    {
      (workspace, other, isFollowed) = (own, named, false)
    } else if let named {
      isFollowed = named.repository.workTree != own.repository.workTree && Self.knows(event, agent, own)
      (workspace, other) = (named, isFollowed ? own : nil)
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

  /// A work tree to which a run is followed gets a session as the one that it came from has, unless it has one. A
  /// request there begins its own.
  func beginSession(at event: AgentEvent) {
    if case .asked = event.kind { return }
    guard isFollowed, let other, !event.kind.isEnd else { return }
    do {
      guard try !workspace.isInSession(), try workspace.settings.autoStart,
        let state = try other.currentIfAny()?.history.state, !state.lifecycle.isEnded
      else { return }
      try StartSession.once(state.objective, in: workspace)
    } catch {
      workspace.warn("no session has begun here: \(SessionError(wrapping: error).sentence)")
    }
  }

  /// Saves the other place, if it has a session, and lets the run end there too.
  func settleOther(at event: AgentEvent, of agent: any Agent) {
    guard let other, event.kind.isSaved || isFollowed && event.kind.isEnd else { return }
    do {
      guard try other.isInSession() else { return }
      guard event.kind.isEnd else {
        _ = try TakeCheckpoint(message: nil, trigger: .turn).run(in: other)
        return
      }
      _ = try AgentRuns(other.repository).note(
        event, of: agent.name, in: nil, from: nil, transcript: nil, at: other.now)
      other.start(.saveAtExit)
    } catch {
      workspace.warn(
        "'\(other.repository.workTree ?? "")' is not saved: \(SessionError(wrapping: error).sentence)")
    }
  }
}

extension Workspace {
  /// That of the agent that has started this hook.
  var agentProcess: RunningProcess? { world.ancestors().first { !$0.isLauncher } }
}
