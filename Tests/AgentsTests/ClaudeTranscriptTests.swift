import Testing

@testable import Agents

@Suite struct ClaudeTranscriptSuite {
  @Test func whatATranscriptTells() throws {
    let transcript = try Sample.reader(.claudeCode).transcript
    #expect(transcript.id == "55383d1d-c346-4794-a203-6e90f3bf012f")
    #expect(transcript.model == "claude-haiku-4-5")
    #expect(transcript.title == "Courier webhook retry limit")
    #expect(transcript.folder == "/home/dev/work/parcel-api")
    #expect(transcript.branch == "main")
    #expect(transcript.version == "2.1.329")
    #expect(transcript.usage == ContextUsage(occupied: 24_606, answered: 90))
    #expect(
      transcript.requests == [
        "Add a retry limit to the courier webhook and cover it with tests",
        "Now do the same for the SMS webhook",
      ])
    #expect(transcript.requestCount == 2)
    #expect(transcript.compactions == 1)
    #expect(
      transcript.lastCompaction == Transcript.Compaction(trigger: "auto", before: 198_656, after: 11_840))
    #expect(transcript.lastWords == "Both webhooks now stop after five attempts.")
    #expect(transcript.commands.map(\.text) == ["npm test -- webhook"])
    #expect(transcript.commands.map(\.outcome) == [.passed])
    #expect(
      transcript.filesRead.map(\.path) == ["webhook", "sms"].map { "/home/dev/work/parcel-api/src/\($0).ts" })
    #expect(
      transcript.filesEdited.map(\.path)
        == ["retry", "webhook", "sms"].map { "/home/dev/work/parcel-api/src/\($0).ts" })
    #expect(transcript.longLines == 0 && transcript.malformedLines == 0)
  }

  @Test func occupancyAsItGrows() throws {
    let states = try Sample.states(.claudeCode)
    var seen: [Int] = []
    for state in states { if let usage = state.usage?.occupied, seen.last != usage { seen.append(usage) } }
    // A message of several lines counts once; the sidechain and the error of the API not at all; after the boundary
    // what the boundary says.
    #expect(seen == [31_206, 74_006, 118_106, 163_420, 171_420, 198_506, 11_840, 23_906, 24_606])
    #expect(states.map(\.turnEnds).contains([172_920]))
    #expect(states.last?.turnEnds == [])
  }

  @Test func aTornLineIsLeftForTheNextTime() throws {
    let bytes = try Sample.bytes("claude-code-torn")
    var reader = TranscriptReader(.claudeCode)
    try reader.read(bytes)
    reader.finish()
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: "\n"))) + 1
    #expect(reader.offset == end && end < bytes.count)
    #expect(reader.transcript.malformedLines == 0)
    #expect(reader.transcript.usage?.occupied == 74_006)
  }

  @Test func commandsThatFail() throws {
    func use(_ id: String, _ command: String) -> String {
      #"{"type":"assistant","message":{"model":"m","content":[{"type":"tool_use","id":"\#(id)","name":"Bash","input":{"command":"\#(command)"}}]}}"#
    }
    func result(_ id: String, _ rest: String, _ more: String = "{}") -> String {
      #"{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"\#(id)"\#(rest)}]},"toolUseResult":\#(more)}"#
    }
    let transcript = try Sample.transcript(
      .claudeCode, use("1", "a"), use("2", "b"), use("3", "c"), use("4", "d"), result("2", ""),
      result("1", #","is_error":true,"content":"Exit code 3\nno"# + #"""#),
      result("3", "", #"{"interrupted":true}"#))
    #expect(transcript.commands.map(\.outcome) == [.failed, .passed, .interrupted, .none])
    #expect(transcript.commands.map(\.exitCode) == [3, 0, nil, nil])
    #expect(transcript.requestCount == 0)
  }

  @Test func thePlan() throws {
    let todos =
      #"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"1","name":"TodoWrite","input":{"todos":[{"content":"Tests","status":"completed"},{"content":"Docs","status":"in_progress"},{"status":"x"}]}}]}}"#
    #expect(try Sample.transcript(.claudeCode, todos).plan.map(\.text) == ["Tests", "Docs"])
    #expect(try Sample.transcript(.claudeCode, todos).plan.map(\.status) == ["completed", "in_progress"])
    func tool(_ id: String, _ name: String, _ input: String) -> String {
      #"{"type":"assistant","message":{"content":[{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":\#(input)}]}}"#
    }
    func made(_ id: String, _ number: String) -> String {
      #"{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"\#(id)"}]},"toolUseResult":{"task":{"id":"\#(number)"}}}"#
    }
    let plan = try Sample.transcript(
      .claudeCode, tool("1", "TaskCreate", #"{"subject":"Tests"}"#),
      tool("2", "TaskCreate", #"{"subject":"Docs"}"#),
      made("1", "7"), made("2", "8"), tool("3", "TaskUpdate", #"{"taskId":"7","status":"completed"}"#),
      tool("4", "TaskUpdate", #"{"taskId":"9","status":"completed"}"#),
      tool("5", "TaskUpdate", #"{"taskId":"8","status":"deleted"}"#)
    ).plan
    #expect(plan == [Transcript.PlanItem(id: "7", text: "Tests", status: "completed")])
  }

  @Test func whatIsNoRequest() throws {
    func user(_ content: String, _ more: String = "") -> String {
      #"{"type":"user"\#(more),"message":{"role":"user","content":\#(content)}}"#
    }
    let transcript = try Sample.transcript(
      .claudeCode, user(#""<command-name>/clear</command-name>""#), user(#""x""#, #","isMeta":true"#),
      user(#""x""#, #","isSidechain":true"#), user(#""x""#, #","agentId":"a""#),
      user(#""x""#, #","isCompactSummary":true"#),
      user(#"[{"type":"text","text":"[Request interrupted by user]"}]"#), user(#""  ""#), user("7"),
      user("[]"), user("null"),
      user(#"[{"type":"image","source":{}},{"type":"text","text":"what is this"}]"#))
    #expect(transcript.requests == ["what is this"])
  }

  /// They are in no `user` line.
  @Test func requestsWhileTheAgentWorks() throws {
    func queued(_ prompt: String, _ mode: String = "prompt", isTypeFirst: Bool = true) -> String {
      let attachment =
        #""attachment":{"type":"queued_command","prompt":\#(prompt),"commandMode":"\#(mode)"}"#
      let type = #""type":"attachment""#
      return #"{"isSidechain":false,\#(isTypeFirst ? "\(type),\(attachment)" : "\(attachment),\(type)")}"#
    }
    let lines = [
      queued(#""And test it""#), queued(#""Then stop""#, isTypeFirst: false),
      queued(#"[{"type":"image","source":{}},{"type":"text","text":"Like this"}]"#),
      queued(#""<task-notification>done""#), queued(#""Built""#, "task-notification"), queued("7"),
      #"{"type":"attachment","attachment":{"type":"skill_listing","content":"Skills"}}"#,
      #"{"type":"attachment","attachment":{"type":"queued_command"}}"#, #"{"type":"attachment"}"#,
    ]
    let transcript = try Sample.transcript(.claudeCode, lines.joined(separator: "\n"))
    #expect(transcript.requests == ["And test it", "Then stop", "Like this"])
    for line in lines.prefix(3) {
      #expect(TranscriptNoise.kept(of: Array(line.utf8)[...]) == Array(line.utf8))
    }
  }
}
