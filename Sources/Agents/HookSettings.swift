import Sessions

/// A file of an agent's settings, with our hooks in it or not.
package protocol AgentSettings {
  var bytes: [UInt8] { get }
  /// Whether anything of ours is in it, of whatever version.
  var isConnected: Bool { get }
  /// True if nothing is left that anybody could want.
  var isEmpty: Bool { get }
  /// Puts our hooks in, or brings those up to date that are there.
  mutating func connect(command: String)
  /// Takes out what is ours, and what stood there for its sake alone.
  mutating func disconnect()

  /// Whether there is a status line, and whether it is ours.
  var hasStatusLine: Bool { get }
  var hasOwnStatusLine: Bool { get }
  mutating func addStatusLine(program: String)
}

/// Most settings have no status line.
extension AgentSettings {
  package var hasStatusLine: Bool { false }
  package var hasOwnStatusLine: Bool { false }
  package mutating func addStatusLine(program: String) {}
}

/// What is wrong with a file of settings.
package struct UnusableSettings: Error, CustomStringConvertible {
  package let description: String
}

/// A document of settings that names hooks. What else it says stays byte for byte.
package struct HookSettings: AgentSettings {
  /// How hooks stand in it.
  enum Form {
    /// As in Claude Code: by event a list of groups, each with a list of handlers.
    case grouped
    /// By event a list of handlers; the document names version 1 of this form.
    case listed
  }

  var text: JSONText
  private let agent: String
  private let hooks: [AgentHook]
  private let form: Form
  private let handler: @Sendable (AgentHook, String) -> [String: JSONValue]

  /// `bytes` is nil if there is no file, which says as much as one with nothing in it; `handler` makes what stands there
  /// for a hook that runs a command.
  init(
    _ bytes: [UInt8]?, of agent: String, _ hooks: [AgentHook], form: Form,
    handler: @escaping @Sendable (_ hook: AgentHook, _ command: String) -> [String: JSONValue]
  ) throws(UnusableSettings) {
    (self.agent, self.hooks, self.form, self.handler) = (agent, hooks, form, handler)
    let isBlank = bytes?.allSatisfy(Self.space.contains) ?? true
    do {
      text = try JSONText(isBlank ? Array("{}\n".utf8) : bytes ?? [])
    } catch {
      throw UnusableSettings(description: "it is \(error)")
    }
    guard text.isObject else {
      throw UnusableSettings(description: "it is no JSON object")
    }
    if let hooks = text.root.member("hooks") {
      guard text.value(text.node(at: [hooks]))?.object?.values.allSatisfy({ $0.array != nil }) ?? false else {
        throw UnusableSettings(description: "its 'hooks' are not lists by event")
      }
    }
    if form == .listed, let version = text.root.member("version") {
      guard text.value(text.node(at: [version])) == .integer(1) else {
        throw UnusableSettings(description: "its 'version' is not 1")
      }
    }
    guard places().count <= Self.mostHandlers else {
      throw UnusableSettings(description: "it runs this program in more than \(Self.mostHandlers) places")
    }
  }

  /// Each one that is changed costs a look at the whole file, which may be anybody's.
  private static let mostHandlers = 100

  private static let space = Set(" \n\r\t".utf8)

  package var bytes: [UInt8] { text.bytes }

  package var isEmpty: Bool { text.root.children.allSatisfy { form == .listed && $0.key == "version" } }

  package var isConnected: Bool { !commands.isEmpty || hasOwnStatusLine }

  /// Our command for each event that has one.
  package var commands: [String: String] {
    var commands: [String: String] = [:]
    for place in places() { commands[place.event] = place.command }
    return commands
  }

  package mutating func connect(command: String) {
    let wanted = Set(hooks.map(\.event))
    for place in places().reversed() where !wanted.contains(place.event) { remove(place) }
    if form == .listed, text.root.member("version") == nil {
      text.append(.integer(1), key: "version", at: [])
    }
    for hook in hooks {
      let handler = JSONValue.object(handler(hook, command))
      if let place = places().first(where: { $0.event == hook.event }) {
        if place.handler != handler { text.replace(at: place.path, with: handler) }
      } else {
        append(entry(handler, hook.matcher), to: hook.event)
      }
    }
  }

  package mutating func disconnect() {
    while let place = places().last { remove(place) }
    removeStatusLine()
  }

  private func entry(_ handler: JSONValue, _ matcher: String?) -> JSONValue {
    guard form == .grouped else { return handler }
    var group: [String: JSONValue] = ["hooks": .array([handler])]
    if let matcher { group["matcher"] = .string(matcher) }
    return .object(group)
  }

  private mutating func append(_ entry: JSONValue, to event: String) {
    if text.root.member("hooks") == nil { text.append(.object([:]), key: "hooks", at: []) }
    guard let hooks = text.root.member("hooks") else { return }
    if let place = text.node(at: [hooks]).member(event) {
      text.append(entry, at: [hooks, place])
    } else {
      text.append(.array([entry]), key: event, at: [hooks])
    }
  }

  /// Takes a handler out; then what it stood in, up to the list of events, each if nothing is left in it.
  private mutating func remove(_ place: Place) {
    text.remove(at: place.path)
    var path = place.path.dropLast(1)
    if form == .grouped {
      guard text.node(at: path).children.isEmpty else { return }
      // The group goes, with its matcher.
      path = path.dropLast(1)
      text.remove(at: path)
      path = path.dropLast(1)
    }
    while !path.isEmpty, text.node(at: path).children.isEmpty {
      text.remove(at: path)
      path = path.dropLast(1)
    }
  }

  /// A handler of ours and where it stands.
  private struct Place {
    let event: String
    let path: [Int]
    let handler: JSONValue
    let command: String
  }

  private func places() -> [Place] {
    guard let hooks = text.root.member("hooks") else { return [] }
    var places: [Place] = []
    for (eventPlace, event) in text.node(at: [hooks]).children.enumerated() {
      for (entryPlace, entry) in event.value.children.enumerated() {
        let path = [hooks, eventPlace, entryPlace]
        for (path, handler) in handlers(in: entry.value, at: path) {
          guard let value = text.value(handler), let command = command(in: value) else { continue }
          places.append(Place(event: event.key ?? "", path: path, handler: value, command: command))
        }
      }
    }
    return places
  }

  private func handlers(in entry: JSONText.Node, at path: [Int]) -> [(path: [Int], handler: JSONText.Node)] {
    guard form == .grouped else { return [(path, entry)] }
    guard let list = entry.member("hooks") else { return [] }
    return entry.children[list].value.children.enumerated().map { (path + [list, $0], $1.value) }
  }

  /// What a handler runs, if it is ours: commands of other versions of this program count too.
  private func command(in handler: JSONValue) -> String? {
    ["command", "bash"].compactMap { handler[$0]?.string }.first {
      $0.contains("git-session") && $0.hasSuffix(" hook \(agent)")
    }
  }
}
