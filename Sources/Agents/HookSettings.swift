import Sessions

/// A file of settings in Claude Code's form, with our hooks in it or not. What else it says stays byte for byte.
package struct HookSettings {
  /// What is wrong with a file.
  package struct Unusable: Error, CustomStringConvertible {
    package let description: String
  }

  var text: JSONText
  private let agent: String

  /// `bytes` is nil if there is no file.
  package init(_ bytes: [UInt8]?, of agent: any Agent) throws(Unusable) {
    self.agent = agent.name
    do {
      text = try JSONText(bytes ?? Array("{}\n".utf8))
    } catch {
      throw Unusable(description: "it is \(error)")
    }
    guard text.bytes.first(where: { !" \n\r\t".utf8.contains($0) }) == UInt8(ascii: "{") else {
      throw Unusable(description: "it is no JSON object")
    }
    if let hooks = text.root.member("hooks") {
      guard text.value(text.node(at: [hooks]))?.object?.values.allSatisfy({ $0.array != nil }) ?? false else {
        throw Unusable(description: "its 'hooks' are not lists by event")
      }
    }
  }

  package var bytes: [UInt8] { text.bytes }

  /// True if nothing is left that anybody could want.
  package var isEmpty: Bool { text.root.children.isEmpty }

  /// Our command for each event that has one.
  package var commands: [String: String] {
    var commands: [String: String] = [:]
    for place in places() { commands[place.event] = place.command }
    return commands
  }

  /// Puts our hooks in, or brings those up to date that are there.
  package mutating func add(_ hooks: [AgentHook], command: String) {
    let wanted = Set(hooks.map(\.event))
    for place in places().reversed() where !wanted.contains(place.event) { remove(place) }
    for hook in hooks {
      var handler: [String: JSONValue] = ["type": .string("command"), "command": .string(command)]
      if let timeout = hook.timeout { handler["timeout"] = .integer(Int64(timeout)) }
      if let place = places().first(where: { $0.event == hook.event }) {
        if place.handler != .object(handler) { text.replace(at: place.path, with: .object(handler)) }
      } else {
        append(.object(["hooks": .array([.object(handler)])]), to: hook.event)
      }
    }
  }

  /// Takes our hooks out, and what stood there for their sake alone.
  package mutating func remove() {
    while let place = places().last { remove(place) }
    removeStatusLine()
  }

  private mutating func append(_ group: JSONValue, to event: String) {
    if text.root.member("hooks") == nil { text.append(.object([:]), key: "hooks", at: []) }
    guard let hooks = text.root.member("hooks") else { return }
    if let place = text.node(at: [hooks]).member(event) {
      text.append(group, at: [hooks, place])
    } else {
      text.append(.array([group]), key: event, at: [hooks])
    }
  }

  /// Takes a handler out; then its group, the event's list and the list of events, each if nothing is left in it.
  private mutating func remove(_ place: Place) {
    text.remove(at: place.path)
    guard text.node(at: place.path.dropLast(1)).children.isEmpty else { return }
    for rest in [2, 3, 4] {
      text.remove(at: place.path.dropLast(rest))
      guard text.node(at: place.path.dropLast(rest + 1)).children.isEmpty else { return }
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
      for (groupPlace, group) in event.value.children.enumerated() {
        guard let list = group.value.member("hooks") else { continue }
        for (place, handler) in group.value.children[list].value.children.enumerated() {
          guard let value = text.value(handler.value), let command = value["command"]?.string, isOurs(command)
          else { continue }
          places.append(
            Place(
              event: event.key ?? "", path: [hooks, eventPlace, groupPlace, list, place], handler: value,
              command: command))
        }
      }
    }
    return places
  }

  /// Commands of other versions of this program count too.
  private func isOurs(_ command: String) -> Bool {
    command.contains("git-session") && command.hasSuffix(" hook \(agent)")
  }
}
