import Sessions

/// Codex's rollout file: lines of a type and a payload. Written down from version 0.163.0 and what older ones left;
/// what is not known is ignored.
extension TranscriptReader {
  mutating func readCodex(_ line: JSONValue) {
    guard let payload = line["payload"] else { return }
    switch line["type"]?.string {
    case "session_meta":
      transcript.setIdentity(\.id, payload["id"]?.string)
      transcript.setIdentity(\.folder, payload["cwd"]?.string)
      transcript.setIdentity(\.version, payload["cli_version"]?.string)
      transcript.setIdentity(\.branch, payload["git"]?["branch"]?.string)
    case "turn_context":
      transcript.setIdentity(\.model, payload["model"]?.string)
      transcript.setIdentity(\.folder, payload["cwd"]?.string)
    case "response_item": readItem(payload, at: line.time)
    case "event_msg": readEvent(payload, at: line.time)
    // Newer than the count of the turn, while a tool runs.
    case "token_usage_record": transcript.measure(payload["usage"].flatMap(Self.usage))
    case "compacted":
      transcript.compact(Transcript.Compaction(trigger: nil, before: transcript.usage?.next, after: nil))
    default: break
    }
  }

  /// Right after a compaction there is only an estimate of the total.
  private static func usage(_ usage: JSONValue) -> ContextUsage? {
    guard let total = usage.countIfAny("total_tokens") else { return nil }
    let answered = min(usage.tokens("output_tokens"), total)
    return ContextUsage(occupied: total - answered, answered: answered)
  }

  // MARK: - Events

  private mutating func readEvent(_ payload: JSONValue, at time: Timestamp?) {
    switch payload["type"]?.string {
    case "token_count":
      guard let info = payload["info"] else { return }
      transcript.measure(info["last_token_usage"].flatMap(Self.usage))
      setWindow(info)
    case "task_started": setWindow(payload)
    case "user_message": request(payload["message"]?.string, as: "event ", at: time)
    case "agent_message": transcript.setLastWords(payload["message"]?.string)
    case "task_complete": transcript.setLastWords(payload["last_agent_message"]?.string)
    case "item_completed": payload["item"].map { readCompleted($0) }
    case "exec_command_end":
      finish(payload["call_id"]?.string, exitCode: payload["exit_code"]?.integer)
      readActions(payload["parsed_cmd"])
    default: break
    }
  }

  private mutating func setWindow(_ payload: JSONValue) {
    if let window = payload.countIfAny("model_context_window"), window > 0 {
      transcript.reportedWindow = window
    }
  }

  private mutating func readCompleted(_ item: JSONValue) {
    switch item["type"]?.string {
    case "CommandExecution":
      finish(item["id"]?.string, exitCode: item["exit_code"]?.integer)
      readActions(item["command_actions"] ?? item["parsed_cmd"])
    case "FileChange":
      for path in (item["changes"]?.object ?? [:]).keys.sorted() { transcript.use(path, in: \.filesEdited) }
    default: break
    }
  }

  /// What Codex itself has understood of a command.
  private mutating func readActions(_ actions: JSONValue?) {
    for action in actions?.array ?? [] where action["type"]?.string == "read" {
      transcript.use((action["path"]?.string ?? action["name"]?.string).map(absolute), in: \.filesRead)
    }
  }

  private mutating func finish(_ call: String?, exitCode: Int?) {
    guard let call, let exitCode else { return }
    transcript.finishCommand(call, exitCode == 0 ? .passed : .failed, exitCode: exitCode)
  }

  // MARK: - Items

  private mutating func readItem(_ payload: JSONValue, at time: Timestamp?) {
    switch payload["type"]?.string {
    case "message": readMessage(payload, at: time)
    case "function_call": readCall(payload)
    case "function_call_output", "custom_tool_call_output":
      finish(payload["call_id"]?.string, exitCode: Self.exitCode(payload["output"]))
    case "custom_tool_call" where payload["name"]?.string == "apply_patch":
      readPatch(payload["input"]?.string)
    case "local_shell_call":
      let words = payload["action"]?["command"]?.array?.compactMap(\.string) ?? []
      transcript.addCommand(Self.command(words), call: payload["call_id"]?.string ?? "")
    default: break
    }
  }

  private mutating func readMessage(_ payload: JSONValue, at time: Timestamp?) {
    let texts = (payload["content"]?.array ?? []).compactMap { $0["text"]?.string }
    switch payload["role"]?.string {
    case "user": request(texts.filter { !Self.isNotice($0) }.joined(separator: "\n"), as: "item ", at: time)
    case "assistant": transcript.setLastWords(texts.joined(separator: "\n"))
    default: break
    }
  }

  /// What the program puts before the first request, and between others.
  private static func isNotice(_ text: String) -> Bool {
    [
      "<environment_context>", "<user_instructions>", "# AGENTS.md instructions", "<INSTRUCTIONS>",
      "<turn_aborted>",
      "<permissions instructions>", "<skills_instructions>", "<hook_", "<subagent_notification>",
      "Another language model started to solve this problem",
    ].contains { text.hasPrefix($0) }
  }

  /// Some versions write a request twice, as an item and as an event, one just after the other.
  private mutating func request(_ text: String?, as form: String, at time: Timestamp?) {
    guard let text, text.contains(where: { !$0.isWhitespace }), !Self.isNotice(text) else { return }
    let short = String(text.unicodeScalars.prefix(1000))
    if let last = context.lastRequest, !last.hasPrefix(form), last.hasSuffix(" " + short) {
      context.lastRequest = nil
    } else {
      context.lastRequest = form + short
      transcript.addRequest(text, at: time)
    }
  }

  private mutating func readCall(_ payload: JSONValue) {
    context.lastRequest = nil
    let arguments =
      payload["arguments"]?.string.flatMap { try? JSONValue(forgiving: Array($0.utf8)) } ?? .null
    let call = payload["call_id"]?.string ?? ""
    switch payload["name"]?.string {
    case "exec_command", "shell", "shell_command", "container.exec":
      let words = arguments["command"]?.array?.compactMap(\.string)
      let command = arguments["cmd"]?.string ?? arguments["command"]?.string ?? words.map(Self.command) ?? ""
      if !command.isEmpty { transcript.addCommand(command, call: call) }
    case "apply_patch": readPatch(arguments["input"]?.string)
    case "update_plan":
      transcript.setPlan(arguments["plan"], text: "step")
    default: break
    }
  }

  /// The script, where a shell runs one.
  private static func command(_ words: [String]) -> String {
    words.count == 3 && ["-lc", "-c"].contains(words[1]) ? words[2] : words.joined(separator: " ")
  }

  private mutating func readPatch(_ patch: String?) {
    for file in EditedFiles.named(inPatch: patch ?? "") { transcript.use(absolute(file), in: \.filesEdited) }
  }

  private func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = transcript.folder else { return path }
    return folder + "/" + path
  }

  /// `Process exited with code 1` or `Exit code: 1`, in the lines before the output.
  private static func exitCode(_ output: JSONValue?) -> Int? {
    let text = output?.string ?? output?["output"]?.string ?? ""
    if let code = output?["metadata"]?["exit_code"]?.integer { return code }
    for line in text.prefix(400).split(separator: "\n").prefix(8) {
      for heading in ["Process exited with code ", "Exit code: "] where line.hasPrefix(heading) {
        return Int(line.dropFirst(heading.count).prefix(6))
      }
    }
    return nil
  }
}
