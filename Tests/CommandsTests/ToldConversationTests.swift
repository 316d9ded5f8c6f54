import Foundation
import TestSupport
import Testing

/// What a handoff tells of a conversation does not depend on what is remembered of earlier ones.
@Suite struct ToldConversationTests: ClaudeHooks {
  private static let memo = ".git/session/conversations"

  /// The transcript grows beyond what is read of it, again and again, with a run beside it.
  @Test func whatIsRememberedChangesNothing() throws {
    let terminal = try terminal()
    let transcript = terminal.repository.root + "/t.jsonl"
    let words = String(repeating: "Lorem ipsum dolor sit amet. ", count: 8_000)
    for round in 0..<12 {
      if round % 3 > 0 {
        try append(
          """
          {"type":"user","message":{"role":"user","content":"Request \(round)"}}
          {"type":"assistant","message":{"id":"m\(round)","content":[{"type":"text","text":"Answer \(round). \(words)"},\
          {"type":"tool_use","id":"t\(round)","name":"Bash","input":{"command":"make test\(round % 5)"}}]}}
          {"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t\(round)","is_error":\(round % 2 == 0),"content":"Exit code 2"}]}}

          """, to: transcript)
      }
      if round == 5 { try hook("SessionStart", #","source":"startup""#, terminal, run: "other") }
      try hook("Stop", #","transcript_path":"\#(transcript)""#, terminal, run: round == 7 ? "other" : "r")
      let told = try conversation(terminal)
      #expect(round == 0 || told.contains("Request \(round % 3 > 0 ? round : round - 1)"), "\(told)")
      #expect(try conversation(terminal) == told, "round \(round)")
      // Sometimes nothing, sometimes something old, and sometimes something else is remembered.
      switch round % 4 {
      case 1: try terminal.output("cp \(Self.memo) ../old; mv \(Self.memo) ../kept")
      case 2: try terminal.output("mv ../old \(Self.memo)")
      case 3: try terminal.output("printf x | dd of=\(Self.memo) bs=1 seek=9000 conv=notrunc status=none")
      default: try terminal.output("rm -f \(Self.memo)")
      }
      #expect(try conversation(terminal) == told, "round \(round)")
    }
  }

  @Test func itIsReadOnceAndForThisUserAlone() throws {
    let terminal = try terminal()
    let transcript = terminal.repository.root + "/t.jsonl"
    try append(#"{"type":"user","message":{"role":"user","content":"Once"}}"# + "\n", to: transcript)
    try hook("Stop", #","transcript_path":"\#(transcript)""#, terminal)
    let told = try conversation(terminal)
    #expect(try terminal.output("stat -c %a \(Self.memo)") == "600\n")
    try terminal.output("touch -d '2 days ago' \(Self.memo); cp -a \(Self.memo) ../memo")
    #expect(try conversation(terminal) == told)
    #expect(try terminal.output("test \(Self.memo) -nt ../memo || echo kept") == "kept\n")
    // Of a session it says nothing for another one.
    try terminal.output("git session pause --quiet; git session start 'Another matter' --quiet")
    #expect(try !conversation(terminal).contains("Once"))
  }

  private func append(_ text: String, to path: String) throws {
    if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  /// Without what names the moment at which it was told.
  private func conversation(_ terminal: Terminal) throws -> String {
    let lines = try terminal.output("git session handoff --budget 20k").split(separator: "\n")
    return lines.filter { !$0.contains("stamp") && !$0.contains(" ago") }.joined(separator: "\n")
  }
}
