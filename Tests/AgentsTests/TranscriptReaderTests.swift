import Sessions
import TestSupport
import Testing

@testable import Agents

@Suite struct TranscriptReaderSuite {
  @Test(arguments: TranscriptAgent.allCases) func whereItIsCutDoesNotMatter(agent: TranscriptAgent) throws {
    let bytes = try Sample.bytes(agent.rawValue)
    let whole = try Sample.reader(agent)
    for seed in 0..<40 {
      var random = Random(seed << 20)
      var reader = TranscriptReader(agent)
      var end = 0
      while end < bytes.count {
        // The file grows; another process goes on with what this one has left.
        end = min(bytes.count, end + random.number(1...4000))
        var place = reader.start
        while place < end {
          let next = min(end, place + random.number(1...3000))
          try reader.read(bytes[place..<next])
          place = next
        }
        reader.finish()
        reader = try TranscriptReader(reader.bytes)
      }
      #expect(reader.transcript == whole.transcript, "seed \(seed)")
      #expect(reader.offset == bytes.count)
    }
  }

  @Test func onlyTheTailIsReadAgain() throws {
    let bytes = try Sample.bytes("codex")
    let reader = try Sample.reader(.codex)
    #expect(reader.start >= bytes.count - 64)
    var again = try TranscriptReader(reader.bytes)
    try again.read(bytes[again.start...])
    #expect(again.transcript == reader.transcript)
  }

  @Test func anotherFileIsNoticed() throws {
    var reader = try TranscriptReader(try Sample.reader(.codex).bytes)
    #expect(throws: TranscriptReader.Changed.self) {
      try reader.read(Array(repeating: UInt8(ascii: "x"), count: 100))
    }
  }

  @Test func damagedMemosAreRefused() throws {
    let bytes = try Sample.reader(.claudeCode).bytes
    #expect(throws: ByteReader.Malformed.self) { try TranscriptReader([]) }
    for seed in 0..<2000 {
      var random = Random(seed << 20)
      var damaged = bytes
      if random.once(in: 3) { damaged.removeLast(random.number(1...damaged.count)) }
      for _ in 0..<random.number(0...3) where !damaged.isEmpty {
        damaged[random.number(0...damaged.count - 1)] = UInt8(random.number(0...255))
      }
      // Whatever comes of it, it ends.
      if let reader = try? TranscriptReader(damaged) { _ = reader.bytes }
    }
  }

  @Test func longLinesArePassedOver() throws {
    let long =
      "{\"type\":\"user\",\"message\":{\"content\":\"" + String(repeating: "x", count: 3 << 20) + "\"}}\n"
    let short = "{\"type\":\"user\",\"message\":{\"content\":\"hello\"}}\n"
    let bytes = Array((short + long + short + long).utf8)
    var reader = TranscriptReader(.claudeCode)
    for start in stride(from: 0, to: bytes.count, by: 70_000) {
      try reader.read(bytes[start..<min(start + 70_000, bytes.count)])
      if start % 350_000 == 0 {
        reader.finish()
        let next = reader.start
        reader = try TranscriptReader(reader.bytes)
        try reader.read(bytes[next..<min(start + 70_000, bytes.count)])
      }
    }
    #expect(reader.transcript.requests == ["hello", "hello"])
    #expect(reader.transcript.longLines == 2)
    #expect(reader.offset == bytes.count)
  }

  @Test func whatIsRemembereHasABound() throws {
    var reader = TranscriptReader(.claudeCode)
    for number in 0..<3000 {
      let text = String(repeating: "word ", count: 2000)
      let lines = #"""
        {"type":"user","message":{"content":"\#(number) \#(text)"}}
        {"type":"assistant","message":{"content":[{"type":"text","text":"\#(text)"},{"type":"tool_use","id":"\#(number)","name":"Bash","input":{"command":"\#(text)"}},{"type":"tool_use","id":"r","name":"Read","input":{"file_path":"/\#(number)"}},{"type":"tool_use","id":"t\#(number) \#(text)","name":"TaskCreate","input":{"subject":"\#(text)"}}],"usage":{"input_tokens":\#(number)}}}
        {"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t\#(number) \#(text)"}]},"toolUseResult":{"task":{"id":"\#(text)"}}}

        """#
      if number % 30 == 0 { try reader.read(lines.utf8) }
    }
    #expect(reader.transcript.requestCount == 100)
    #expect(reader.bytes.count < 1_000_000)
    #expect(reader.transcript.requests.count == 20 && reader.transcript.turnEnds.count == 16)
  }

  @Test func halvesOfSurrogatesAndBytesThatAreNoText() throws {
    let line = Array(
      #"{"type":"user","message":{"content":"a\ud83d b\ude00 \ud83d\ude00 \\ud83d \#("\u{1}")"}}"#.utf8.map {
        $0 == 1 ? 0xff : $0
      })
    var reader = TranscriptReader(.claudeCode)
    try reader.read(line + [UInt8(ascii: "\n")])
    #expect(reader.transcript.requests == ["a\u{fffd} b\u{fffd} 😀 \\ud83d \u{fffd}"])
    #expect(reader.transcript.malformedLines == 0)
  }

  @Test(arguments: TranscriptAgent.allCases) func damagedTranscriptsHurtNobody(agent: TranscriptAgent) throws
  {
    let bytes = try Sample.bytes(agent.rawValue)
    let pieces: [[UInt8]] = [
      [0], [0xff], Array("null".utf8), Array("[]".utf8), Array("-1".utf8), Array("1e308".utf8),
      Array("\"\"".utf8),
      Array("{}".utf8), Array("9223372036854775807".utf8), Array("\\ud800".utf8),
      [UInt8](repeating: 0x5b, count: 3000),
      Array("\n".utf8),
    ]
    for seed in 0..<400 {
      var random = Random(seed << 20)
      var damaged = bytes
      for _ in 0..<random.number(1...20) {
        let place = random.number(0...damaged.count - 1)
        let end = min(damaged.count, place + random.number(0...20))
        damaged.replaceSubrange(place..<end, with: random.pick(pieces))
      }
      var reader = TranscriptReader(agent)
      try reader.read(damaged)
      reader.finish()
      #expect(try TranscriptReader(reader.bytes) == reader)
    }
  }

  /// Every value in its place replaced by one of another type.
  @Test(arguments: TranscriptAgent.allCases) func wrongTypesHurtNobody(agent: TranscriptAgent) throws {
    var random = Random(11)
    for line in try Sample.bytes(agent.rawValue).split(separator: UInt8(ascii: "\n")) {
      let value = try JSONValue(parsing: Array(line))
      for _ in 0..<30 {
        let text = Self.changed(value, &random).canonical.filter { $0 != UInt8(ascii: "\n") }
        var reader = TranscriptReader(agent)
        try reader.read(text + [UInt8(ascii: "\n")])
        #expect(reader.transcript.malformedLines == 0)
      }
    }
  }

  private static func changed(_ value: JSONValue, _ random: inout Random) -> JSONValue {
    if random.once(in: 12) {
      return random.pick([
        .null, .bool(true), .integer(-1), .integer(.max), .integer(.min), .number(1.5), .string("x"),
        .array([]),
        .array([.null, .integer(3)]), .object([:]),
      ])
    }
    switch value {
    case .array(let elements): return .array(elements.map { changed($0, &random) })
    case .object(let members): return .object(members.mapValues { changed($0, &random) })
    default: return value
    }
  }
}
