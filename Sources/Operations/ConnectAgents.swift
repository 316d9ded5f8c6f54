package import Agents
import Files
import Git
package import Sessions

/// Puts our hooks into the settings of coding agents, takes them out again, or says whether they are there.
package struct ConnectAgents {
  package enum Action: String, CaseIterable, Sendable { case install, uninstall, status }

  package var action: Action
  /// None means all that are known.
  package var names: [String]
  /// Nil means the user's for an installation, and all otherwise.
  package var scope: SettingsScope?

  package init(_ action: Action, names: [String], scope: SettingsScope?) {
    self.action = action
    self.names = names
    self.scope = scope
  }

  package struct Report: Encodable, Sendable {
    package let agents: [Row]

    package struct Row: Encodable, Sendable {
      package enum State: String, Encodable, Sendable {
        case installed, updated, present, removed, absent
        /// Some hooks are there, and not as this version has them.
        case outdated
        /// Nobody knows what is in the file. It stays as it is.
        case unreadable
      }
      package let agent: String
      package let title: String
      package let scope: SettingsScope
      package let file: String
      package let state: State
      /// When a hook of it was last run in this work tree.
      package let heard: Timestamp?
      package let heardAgeMilliseconds: Int64?
      package let remark: String?
    }
  }

  /// The agents that this user has and that are connected nowhere, by name: those whose own folder is there.
  package static func unconnected(in workspace: Workspace) throws -> [String] {
    guard let workTree = workspace.repository.workTree else { return [] }
    let places = AgentPlaces(environment: workspace.world.environment, workTree: workTree)
    let present = try Agents.all.filter { agent in
      guard let file = agent.settings(.user, in: places) else { return false }
      let folder = Files.parent(of: file)
      // Some have a folder for hooks, which is not there before the first one.
      let hasOwnFolder = folder.hasSuffix("/hooks") || folder.hasSuffix("/plugins")
      return try Files.status(hasOwnFolder ? Files.parent(of: folder) : folder)?.kind == .directory
    }
    guard !present.isEmpty else { return [] }
    let rows = try ConnectAgents(.status, names: present.map(\.name), scope: nil).run(in: workspace).agents
    return present.map(\.name).filter { name in
      rows.allSatisfy { $0.agent != name || $0.state == .absent }
    }
  }

  package func run(in workspace: Workspace) throws -> Report {
    let repository = workspace.repository
    if repository.workTree == nil, let outside { return try outside(workspace.world) }
    return try run(workspace.world, repository, workTree: repository.requireWorkTree(), now: workspace.now)
  }

  /// Where there is no work tree, and so no other settings than the user's own. Nil if others are asked for.
  package var outside: ((World) throws -> Report)? {
    guard scope == nil || scope == .user else { return nil }
    let own = ConnectAgents(action, names: names, scope: .user)
    return { try own.run($0, nil, workTree: nil, now: $0.now()) }
  }

  private func run(
    _ world: World, _ repository: Repository?, workTree: String?, now: Timestamp
  ) throws -> Report {
    let agents = try names.isEmpty ? Agents.all : names.map(Self.agent)
    guard action != .install || !names.isEmpty else {
      throw SessionError(
        .usage, "name the agents to connect: \(Agents.all.map(\.name).joined(separator: ", "))")
    }
    let places = AgentPlaces(environment: world.environment, workTree: workTree)
    let scopes = scope.map { [$0] } ?? (action == .install ? [.user] : SettingsScope.allCases)
    let heard = repository.map { AgentRuns($0).heard } ?? [:]
    let hints = AgentHints(places: places, heard: heard)
    var rows: [Report.Row] = []
    for agent in agents {
      for scope in scopes {
        guard let path = agent.settings(scope, in: places) else {
          if scope == .user, action == .install || self.scope != nil, places.home() == nil {
            throw SessionError(
              .fatal, "HOME is not set, so nobody knows where the settings of \(agent.title) lie")
          }
          guard self.scope == nil else {
            throw SessionError(.no, "\(agent.title) has no \(scope.rawValue) settings")
          }
          continue
        }
        let file = AgentSettingsFile(
          path: path, agent: agent, scope: scope, places: places, program: world.executable(),
          copy: try Self.copy(of: path, scope, repository))
        let state: Report.Row.State
        let remark: String?
        do {
          state = try file.apply(action)
          remark = self.remark(state, of: agent, path, hints)
        } catch let error as SessionError where action == .status || names.isEmpty {
          // That of one agent stands in the way of no other.
          (state, remark) = (.unreadable, error.sentence)
        }
        rows.append(
          Report.Row(
            agent: agent.name, title: agent.title, scope: scope, file: path, state: state,
            heard: heard[agent.name],
            heardAgeMilliseconds: heard[agent.name].map { now.milliseconds(since: $0) },
            remark: remark))
      }
    }
    return Report(agents: rows)
  }

  private func remark(_ state: Report.Row.State, of agent: any Agent, _ file: String, _ hints: AgentHints)
    -> String?
  {
    switch state {
    case .installed: agent.remark
    case .present, .outdated: action == .status ? hints.hint(for: agent, installedIn: file) : nil
    default: nil
    }
  }

  /// Where the copy of a settings file lies. A file in the work tree may hold keys and be ignored for that; nothing
  /// would ignore a copy beside it.
  private static func copy(
    of file: String, _ scope: SettingsScope, _ repository: Repository?
  ) throws -> String {
    guard scope != .user, let repository else { return file + ".before-git-session" }
    let name = try repository.name(of: Array(file.utf8), as: .blob).hex.prefix(20)
    return "\(repository.worktreeState)/agent-settings-\(name)"
  }

  private static func agent(_ name: String) throws -> any Agent {
    if let agent = Agents.named(name) { return agent }
    throw SessionError(
      .usage, "there is no agent '\(name)'",
      hints: ["Known are: \(Agents.all.map(\.name).joined(separator: ", "))"])
  }
}
