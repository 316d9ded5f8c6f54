import Sessions

/// Gemini CLI's chat: a line for each message, written again whenever the message has grown, and lines that change
/// what was before. Written down from its source (`chatRecordingService.ts`); what is not known is ignored.
extension TranscriptReader {
  mutating func readGemini(_ line: JSONValue) {
    transcript.setIdentity(\.id, line["sessionId"]?.string)
    if let change = line["$set"] {
      transcript.setIdentity(\.title, change["summary"]?.string)
      if change["messages"]?.array != nil {
        // The whole history is replaced by a summary and what is kept of it.
        transcript.compact(Transcript.Compaction(trigger: nil, before: transcript.usage?.next, after: nil))
        context.marks = []
      }
    } else if let message = line["$rewindTo"]?.string {
      rewind(to: message)
    } else if let message = line["id"]?.string {
      readMessage(line, isNew: !context.marks.contains { $0.message == message })
    }
  }

  /// That message and all after it are gone.
  private mutating func rewind(to message: String) {
    guard let place = context.marks.firstIndex(where: { $0.message == message }) else { return }
    transcript.takeBack(requests: transcript.requestCount - context.marks[place].requestCount)
    transcript.usage = context.marks[place].usage
    context.marks.removeSubrange(place...)
  }

  private mutating func readMessage(_ line: JSONValue, isNew: Bool) {
    let type = line["type"]?.string
    guard type == "user" || type == "gemini" else { return }
    if isNew, let message = line["id"]?.string { context.mark(message, transcript) }
    let text =
      line["content"]?.string
      ?? (line["content"]?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    if type == "user" {
      if isNew, text.contains(where: { !$0.isWhitespace }) { transcript.addRequest(text) }
      return
    }
    transcript.setIdentity(\.model, line["model"]?.string)
    transcript.measure(
      line["tokens"].map { ContextUsage(occupied: $0.tokens("input"), answered: $0.tokens("output")) })
    transcript.setLastWords(text)
    for call in line["toolCalls"]?.array ?? [] { readCall(call) }
  }

  private mutating func readCall(_ call: JSONValue) {
    let (id, input) = (call["id"]?.string, call["args"] ?? .null)
    let path = input["file_path"]?.string ?? input["absolute_path"]?.string
    let isNew = context.notes(id.map { "call " + $0 })
    switch call["name"]?.string {
    case "read_file" where isNew: transcript.use(path, in: \.filesRead)
    case "write_file" where isNew, "replace" where isNew: transcript.use(path, in: \.filesEdited)
    case "run_shell_command":
      if isNew { transcript.addCommand(input["command"]?.string ?? "", call: id ?? "") }
      finish(call)
    case "write_todos":
      transcript.setPlan(input["todos"], text: "description")
    default: break
    }
  }

  private mutating func finish(_ call: JSONValue) {
    let id = call["id"]?.string ?? ""
    switch call["status"]?.string {
    case "success":
      let output = call["result"]?.array?.first?["functionResponse"]?["response"]?["output"]?.string ?? ""
      let code = Self.exitCode(output) ?? 0
      transcript.finishCommand(id, code == 0 ? .passed : .failed, exitCode: code)
    case "error": transcript.finishCommand(id, .failed)
    case "cancelled": transcript.finishCommand(id, .interrupted)
    default: break
    }
  }

  /// `Exit Code: 1`, in the last lines.
  private static func exitCode(_ output: String) -> Int? {
    output.suffix(1000).split(separator: "\n").last { $0.hasPrefix("Exit Code: ") }.flatMap {
      Int($0.dropFirst(11).prefix(6))
    }
  }
}
