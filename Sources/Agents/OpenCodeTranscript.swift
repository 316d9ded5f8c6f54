import Sessions

/// OpenCode's messages, each with its parts, as `opencode export` and its plug-ins have them. There is no file that
/// could be read while it runs: hooks bring the lines one by one. What is not known is ignored.
extension TranscriptReader {
  mutating func readOpenCode(_ line: JSONValue) {
    if let limit = line["limit"] { setWindow(limit) }
    let info = line["info"] ?? .null
    transcript.setIdentity(\.id, info["sessionID"]?.string)
    let isUser = info["role"]?.string == "user"
    if isUser {
      let text = OpenCodeMessage.text(line["parts"])
      if !text.isEmpty, context.notes(info["id"]?.string.map { "message " + $0 }) {
        transcript.addRequest(text)
      }
    } else if info["role"]?.string == "assistant" {
      readAnswer(info)
    }
    for part in line["parts"]?.array ?? [] {
      if part["type"]?.string == "tool" { readCall(part) }
      if part["type"]?.string == "text", !isUser { transcript.setLastWords(part["text"]?.string) }
    }
  }

  /// Where it compacts: below what the model takes in by what it reserves, or by what may be answered.
  private mutating func setWindow(_ limit: JSONValue) {
    let answer = min(limit.countIfAny("output") ?? 32_000, 32_000)
    let usable =
      limit.countIfAny("input").map { $0 - min(20_000, answer) }
      ?? limit.countIfAny("context").map { $0 - answer }
    if let usable, usable > 0 { transcript.reportedWindow = usable }
  }

  private mutating func readAnswer(_ info: JSONValue) {
    transcript.setIdentity(\.folder, info["path"]?["cwd"]?.string)
    if info["summary"] == .bool(true) {
      // Of a compaction: its tokens are those of the model that has written the summary.
      guard context.notes(info["id"]?.string.map { "message " + $0 }) else { return }
      transcript.compact(Transcript.Compaction(trigger: nil, before: transcript.usage?.next, after: nil))
    } else {
      transcript.setIdentity(\.model, info["modelID"]?.string)
      transcript.measure(info["tokens"].map(Self.usage))
    }
  }

  private static func usage(_ tokens: JSONValue) -> ContextUsage {
    let cache = tokens["cache"]
    let answered = tokens.tokens("output")
    let parts = tokens.tokens("input") + (cache?.tokens("read") ?? 0) + (cache?.tokens("write") ?? 0)
    let total = tokens.countIfAny("total") ?? (parts + answered)
    return ContextUsage(occupied: max(0, total - answered), answered: min(answered, total))
  }

  private mutating func readCall(_ part: JSONValue) {
    let id = part["callID"]?.string
    let state = part["state"] ?? .null
    let input = state["input"] ?? .null
    let isNew = context.notes(id.map { "call " + $0 })
    switch part["tool"]?.string {
    case "read" where isNew: transcript.use(input["filePath"]?.string, in: \.filesRead)
    case "edit" where isNew, "write" where isNew: transcript.use(input["filePath"]?.string, in: \.filesEdited)
    case "bash":
      if isNew { transcript.addCommand(input["command"]?.string ?? "", call: id ?? "") }
      finish(state, call: id ?? "")
    case "todowrite":
      transcript.setPlan(input["todos"], text: "content")
    default: break
    }
  }

  private mutating func finish(_ state: JSONValue, call: String) {
    switch state["status"]?.string {
    case "completed":
      let code = state["metadata"]?["exit"]?.integer ?? 0
      transcript.finishCommand(call, code == 0 ? .passed : .failed, exitCode: code)
    case "error": transcript.finishCommand(call, .failed)
    default: break
    }
  }
}

enum OpenCodeMessage {
  /// What the user has typed of a message; parts that the program has added are marked.
  static func text(_ parts: JSONValue?) -> String {
    let texts = (parts?.array ?? []).compactMap { part in
      part["type"]?.string == "text" && part["synthetic"] != .bool(true) ? part["text"]?.string : nil
    }
    let text = texts.joined(separator: "\n")
    return text.contains { !$0.isWhitespace } ? text : ""
  }
}
