import Agents
import Files
import Sessions

/// One file of an agent's settings.
struct AgentSettingsFile {
  let path: String
  let agent: any Agent
  let scope: SettingsScope
  let places: AgentPlaces
  let program: String?
  /// Where lies what was there before us; empty for no file, one zero byte for an empty one.
  let copy: String

  /// No settings that can be used are that.
  private static let copyOfNothing: [UInt8] = [0]

  typealias State = ConnectAgents.Report.Row.State

  func apply(_ action: ConnectAgents.Action) throws -> State {
    let path = try target()
    let before = try Files.status(path) == nil ? nil : content(of: path)
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

  private func content(of path: String) throws -> [UInt8] {
    do {
      return try ForeignSettings.read(path)
    } catch {
      throw SessionError(.fatal, error.isOfAnotherKind ? "'\(path)' is no file" : error.description)
    }
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
