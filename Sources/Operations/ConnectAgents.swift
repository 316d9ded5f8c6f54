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

  /// Whether these are the user's own settings alone, for which no repository is needed.
  package var isOfUser: Bool { (scope ?? (action == .install ? .user : nil)) == .user }

  package func run(in workspace: Workspace) throws -> Report {
    let repository = workspace.repository
    return try run(
      workspace.world, repository,
      workTree: isOfUser ? repository.workTree : try repository.requireWorkTree(), now: workspace.now)
  }

  /// Where there is no repository, of the user's own settings alone.
  package func run(outside world: World) throws -> Report {
    try run(world, nil, workTree: nil, now: world.now())
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

/// One file of an agent's settings.
private struct AgentSettingsFile {
  let path: String
  let agent: any Agent
  let scope: SettingsScope
  let places: AgentPlaces
  let program: String?
  /// Where lies what was there before us; empty for no file, one zero byte for an empty one.
  let copy: String

  /// No settings that can be used are that.
  private static let copyOfNothing: [UInt8] = [0]

  /// More than settings ever have.
  private static let limit = 16 << 20

  typealias State = ConnectAgents.Report.Row.State

  func apply(_ action: ConnectAgents.Action) throws -> State {
    let path = try target()
    let before = try Files.status(path) == nil ? nil : Files.read(path, limit: Self.limit)
    let settings = try read(before)
    switch action {
    case .status: return state(of: settings)
    case .install:
      let now = state(of: settings)
      let wanted = try installed(in: before)
      guard now != .present || wanted.bytes != settings.bytes else { return .present }
      if now == .absent { try keepCopy(of: before) }
      try write(wanted.bytes, to: path)
      return now == .absent ? .installed : .updated
    case .uninstall:
      guard state(of: settings) != .absent else { return .absent }
      try remove(settings, from: path, before)
      return .removed
    }
  }

  private func state(of settings: any AgentSettings) -> State {
    guard settings.isConnected else { return .absent }
    var wanted = settings
    wanted.connect(command: command)
    // Who has taken it out wants none.
    if wanted.hasOwnStatusLine { wanted.addStatusLine(program: finding) }
    return wanted.bytes == settings.bytes ? .present : .outdated
  }

  private func installed(in before: [UInt8]?) throws -> any AgentSettings {
    var settings = try read(before)
    settings.connect(command: command)
    if agent.hasStatusLine, settings.hasStatusLine || mayShowStatusLine {
      settings.addStatusLine(program: finding)
    }
    return settings
  }

  /// One of the agent's is shown alone: a new one here must hide none of the user's, nor of others.
  private var mayShowStatusLine: Bool {
    switch scope {
    case .user: true
    case .project: false
    case .local: !agent.configurations(in: places).contains { $0["statusLine"] != nil }
    }
  }

  /// What was there before us comes back byte for byte if nobody has changed the file since.
  private func remove(_ settings: any AgentSettings, from path: String, _ bytes: [UInt8]?) throws {
    let old = try Files.readIfPresent(copy)
    let before = old.flatMap { $0.isEmpty ? nil : $0 == Self.copyOfNothing ? [] : $0 }
    if old != nil {
      if let again = try? installed(in: before), again.bytes == bytes {
        if let before { try write(before, to: path) } else { try Files.remove(path) }
        return try tidy()
      }
    }
    var settings = settings
    settings.disconnect()
    if let before, before.isEmpty, settings.isEmpty {
      try write(before, to: path)
    } else if settings.bytes.isEmpty || (settings.isEmpty && old?.isEmpty ?? false) {
      try Files.remove(path)
    } else {
      try write(settings.bytes, to: path)
    }
    try tidy()
  }

  private func tidy() throws {
    try Files.remove(copy)
    // They may have come with our file.
    for folder in folders { Files.removeDirectoryIfEmpty(folder) }
  }

  /// Those that the file lies in, the nearest first, up to the work tree or the user's home.
  private var folders: [String] {
    let roots = [places.workTree, places.environment["HOME"]].compactMap(\.self).filter {
      path.hasPrefix($0 + "/")
    }
    let nearest = Files.parent(of: path)
    guard let root = roots.max(by: { $0.utf8.count < $1.utf8.count }) else { return [nearest] }
    var folders: [String] = []
    var folder = nearest
    while folder.hasPrefix(root + "/") {
      folders.append(folder)
      folder = Files.parent(of: folder)
    }
    return folders
  }

  private func keepCopy(of bytes: [UInt8]?) throws {
    try Files.makeDirectory(Files.parent(of: copy))
    try Files.writeAtomically(
      bytes.map { $0.isEmpty ? Self.copyOfNothing : $0 } ?? [], to: copy, permissions: 0o600)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try Files.makeDirectory(Files.parent(of: path))
    try Files.writeAtomically(bytes, to: path, permissions: try Files.status(path)?.permissions)
  }

  private func read(_ bytes: [UInt8]?) throws -> any AgentSettings {
    do {
      return try agent.settings(in: bytes)
    } catch {
      throw SessionError(
        .fatal, "'\(path)' cannot be used: \(error)",
        hints: ["Mend it, or move it away; \(agent.title) reads it too."])
    }
  }

  /// A user may keep the own settings elsewhere and link to them; what a repository brings along must not lead out of
  /// it.
  private func target() throws -> String {
    for path in [path] + folders where try Files.status(path)?.kind == .link {
      guard scope == .user else {
        throw SessionError(.fatal, "'\(path)' is a link, and is not followed")
      }
      return Files.canonical(self.path) ?? self.path
    }
    return path
  }

  private var command: String { agent.command(program: place) }

  private var finding: String { HookCommand.finding(place) }

  /// Where this program lies; nil for a file that others get with a commit.
  private var place: String? { scope == .project ? nil : program }
}
