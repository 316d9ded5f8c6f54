import Foundation
import Sessions
import Testing

@testable import Agents

/// What the real program says to its status line.
@Suite struct StatusLineInputs {
  private static func input(_ name: String) throws -> StatusLineInput? {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "StatusLines")
    let bytes = try Data(contentsOf: folder.appending(path: "claude-code.\(name).json"))
    return StatusLineInput(try JSONValue(parsing: Array(bytes)))
  }

  @Test func saysHowFullTheContextIs() throws {
    let input = try #require(try Self.input("59pct"))
    #expect(input.run == "55383d1d-c346-4794-a203-6e90f3bf012f")
    #expect(input.folder == "/home/dev/work/parcel-api")
    #expect((input.model, input.windowSize) == ("claude-haiku-4-5", 200_000))
    #expect(input.usage == ContextUsage(occupied: 118_106, answered: 900))

    let large = try #require(try Self.input("1m-full"))
    let agent = try #require(Agents.named("claude-code"))
    let window = try #require(agent.window(of: large.transcript, settings: [], environment: [:]))
    #expect((window.size, window.limit) == (1_000_000, 967_000))
    #expect(try Int(window.percent(#require(large.usage)).rounded()) == 44)
  }

  @Test(arguments: ["fresh", "after-compact"]) func nobodyKnowsHowFullItIs(name: String) throws {
    let input = try #require(try Self.input(name))
    #expect(input.usage == nil)
    #expect(input.windowSize == 200_000)
  }

  @Test(arguments: [
    "null", "[]", "{}", #"{"cwd":7}"#, #"{"cwd":"relative"}"#, #"{"cwd":"/a\u0000b"}"#,
    #"{"workspace":{"current_dir":[]}}"#,
  ])
  func whatIsNoneIsNone(text: String) throws {
    #expect(StatusLineInput(try JSONValue(parsing: Array(text.utf8))) == nil)
  }

  @Test func whatMakesNoSenseIsUnknown() throws {
    let text = #"""
      {"cwd":"/w","session_id":[],"model":"opus","context_window":{"context_window_size":-5,
       "current_usage":{"input_tokens":1e300,"cache_read_input_tokens":-7,"output_tokens":"many"}}}
      """#
    let input = try #require(StatusLineInput(try JSONValue(parsing: Array(text.utf8))))
    #expect(input.run == nil)
    #expect(input.model == nil)
    #expect(input.windowSize == nil)
    #expect(input.usage == nil)
  }
}

/// A status line that the user had is run by ours, and is there again afterwards.
@Suite struct StatusLineSettings {
  private static let program = "g='/opt/it'\\''s/git-session'; [ -x \"$g\" ] || g=$(command -v git-session)"

  private func settings(_ text: String) throws -> any AgentSettings {
    try #require(Agents.named("claude-code")).settings(in: Array(text.utf8))
  }

  @Test(arguments: [
    "{}\n", "{\"model\":\"opus\"}",
    #"{"statusLine":{"type":"command","command":"~/bin/line --all","padding":0},"model":"opus"}"#,
    #"{ "statusLine" : { "command": "echo 'it'\\''s' \"$PWD\"; printf '%s\\n' x | cat\n" } }"#,
    #"{"statusLine":{"type":"command","command":""}}"#, #"{"statusLine":{"type":"command","command":"'"}}"#,
    #"{"statusLine":null}"#, #"{"statusLine":{"type":"static","text":"me"}}"#, #"{"statusLine":[1]}"#,
    #"{"statusLine":{"type":"command","command":"git session statusline"}}"#,
  ])
  func comeBackByteForByte(text: String) throws {
    var settings = try settings(text)
    settings.addStatusLine(program: Self.program)
    let once = settings.bytes
    settings.addStatusLine(program: Self.program)
    #expect(settings.bytes == once)
    settings.addStatusLine(program: "g='/elsewhere/git-session'")
    settings.disconnect()
    #expect(String(decoding: settings.bytes, as: UTF8.self) == text)
  }

  @Test func theOneBeforeIsHandedOn() throws {
    var settings = try settings(#"{"statusLine":{"type":"command","command":"echo 'a b'","padding":1}}"#)
    settings.addStatusLine(program: "g='/opt/git-session'")
    #expect(settings.hasOwnStatusLine)
    let line = try JSONValue(parsing: settings.bytes)["statusLine"]
    #expect(line?["padding"] == .integer(1))
    #expect(
      line?["command"]?.string
        == #"t='echo '\''a b'\'''; g='/opt/git-session' || exec sh -c "$t"; exec "$g" statusline --then "$t""#
    )
  }
}
