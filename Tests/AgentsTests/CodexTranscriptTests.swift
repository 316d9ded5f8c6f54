import Testing

@testable import Agents

@Suite struct CodexTranscriptSuite {
  @Test func whatARolloutTells() throws {
    let transcript = try Sample.reader(.codex).transcript
    #expect(transcript.id == "01a1f0c2-e5eb-7e2b-bcd2-d4ea1168ef21")
    #expect(transcript.model == "gpt-5.5")
    #expect(transcript.folder == "/home/dev/work/parcel-api")
    #expect(transcript.branch == "main")
    #expect(transcript.version == "0.163.0")
    #expect(transcript.usage?.next == 19_020)
    #expect(transcript.usage?.answered == 220)
    #expect(transcript.reportedWindow == 258_400)
    #expect(transcript.requests == ["Add a retry limit to the courier webhook", "Now the SMS webhook"])
    #expect(transcript.compactions == 1)
    #expect(transcript.lastCompaction == Transcript.Compaction(trigger: nil, before: 247_600, after: nil))
    #expect(transcript.lastWords == "Both webhooks now stop after five attempts.")
    #expect(transcript.commands.map(\.text) == ["npm test -- webhook", "cat src/sms.ts"])
    #expect(transcript.commands.map(\.outcome) == [.passed, .passed])
    #expect(
      Set(transcript.filesEdited.map(\.path)) == [
        "/home/dev/work/parcel-api/src/retry.ts", "/home/dev/work/parcel-api/src/webhook.ts",
      ])
    #expect(transcript.malformedLines == 0)
  }

  @Test func occupancyAsItGrows() throws {
    var seen: [Int?] = []
    for state in try Sample.states(.codex) where seen.last != .some(state.usage?.next) {
      seen.append(state.usage?.next)
    }
    #expect(seen == [nil, 61_900, 131_400, 215_000, 246_200, 247_600, nil, 7_120, 19_020])
  }

  @Test func aRequestThatIsWrittenTwiceIsOne() throws {
    func item(_ text: String) -> String {
      #"{"type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"\#(text)"}]}}"#
    }
    func event(_ text: String) -> String {
      #"{"type":"event_msg","payload":{"type":"user_message","message":"\#(text)"}}"#
    }
    #expect(
      try Sample.transcript(.codex, item("a"), event("a"), item("b"), event("b")).requests == ["a", "b"])
    #expect(
      try Sample.transcript(.codex, event("a"), item("a"), event("a"), item("a")).requests == ["a", "a"])
    #expect(try Sample.transcript(.codex, item("go on"), item("go on")).requests == ["go on", "go on"])
    #expect(try Sample.transcript(.codex, item("<environment_context>x"), event("a")).requests == ["a"])
  }

  @Test func commandsOfAllForms() throws {
    func call(_ id: String, _ name: String, _ arguments: String) -> String {
      let text = arguments.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return
        #"{"type":"response_item","payload":{"type":"function_call","call_id":"\#(id)","name":"\#(name)","arguments":"\#(text)"}}"#
    }
    func output(_ id: String, _ text: String) -> String {
      #"{"type":"response_item","payload":{"type":"function_call_output","call_id":"\#(id)","output":"\#(text)"}}"#
    }
    let transcript = try Sample.transcript(
      .codex, call("1", "exec_command", #"{"cmd":"a"}"#),
      call("2", "shell", #"{"command":["bash","-lc","b c"]}"#),
      call("3", "shell_command", #"{"command":"d"}"#), call("4", "shell", #"{"command":["ls","-l"]}"#),
      call("5", "exec_command", "not json"),
      output("1", #"Chunk ID: 1\nProcess exited with code 2\nOutput:\nExit code: 0"#),
      output("2", #"Exit code: 0\nWall time: 1"#),
      #"{"type":"event_msg","payload":{"type":"item_completed","item":{"type":"CommandExecution","id":"3","exit_code":127,"command_actions":[{"type":"read","path":"x.c"}]}}}"#,
      output("3", #"Exit code: 0"#), output("4", "Exit code: many"),
      call(
        "6", "update_plan",
        #"{"plan":[{"step":"Tests","status":"in_progress"},{"step":"Docs","status":"pending"}]}"#))
    #expect(transcript.commands.map(\.text) == ["a", "b c", "d", "ls -l"])
    #expect(transcript.commands.map(\.outcome) == [.failed, .passed, .failed, .none])
    #expect(transcript.commands.map(\.exitCode) == [2, 0, 127, nil])
    #expect(transcript.plan.map(\.text) == ["Tests", "Docs"])
    #expect(transcript.filesRead.map(\.path) == ["x.c"])
  }
}
