import Agents
import Files
import Git
import Sessions

/// Why hooks that are installed may not be run: for `agent status`.
struct AgentHints {
  let places: AgentPlaces
  /// When a hook of each agent was last run in this work tree.
  let heard: [String: Timestamp]

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

  /// What turns all hooks of the agent off, and where.
  private func switchedOff(_ agent: any Agent) -> String? {
    agent.configurationFiles(in: places).lazy.compactMap { file in
      agent.configuration(in: file).flatMap(agent.hookSwitch).map { "\($0) in '\(file)'" }
    }.first
  }

  /// When the agent last wrote down a conversation of this work tree, in seconds since 1970; nil if it has not, or if
  /// nobody knows where.
  private func lastWork(_ agent: any Agent) -> Int64? {
    guard let conversations = agent.conversations(in: places) else { return nil }
    var found = [conversations.path]
    for count in conversations.newest {
      found = found.flatMap { folder in
        ((try? Files.list(folder)) ?? []).sorted().suffix(count).map { "\(folder)/\($0)" }
      }
    }
    return found.filter { $0.hasSuffix(".jsonl") }.filter { file in
      conversations.isOfWorkTree.map { firstLine(of: file).map($0) ?? false } ?? true
    }.compactMap { seconds(of: $0) }.max()
  }

  /// Nil for what is no file.
  private func firstLine(of file: String) -> [UInt8]? {
    guard let file = try? OpenFile(file), let bytes = try? file.read(upTo: 1 << 18) else { return nil }
    return Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
  }
}

extension Agent {
  /// What its configuration files say, as far as they can be read, those that count more after the others.
  func configurations(in places: AgentPlaces) -> [JSONValue] {
    configurationFiles(in: places).compactMap { configuration(in: $0) }
  }

  fileprivate func configuration(in file: String) -> JSONValue? {
    (try? ForeignSettings.read(file)).flatMap { configuration(in: file, $0) }
  }
}

/// A settings file as somebody else may have left it: a repository brings files, and links to anything.
enum ForeignSettings {
  /// More than settings ever have, in bytes.
  private static let limit = 1 << 20

  /// Waits for nothing. Links are followed, as people keep their settings elsewhere; `EINVAL` stands for what is no file
  /// in the end, `EFBIG` for one that is too long.
  static func read(_ path: String) throws(FileError) -> [UInt8] {
    try OpenFile(target: path).readToEnd(limit: limit)
  }
}
