import Sessions
import Testing

@testable import Agents

/// Transcripts in the form of agents that could not be run: what they must tell was written down with them.
@Suite struct OtherTranscripts {
  private static let webhook = "Add a retry limit to the courier webhook"
  private static let files = ["retry", "sms", "webhook"].map { "/home/dev/work/parcel-api/src/\($0).ts" }

  /// The tokens of the context as they change, nil where nobody knows.
  private func usages(_ agent: TranscriptAgent, next: Bool = true) throws -> [Int?] {
    var seen: [Int?] = []
    for state in try Sample.states(agent) {
      let tokens = next ? state.usage?.next : state.usage?.occupied
      if seen.last != .some(tokens) { seen.append(tokens) }
    }
    return seen
  }

  private func filesEdited(_ transcript: Transcript) -> [String] {
    transcript.filesEdited.map(\.path).sorted()
  }

  @Test func gemini() throws {
    let transcript = try Sample.reader(.gemini).transcript
    #expect(
      try usages(.gemini, next: false) == [nil, 182_000, 391_000, 612_000, 741_000, 868_000, nil, 101_500])
    #expect(transcript.compactions == 1)
    // The one that was gone back over is none; the summary of the compression neither.
    #expect(
      transcript.requests == [Self.webhook, "Look at every vendor adapter as well", "Now the SMS webhook"])
    #expect(transcript.requestCount == 3)
    #expect(filesEdited(transcript) == Self.files)
    #expect(transcript.filesRead.map(\.count) == [1])
    #expect(transcript.lastWords == "Both webhooks now stop after five attempts.")
    #expect(transcript.title == "Retry limit for two webhooks")
    #expect(transcript.id == "46ae1e56-b530-4d53-ad4c-39fed9321a8c")
    let agent = try #require(Agents.named("gemini"))
    let window = try #require(agent.window(of: transcript, settings: [], environment: [:]))
    #expect((window.size, window.limit) == (1_048_576, 524_288))
    let settings = JSONValue.object(["model": .object(["compressionThreshold": .number(0.9)])])
    #expect(agent.window(of: transcript, settings: [settings], environment: [:])?.limit == 943_718)
  }

  /// One document, as older versions keep it.
  private static let geminiDocument = """
    {"sessionId": "46ae1e56", "projectHash": "ebdb", "messages": [
      {"id": "80c0", "type": "user", "content": "Add a retry limit"},
      {"id": "none", "type": "info", "content": "Update available"}, {"type": "gemini"}, 7,
      {"id": "0e6b", "type": "gemini", "content": "Done.", "model": "gemini-2.5-pro",
       "tokens": {"input": 22000, "output": 300, "total": 22350},
       "toolCalls": [{"id": "l-1", "name": "write_file", "args": {"file_path": "/w/src/retry.ts"}, "status": "success"}]}
    ]}
    """

  @Test func documentsOfGemini() throws {
    let agent = try #require(Agents.named("gemini"))
    #expect(agent.isDocument("/h/chats/session-46ae1e56.json"))
    #expect(!agent.isDocument("/h/chats/session-46ae1e56.jsonl"))
    var reader = TranscriptReader(.gemini)
    for line in agent.lines(of: Array(Self.geminiDocument.utf8)) { reader.read(line: line) }
    let transcript = reader.transcript
    #expect(transcript.id == "46ae1e56")
    #expect(transcript.requests == ["Add a retry limit"])
    #expect((transcript.lastWords, transcript.model) == ("Done.", "gemini-2.5-pro"))
    #expect(transcript.usage?.occupied == 22_000)
    #expect(filesEdited(transcript) == ["/w/src/retry.ts"])
  }

  /// It may be read while it is written.
  @Test func documentsOfGeminiThatAreNotWhole() throws {
    let agent = try #require(Agents.named("gemini"))
    let bytes = Array(Self.geminiDocument.utf8)
    for length in 0..<bytes.count { #expect(agent.lines(of: Array(bytes[..<length])).isEmpty) }
    for other in ["[]", "7", #"{"messages": {}}"#, #"{"messages": [[], null, {"id": 7}]}"#] {
      #expect(agent.lines(of: Array(other.utf8)).isEmpty)
    }
  }

  @Test func geminiGoesBackOverAnswersToo() throws {
    func user(_ id: String) -> String { #"{"id":"\#(id)","type":"user","content":"\#(id)"}"# }
    func answer(_ id: String, _ tokens: Int) -> String {
      #"{"id":"\#(id)","type":"gemini","content":"","tokens":{"input":\#(tokens)}}"#
    }
    let transcript = try Sample.transcript(
      .gemini, user("a"), answer("1", 100), user("b"), answer("2", 200), user("c"), answer("3", 300),
      #"{"$rewindTo":"b"}"#, #"{"$rewindTo":"nobody"}"#)
    #expect(transcript.requests == ["a"])
    #expect(transcript.usage?.occupied == 100)
    #expect(transcript.turnEnds == [])
  }

  @Test func commandsOfGemini() throws {
    func call(_ id: String, _ status: String, _ output: String = "") -> String {
      #"{"id":"m","type":"gemini","content":"","toolCalls":[{"id":"\#(id)","name":"run_shell_command","args":{"command":"\#(id)"},"status":"\#(status)","result":[{"functionResponse":{"response":{"output":"\#(output)"}}}]}]}"#
    }
    let transcript = try Sample.transcript(
      .gemini, call("a", "executing"), call("a", "success", #"Output: 1 failing\nExit Code: 1"#),
      call("b", "success", "fine"), call("c", "error"), call("d", "cancelled"))
    #expect(transcript.commands.map(\.text) == ["a", "b", "c", "d"])
    #expect(transcript.commands.map(\.outcome) == [.failed, .passed, .failed, .interrupted])
    #expect(transcript.commands.map(\.exitCode) == [1, 0, nil, nil])
  }

  @Test func opencode() throws {
    let transcript = try Sample.reader(.opencode).transcript
    #expect(
      try usages(.opencode) == [nil, 31_416, 74_486, 119_006, 164_306, 172_706, nil, 14_366])
    #expect(transcript.compactions == 1)
    #expect(transcript.requests == [Self.webhook, "Now the SMS webhook"])
    #expect(filesEdited(transcript) == Self.files)
    #expect(transcript.lastWords == "Both webhooks now stop after five attempts.")
    #expect(transcript.model == "claude-haiku-4-5")
  }

  /// It has no transcript on the disk: its hooks bring the same, bit by bit, and more than once.
  @Test func whatHooksOfOpenCodeTell() throws {
    let agent = try #require(Agents.named("opencode"))
    let (tool, info) = (
      try #require(try Sample.payloads("opencode").first { $0.name == "tool_execute_after" }?.payload.object),
      try #require(
        try Sample.payloads("opencode").first { $0.name == "event__message_updated" }?
          .payload["input"]?["event"]?["properties"]?["info"])
    )
    var payload = tool
    payload["info"] = info
    payload["limit"] = .object(["context": .integer(200_000), "output": .integer(64_000)])
    var reader = TranscriptReader(.opencode)
    let event = try #require(agent.event(in: .object(payload)))
    for line in event.lines + event.lines { reader.read(line: line) }
    #expect(reader.transcript.usage == ContextUsage(occupied: 31_206, answered: 210))
    #expect(reader.transcript.filesEdited.map(\.count) == [1])
    #expect(agent.window(of: reader.transcript, settings: [], environment: [:])?.limit == 168_000)
    payload["limit"] = .object(["input": .integer(180_000), "output": .integer(8_000)])
    for line in try #require(agent.event(in: .object(payload))).lines { reader.read(line: line) }
    #expect(reader.transcript.reportedWindow == 172_000)
  }

  @Test func cursor() throws {
    var reader = try Sample.reader(.cursor)
    let transcript = reader.transcript
    #expect(transcript.isEstimated)
    let seen = try #require(transcript.usage?.next)
    #expect((100...600).contains(seen))
    #expect(transcript.requests == [Self.webhook, "Now the SMS webhook"])
    #expect(filesEdited(transcript) == Self.files)
    #expect(transcript.commands.map(\.text) == ["npm test"])
    #expect(transcript.lastWords == "Both webhooks now stop after five attempts.")
    let agent = try #require(Agents.named("cursor"))
    let payload = try #require(try Sample.payloads("cursor").first { $0.name == "preCompact" }?.payload)
    for line in try #require(agent.event(in: payload)).lines { reader.read(line: line) }
    #expect(
      reader.transcript.lastCompaction == Transcript.Compaction(trigger: "auto", before: 182_000, after: nil))
    #expect(reader.transcript.reportedWindow == 200_000)
    #expect(reader.transcript.usage == nil)
  }

  /// Cursor tells tokens before a compaction alone: between, what it gives its model is counted, together with what
  /// the last compaction had more than was counted.
  @Test func whatCursorDoesNotTellIsEstimated() throws {
    let agent = try #require(Agents.named("cursor"))
    var reader = TranscriptReader(.cursor)
    func hook(_ event: String, _ members: [String: JSONValue]) throws {
      var payload: [String: JSONValue] = [
        "conversation_id": .string("c"), "cursor_version": .string("3"), "model": .string("claude-sonnet-5"),
        "workspace_roots": .array([.string("/w")]), "hook_event_name": .string(event),
      ]
      payload.merge(members) { $1 }
      for line in try #require(agent.event(in: .object(payload))).lines { reader.read(line: line) }
    }
    let output = String(repeating: "let answer = try await client.fetch(page)\n", count: 500)
    let tokens = TokenEstimate.count(output)
    try hook("postToolUse", ["tool_output": .string(output)])
    #expect(reader.transcript.usage?.next == tokens)
    #expect(reader.transcript.model == "claude-sonnet-5")
    try hook("preCompact", ["context_tokens": .integer(Int64(tokens + 12_000))])
    #expect(reader.transcript.usage == nil)
    // It is remembered from hook to hook.
    reader = try TranscriptReader(reader.bytes)
    try hook("postToolUse", ["tool_output": .string(output)])
    #expect(reader.transcript.usage?.next == tokens + 12_000)
    #expect(reader.transcript.isEstimated)
    try hook("postToolUse", ["tool_output": .null])
    #expect(reader.transcript.usage?.next == tokens + 12_000)
  }

  @Test func copilot() throws {
    let transcript = try Sample.reader(.copilot).transcript
    #expect(try usages(.copilot) == [nil, 31_416, 119_006, 168_200, 28_900, 30_100])
    #expect(transcript.compactions == 1)
    #expect(transcript.reportedWindow == 200_000)
    #expect(
      transcript.lastCompaction == Transcript.Compaction(trigger: "threshold", before: 168_200, after: 28_900)
    )
    #expect(transcript.requests == [Self.webhook, "Now the SMS webhook"])
    #expect(filesEdited(transcript) == Self.files)
    #expect((transcript.model, transcript.branch) == ("claude-sonnet-5", "main"))
    #expect(transcript.version == "1.0.78")
  }

  @Test func whatCopilotTellsOfCommandsAndSubagents() throws {
    func event(_ type: String, _ data: String, _ more: String = "") -> String {
      #"{"type":"\#(type)","data":{\#(data)}\#(more)}"#
    }
    func call(_ id: String) -> String {
      event(
        "assistant.message",
        #""toolRequests":[{"toolCallId":"\#(id)","name":"bash","arguments":{"command":"\#(id)"}}]"#)
    }
    func done(_ id: String, _ rest: String) -> String {
      event("tool.execution_complete", #""toolCallId":"\#(id)",\#(rest)"#)
    }
    let transcript = try Sample.transcript(
      .copilot, event("session.start", #""selectedModel":"gpt-5.5""#),
      event("user.message", #""content":"Do it""#),
      event("user.message", #""content":"Go on","isAutopilotContinuation":true"#),
      event("user.message", #""content":"Explore""#, #","agentId":"a""#), call("a"), call("b"), call("c"),
      call("d"),
      done("a", #""success":true,"shellExecution":{"exitCode":0}"#),
      done("b", #""success":true,"shellExecution":{"exitCode":3}"#), done("c", #""success":false"#),
      event("session.usage_info", #""currentTokens":9,"tokenLimit":10"#, #","agentId":"a""#),
      event("assistant.message", #""content":"Found","parentToolCallId":"d""#),
      event("session.compaction_start", #""currentTokens":100,"tokenLimit":128000"#))
    #expect(transcript.requests == ["Do it"])
    #expect(transcript.model == "gpt-5.5")
    #expect(transcript.commands.map(\.outcome) == [.passed, .failed, .failed, .none])
    #expect(transcript.commands.map(\.exitCode) == [0, 3, nil, nil])
    #expect(transcript.usage?.next == 100 && transcript.reportedWindow == 128_000)
    #expect(transcript.lastWords == nil)
  }

  @Test func copilotWithoutEventsOfUsage() throws {
    var reader = TranscriptReader(.copilot)
    try reader.read(try Sample.bytes("copilot-no-ephemeral"))
    #expect(reader.transcript.usage?.next == 28_900)
    #expect(reader.transcript.lastCompaction?.before == 168_200)
    #expect(filesEdited(reader.transcript) == Self.files)
  }
}
