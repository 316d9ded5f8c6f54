import Agents
import Files
import Git
import Sessions

/// Why hooks that are installed may not be run: for `agent status`.
struct AgentHints {
  private let workspace: Workspace
  private let places: AgentPlaces
  private let heard: [String: Timestamp]

  init(_ workspace: Workspace, _ places: AgentPlaces) {
    (self.workspace, self.places) = (workspace, places)
    heard = AgentRuns(workspace.repository).heard
  }

  /// Nil if nothing speaks against it. `file` is where our hooks are.
  func hint(for agent: any Agent, installedIn file: String) -> String? {
    if let off = switchedOff(agent) { return "\(PlainText.line(off)) turns hooks off." }
    guard let seen = lastWork(agent), seen > silence(agent, file) else { return nil }
    let since =
      heard[agent.name] == nil ? "and has run no hook of ours yet" : "since it last ran a hook of ours"
    return "\(agent.title) was at work here \(since). " + (agent.remark ?? "Does it trust this folder?")
  }

  /// A turn may take so long without a word of ours, in seconds.
  private static let longTurn: Int64 = 3600

  /// Until when it is no wonder that nothing was heard, in seconds since 1970.
  private func silence(_ agent: any Agent, _ file: String) -> Int64 {
    let installed = seconds(of: file) ?? .max
    return max(installed, heard[agent.name].map { $0.seconds + Self.longTurn } ?? 0)
  }

  private func seconds(of path: String) -> Int64? {
    (try? Files.status(path))?.map { $0.modified / 1_000_000_000 }
  }

  // MARK: - Switches

  /// What turns all hooks of the agent off, and where.
  private func switchedOff(_ agent: any Agent) -> String? {
    for scope in SettingsScope.allCases {
      guard let file = agent.settings(scope, in: places), let bytes = try? Files.read(file, limit: 1 << 20)
      else {
        continue
      }
      if (try? JSONValue(parsing: bytes))?["disableAllHooks"] == .bool(true) {
        return "'disableAllHooks' in '\(file)'"
      }
    }
    guard agent.name == "codex" else { return nil }
    let files = SettingsScope.allCases.compactMap { scope in
      agent.settings(scope, in: places).map { Files.parent(of: $0) + "/config.toml" }
    }
    return files.first(where: turnsHooksOff).map { "'hooks = false' in '\($0)'" }
  }

  /// `hooks = false` below `[features]`, or `features.hooks = false`.
  private func turnsHooksOff(_ file: String) -> Bool {
    guard let bytes = try? Files.read(file, limit: 1 << 20) else { return false }
    var table = ""
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
      if words.hasPrefix("[") { table = words }
      if table == "[features]" && words == "hooks=false" || table.isEmpty && words == "features.hooks=false" {
        return true
      }
    }
    return false
  }

  // MARK: - Traces of work

  /// When the agent last wrote down a conversation of this work tree, in seconds since 1970; nil if it has not, or if
  /// nobody knows where.
  private func lastWork(_ agent: any Agent) -> Int64? {
    guard let settings = agent.settings(.user, in: places) else { return nil }
    let folder = Files.parent(of: settings)
    switch agent.name {
    case "claude-code":
      // Named after the work tree, with a line for each sign that is no letter or digit.
      let name = places.workTree.utf16.prefix(200).map { unit -> Character in
        let scalar = Unicode.Scalar(unit).flatMap { $0.isASCII ? Character($0) : nil }
        return scalar.flatMap { $0.isLetter || $0.isNumber ? $0 : nil } ?? "-"
      }
      let project = "\(folder)/projects/\(String(name))"
      return files(in: project).filter { $0.hasSuffix(".jsonl") }.compactMap { seconds(of: $0) }.max()
    case "codex":
      return rollouts(below: folder + "/sessions").filter(isOfThisWorkTree).compactMap { seconds(of: $0) }
        .max()
    default: return nil
    }
  }

  private func files(in folder: String) -> [String] {
    ((try? Files.list(folder)) ?? []).sorted().map { "\(folder)/\($0)" }
  }

  /// The newest ones: they lie in folders for years, months and days.
  private func rollouts(below folder: String) -> [String] {
    var newest = [folder]
    for count in [2, 2, 4, 20] { newest = newest.flatMap { files(in: $0).suffix(count) } }
    return newest
  }

  /// Its first line says where the agent was.
  private func isOfThisWorkTree(_ rollout: String) -> Bool {
    guard let file = try? OpenFile(rollout), let bytes = try? file.read(upTo: 1 << 18),
      let line = try? JSONValue(parsing: Array(bytes.prefix { $0 != UInt8(ascii: "\n") })),
      let place = line["payload"]?["cwd"]?.string
    else { return false }
    return (place + "/").hasPrefix(places.workTree + "/")
  }
}
