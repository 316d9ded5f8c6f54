import Sessions

/// OpenCode, which runs no programs but loads plug-ins: ours tells this program what happens. Built from its
/// documents and its source (https://opencode.ai/docs/plugins): it has never met the real program.
struct OpenCode: Agent {
  let name = "opencode"
  let title = "OpenCode"
  let hooks: [AgentHook] = []
  let contextLimit = 10_000
  let remark: String? = "OpenCode reads its plug-ins when it starts."
  let resume = "opencode --session"
  let tellsLines = true
  let tellsOfCompaction = true

  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String? {
    switch scope {
    case .user: places.folder("XDG_CONFIG_HOME", ".config").map { $0 + "/opencode/plugins/git-session.js" }
    case .project: places.workTree.map { $0 + "/.opencode/plugins/git-session.js" }
    case .local: nil
    }
  }

  func settings(in bytes: [UInt8]?) throws(UnusableSettings) -> any AgentSettings {
    try OpenCodePlugin(bytes)
  }

  // MARK: - Payloads, as share/agents/opencode/git-session.js makes them

  func event(in payload: JSONValue) -> AgentEvent? {
    let input = payload["input"] ?? .null
    let properties = input["event"]?["properties"] ?? .null
    let run =
      HookPayload.text("sessionID", input) ?? HookPayload.text("sessionID", properties)
      ?? properties["info"].flatMap { HookPayload.text("id", $0) }
    guard let run, let folder = HookPayload.path("directory", payload), let kind = kind(of: payload) else {
      return nil
    }
    return AgentEvent(kind, run: run, folder: folder, transcript: nil, lines: lines(in: payload))
  }

  private func kind(of payload: JSONValue) -> AgentEvent.Kind? {
    switch payload["hook"]?.string {
    case "event": return kind(of: payload["input"]?["event"] ?? .null, words: payload["words"]?.string)
    // What the plug-in sends for a session that it has not seen begin.
    case "experimental.chat.system.transform": return .started(.resume)
    case "chat.message":
      let text = OpenCodeMessage.text(payload["output"]?["parts"])
      return text.isEmpty ? nil : .asked(text)
    case "tool.execute.after": return .toolUsed
    case "experimental.session.compacting": return .compacting
    case "dispose": return .ended(reason: nil)
    default: return nil
    }
  }

  private func kind(of event: JSONValue, words: String?) -> AgentEvent.Kind? {
    switch event["type"]?.string {
    // A session that has a parent is a subagent's.
    case "session.created": event["properties"]?["info"]?["parentID"] == nil ? .started(.startup) : nil
    case "session.compacted": .started(.compact)
    case "session.idle": .turnEnded(lastWords: words)
    case "session.error": .turnEnded(lastWords: nil)
    case "session.deleted": .ended(reason: nil)
    default: nil
    }
  }

  /// It has no transcript that can be read while it runs. What would stand in one comes bit by bit.
  private func lines(in payload: JSONValue) -> [JSONValue] {
    var lines: [JSONValue] = []
    if let limit = payload["limit"] { lines.append(.object(["limit": limit])) }
    if let info = payload["info"] { lines.append(.object(["info": info])) }
    switch payload["hook"]?.string {
    case "chat.message":
      let output = payload["output"]
      lines.append(
        .object(["info": output?["message"] ?? .null, "parts": output?["parts"] ?? .null]))
    case "tool.execute.after":
      var part = payload["input"]?.object ?? [:]
      part["type"] = .string("tool")
      part["state"] = .object([
        "status": .string("completed"), "input": part["args"] ?? .null,
        "metadata": payload["output"]?["metadata"] ?? .null,
      ])
      lines.append(.object(["parts": .array([.object(part)])]))
    case "event":
      if let words = payload["words"] {
        let part = JSONValue.object(["type": .string("text"), "text": words])
        lines.append(
          .object(["info": .object(["role": .string("assistant")]), "parts": .array([part])]))
      }
    default: break
    }
    return lines
  }

  func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    switch event {
    case .started, .toolUsed, .compacting: .object(["context": .string(context)])
    default: nil
    }
  }

  let transcripts = TranscriptAgent.opencode

  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow? {
    transcript.reportedWindow.map { ContextWindow(size: $0, limit: $0, compactsAhead: true) }
  }
}

/// The file of our plug-in, which is nobody else's.
private struct OpenCodePlugin: AgentSettings {
  private(set) var bytes: [UInt8]

  private static let program = String(decoding: PackageResources.git_session_js, as: UTF8.self)
  private static let heading = Array("// git session in OpenCode:".utf8)

  init(_ bytes: [UInt8]?) throws(UnusableSettings) {
    self.bytes = bytes ?? []
    guard isEmpty || isConnected else {
      throw UnusableSettings(description: "it is another program")
    }
  }

  var isConnected: Bool { bytes.starts(with: Self.heading) }

  var isEmpty: Bool { bytes.isEmpty }

  /// The plug-in as it is shipped looks for this program on the user's `PATH`.
  mutating func connect(command: String) {
    let text = JSONValue.string(command).canonical.dropLast()
    let lines = Self.program.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("const command = ")
        ? "const command = " + String(decoding: text, as: UTF8.self) : String(line)
    }
    bytes = Array(lines.joined(separator: "\n").utf8)
  }

  mutating func disconnect() { bytes = [] }
}
