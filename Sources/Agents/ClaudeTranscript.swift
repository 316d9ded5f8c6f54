import Sessions

/// Claude Code's transcript: a line of JSON for each message, and others. Written down from versions 2.1.240 to
/// 2.1.329; what is not known is ignored.
extension TranscriptReader {
  mutating func readClaude(_ line: JSONValue) {
    // What subagents do is in files of their own, or marked.
    if line["isSidechain"] == .bool(true) || line["agentId"] != nil { return }
    transcript.setIdentity(\.id, line["sessionId"]?.string)
    transcript.setIdentity(\.folder, line["cwd"]?.string)
    transcript.setIdentity(\.branch, line["gitBranch"]?.string)
    transcript.setIdentity(\.version, line["version"]?.string)
    switch line["type"]?.string {
    case "assistant": readAnswer(line)
    case "user": readUserLine(line)
    case "attachment": readQueued(line)
    case "system": readBoundary(line)
    case "ai-title" where transcript.title == nil: transcript.setIdentity(\.title, line["aiTitle"]?.string)
    case "custom-title": transcript.setIdentity(\.title, line["customTitle"]?.string)
    case "summary" where transcript.title == nil: transcript.setIdentity(\.title, line["summary"]?.string)
    default: break
    }
  }

  // MARK: - What the agent says and does

  private mutating func readAnswer(_ line: JSONValue) {
    guard let message = line["message"], line["isApiErrorMessage"] != .bool(true),
      message["model"]?.string != "<synthetic>"
    else { return }
    transcript.setIdentity(\.model, message["model"]?.string)
    // Each block of an answer is a line of its own, with the usage of the whole; the last one counts.
    if let usage = message["usage"], usage.object != nil { transcript.measure(ContextUsage(claude: usage)) }
    var words: [String] = []
    for block in message["content"]?.array ?? [] {
      switch block["type"]?.string {
      case "text": words.append(block["text"]?.string ?? "")
      case "tool_use": readCall(block)
      default: break
      }
    }
    transcript.setLastWords(words.joined(separator: "\n"))
  }

  private mutating func readCall(_ block: JSONValue) {
    let input = block["input"] ?? .null
    let call = block["id"]?.string ?? ""
    switch block["name"]?.string {
    case "Bash": transcript.addCommand(input["command"]?.string ?? "", call: call)
    case "Read": transcript.use(input["file_path"]?.string, in: \.filesRead)
    case "Write", "Edit", "MultiEdit": transcript.use(input["file_path"]?.string, in: \.filesEdited)
    case "NotebookEdit": transcript.use(input["notebook_path"]?.string, in: \.filesEdited)
    case "TodoWrite":
      transcript.setPlan(input["todos"], text: "content")
    case "TaskCreate": plan(input["subject"]?.string, call: call)
    case "TaskUpdate": changePlan(input)
    default: break
    }
  }

  /// The number of the item comes with the result.
  private mutating func plan(_ subject: String?, call: String) {
    guard let subject, context.plannedItems.count < 100 else { return }
    context.plannedItems[Transcript.name(call)] = String(subject.unicodeScalars.prefix(1000))
  }

  private mutating func changePlan(_ input: JSONValue) {
    guard let id = input["taskId"]?.string.map(Transcript.name),
      let place = transcript.plan.firstIndex(where: { $0.id == id })
    else {
      return
    }
    var plan = transcript.plan
    if let subject = input["subject"]?.string { plan[place].text = subject }
    if let status = input["status"]?.string { plan[place].status = status }
    if plan[place].status == "deleted" { plan.remove(at: place) }
    transcript.setPlan(plan)
  }

  // MARK: - What comes back, and what the user says

  private mutating func readUserLine(_ line: JSONValue) {
    let content = line["message"]?["content"]
    let blocks = content?.array ?? []
    for block in blocks where block["type"]?.string == "tool_result" { readResult(block, of: line) }
    let isOwn =
      [line["isMeta"], line["isCompactSummary"], line["isVisibleInTranscriptOnly"]].allSatisfy {
        $0 != .bool(true)
      }
    guard isOwn, !blocks.contains(where: { $0["type"]?.string == "tool_result" }) else { return }
    ask(content, at: line.time)
  }

  /// What the user asks for while the agent works, if it takes that up before it is done, stands nowhere else.
  private mutating func readQueued(_ line: JSONValue) {
    let queued = line["attachment"]
    guard queued?["type"]?.string == "queued_command", queued?["commandMode"]?.string == "prompt",
      queued?["isMeta"] != .bool(true)
    else { return }
    ask(queued?["prompt"], at: line.time)
  }

  /// A text, or blocks of which some have one.
  private mutating func ask(_ content: JSONValue?, at time: Timestamp?) {
    let texts = content?.string.map { [$0] } ?? (content?.array ?? []).compactMap { $0["text"]?.string }
    let text = texts.filter { !Self.isNotice($0) }.joined(separator: "\n")
    if text.contains(where: { !$0.isWhitespace }) { transcript.addRequest(text, at: time) }
  }

  /// What the program puts in the place of a request.
  private static func isNotice(_ text: String) -> Bool {
    [
      "<command-name>", "<command-message>", "<local-command-", "<bash-", "<system-reminder>",
      "<task-notification>",
      "[Request interrupted", "Caveat: ",
    ].contains { text.hasPrefix($0) }
  }

  private mutating func readResult(_ block: JSONValue, of line: JSONValue) {
    let call = block["tool_use_id"]?.string ?? ""
    let result = line["toolUseResult"]
    if let subject = context.plannedItems.removeValue(forKey: Transcript.name(call)) {
      let id = result?["task"]?["id"]
      let name = id?.string ?? id?.integer.map(String.init)
      transcript.setPlan(transcript.plan + [Transcript.PlanItem(id: name, text: subject, status: "pending")])
    }
    let isInterrupted = result?["interrupted"] == .bool(true)
    let isError = block["is_error"] == .bool(true)
    transcript.finishCommand(
      call, isInterrupted ? .interrupted : isError ? .failed : .passed,
      exitCode: isError ? Self.exitCode(block["content"]) : isInterrupted ? nil : 0)
  }

  /// `Exit code 1` at the beginning.
  private static func exitCode(_ content: JSONValue?) -> Int? {
    let text = content?.string ?? content?.array?.first?["text"]?.string ?? ""
    guard text.hasPrefix("Exit code ") else { return nil }
    return Int(text.dropFirst(10).prefix(5).prefix { $0.isNumber })
  }

  // MARK: - Compaction

  private mutating func readBoundary(_ line: JSONValue) {
    guard line["subtype"]?.string == "compact_boundary" else { return }
    let facts = line["compactMetadata"]
    transcript.compact(
      Transcript.Compaction(
        trigger: facts?["trigger"]?.string.map { PlainText.line($0, limit: 20) },
        before: facts?.countIfAny("preTokens"), after: facts?.countIfAny("postTokens")))
  }
}

extension ContextUsage {
  /// As Claude tells it of a request; nil for none.
  init?(claude usage: JSONValue) {
    let parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
    let occupied = parts.reduce(0) { $0 + usage.tokens($1) }
    guard occupied > 0 else { return nil }
    self.init(occupied: occupied, answered: usage.tokens("output_tokens"))
  }
}

extension JSONValue {
  /// When a line was written, if it says so.
  var time: Timestamp? { self["timestamp"]?.string.flatMap { Timestamp($0) } }

  /// A member that counts tokens; 0 where it is none.
  func tokens(_ name: String) -> Int { countIfAny(name) ?? 0 }

  /// Nil unless it is a number that tokens may have.
  func countIfAny(_ name: String) -> Int? {
    guard let count = self[name]?.integer, (0...Tokens.limit).contains(count) else { return nil }
    return count
  }
}
