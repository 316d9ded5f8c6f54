import Sessions

/// Copilot CLI's `events.jsonl`: lines of a type and its data, as the types of its vendor's `github-copilot-sdk` 1.0.27
/// have them. Events of usage may not be on the disk; without them compactions alone tell of tokens. What is not known
/// is ignored.
extension TranscriptReader {
  mutating func readCopilot(_ line: JSONValue) {
    // What subagents say and do names them; in old versions it names the call that has begun them.
    guard let data = line["data"], line["agentId"]?.string == nil, data["agentId"]?.string == nil,
      data["parentToolCallId"]?.string == nil
    else { return }
    switch line["type"]?.string {
    case "session.start":
      transcript.setIdentity(\.id, data["sessionId"]?.string)
      transcript.setIdentity(\.version, data["copilotVersion"]?.string)
      transcript.setIdentity(\.folder, data["context"]?["cwd"]?.string)
      transcript.setIdentity(\.branch, data["context"]?["branch"]?.string)
      transcript.setIdentity(\.model, data["selectedModel"]?.string)
    case "session.model_change": transcript.setIdentity(\.model, data["newModel"]?.string)
    case "session.resume": transcript.setIdentity(\.model, data["selectedModel"]?.string)
    case "user.message" where data["isAutopilotContinuation"] != .bool(true):
      if let text = data["content"]?.string, text.contains(where: { !$0.isWhitespace }) {
        transcript.addRequest(text)
      }
    case "assistant.message":
      transcript.setLastWords(data["content"]?.string)
      for call in data["toolRequests"]?.array ?? [] { readCall(call) }
    case "tool.execution_complete": finish(data)
    case "session.usage_info", "session.compaction_start": measure(data)
    case "session.compaction_complete": readCompaction(data)
    default: break
    }
  }

  private mutating func measure(_ data: JSONValue) {
    if let limit = data.countIfAny("tokenLimit"), limit > 0 { transcript.reportedWindow = limit }
    transcript.measure(data.countIfAny("currentTokens").map { ContextUsage(occupied: $0, answered: 0) })
  }

  private mutating func readCompaction(_ data: JSONValue) {
    guard data["success"] == .bool(true) else { return }
    transcript.compact(
      Transcript.Compaction(
        trigger: data["trigger"]?.string.map { PlainText.line($0, limit: 20) },
        before: data.countIfAny("preCompactionTokens"), after: data.countIfAny("postCompactionTokens")))
  }

  private mutating func readCall(_ call: JSONValue) {
    let (id, input) = (call["toolCallId"]?.string, call["arguments"] ?? .null)
    switch call["name"]?.string {
    case "bash", "powershell": transcript.addCommand(input["command"]?.string ?? "", call: id ?? "")
    case "view": transcript.use(input["path"]?.string, in: \.filesRead)
    case "edit", "create", "str_replace_editor": transcript.use(input["path"]?.string, in: \.filesEdited)
    default: break
    }
  }

  private mutating func finish(_ data: JSONValue) {
    guard let call = data["toolCallId"]?.string, case .bool(let isSuccess) = data["success"] else { return }
    let code = data["shellExecution"]?["exitCode"]?.integer
    transcript.finishCommand(call, isSuccess && code ?? 0 == 0 ? .passed : .failed, exitCode: code)
  }
}
