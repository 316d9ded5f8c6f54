import Sessions
import TestSupport
import Testing

@testable import Agents

/// What an agent says may be anything: nothing of it stops the program, and what comes out has bounds.
@Suite struct HostilePayloads {
  /// All that is asked of a payload, whoever is said to have sent it.
  private func take(_ payload: JSONValue, as agent: any Agent) {
    let speaker = agent.speaker(of: payload)
    guard let event = speaker.event(in: payload) else { return }
    #expect(!event.run.isEmpty && event.run.utf8.count <= 4096 && !event.run.utf8.contains(0))
    for path in [event.folder, event.transcript].compactMap(\.self) {
      #expect(path.hasPrefix("/") && path.utf8.count <= 4096 && !path.utf8.contains(0))
    }
    _ = speaker.output(context: "t", at: event.kind)
    _ = speaker.transcript(of: event.run, environment: ["HOME": "/h"])
    var reader = TranscriptReader(speaker.transcripts)
    for line in event.lines { reader.read(line: line) }
    _ = speaker.window(of: reader.transcript, settings: [payload], environment: [:])
    #expect(throws: Never.self) { try TranscriptReader(reader.bytes) }
  }

  /// Every member in its turn, on each level.
  private func variants(_ value: JSONValue, _ use: (JSONValue) -> Void) {
    for other in Self.others { use(other) }
    switch value {
    case .object(let members):
      for (name, member) in members {
        var less = members
        less[name] = nil
        use(.object(less))
        variants(member) { changed in
          var members = members
          members[name] = changed
          use(.object(members))
        }
      }
    case .array(let elements):
      for (place, element) in elements.enumerated() {
        variants(element) { changed in
          var elements = elements
          elements[place] = changed
          use(.array(elements))
        }
      }
    default: break
    }
  }

  private static let others: [JSONValue] = [
    .null, .bool(true), .integer(-1), .integer(.max), .integer(.min), .number(1e308), .string(""),
    .string("/\u{0}"), .string("../../etc"), .array([]), .array([.null]), .object([:]),
  ]

  @Test(arguments: Agents.all.map(\.name)) func wrongTypesEverywhere(name: String) throws {
    let agent = try #require(Agents.named(name))
    for (_, payload) in try Sample.payloads(name) { variants(payload) { take($0, as: agent) } }
  }

  /// Of other agents, under this one's name.
  @Test(arguments: Agents.all.map(\.name)) func payloadsOfOthers(name: String) throws {
    let agent = try #require(Agents.named(name))
    for other in Agents.all {
      for (_, payload) in try Sample.payloads(other.name) { take(payload, as: agent) }
    }
  }

  @Test(arguments: Agents.all.map(\.name)) func cutOffAnywhere(name: String) throws {
    let agent = try #require(Agents.named(name))
    for (_, payload) in try Sample.payloads(name).prefix(6) {
      let bytes = payload.canonical.filter { $0 >= 0x20 }
      for length in 0..<bytes.count {
        #expect(throws: JSONValue.Malformed.self) { try JSONValue(parsing: Array(bytes[..<length])) }
      }
      take(payload, as: agent)
    }
  }

  @Test(arguments: Agents.all.map(\.name)) func namesWithoutAnEnd(name: String) throws {
    let agent = try #require(Agents.named(name))
    let long = JSONValue.string("/" + String(repeating: "x", count: 1 << 20))
    for (_, payload) in try Sample.payloads(name) {
      take(.object((payload.object ?? [:]).mapValues { $0.string == nil ? $0 : long }), as: agent)
    }
  }
}

/// Transcripts of any content.
@Suite struct HostileTranscripts {
  /// A whole conversation cut off anywhere, as by a crash: what was read is right, and more is read later.
  @Test(arguments: TranscriptAgent.allCases) func cutOffAnywhere(agent: TranscriptAgent) throws {
    let bytes = try Sample.bytes(agent.rawValue)
    let whole = try Sample.reader(agent).transcript
    for length in stride(from: 0, through: bytes.count, by: bytes.count / 50) {
      var reader = TranscriptReader(agent)
      try reader.read(bytes[..<length])
      reader.finish()
      #expect(reader.transcript.malformedLines == 0)
      try reader.read(bytes[reader.start...])
      #expect(reader.transcript == whole)
    }
  }

  @Test(arguments: TranscriptAgent.allCases) func lineEndsInWrongPlaces(agent: TranscriptAgent) throws {
    let bytes = try Sample.bytes(agent.rawValue)
    for seed in 0..<20 {
      var random = Random(seed << 20)
      var damaged = bytes
      for _ in 0..<20 { damaged.insert(UInt8(ascii: "\n"), at: random.number(0...damaged.count)) }
      var reader = TranscriptReader(agent)
      try reader.read(damaged)
      reader.finish()
      #expect(try TranscriptReader(reader.bytes) == reader)
    }
  }

  @Test(arguments: TranscriptAgent.allCases) func deepAndLongLines(agent: TranscriptAgent) throws {
    let line = String(
      decoding: try Sample.bytes(agent.rawValue).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let nested = String(repeating: "[", count: 100_000)
    let deep = line.replacing(":\"", with: ":\(nested)\"", maxReplacements: 1)
    let nests = #"{"type":"user","id":"a","role":"user","message":{"content":"# + nested + "\n"
    let null = "\u{0}\u{0}\u{0}\n{\"type\":\"\u{0}\"}\n"
    var reader = TranscriptReader(agent)
    try reader.read(Array((deep + "\n" + nests + null).utf8) + [0xff, 0xfe, 0x0a])
    try reader.read([UInt8](repeating: UInt8(ascii: "{"), count: 3 << 19))
    #expect(reader.transcript.longLines == 1)
    try reader.read(Array(("\n" + line + "\n").utf8))
    reader.finish()
    #expect(reader.bytes.count < 4000)
    #expect(reader.transcript.requestCount <= 2)
  }

  /// Nothing that a run repeats without end is remembered without end.
  @Test(arguments: TranscriptAgent.allCases) func whatIsRememberedHasABound(agent: TranscriptAgent) throws {
    let lines = try Sample.bytes(agent.rawValue).split(separator: UInt8(ascii: "\n"))
    var reader = TranscriptReader(agent)
    for round in 0..<40 {
      for line in lines {
        // Other ids each time.
        let text = String(decoding: line, as: UTF8.self).replacing("\"id\":\"", with: "\"id\":\"\(round)")
          .replacing("\"callID\":\"", with: "\"callID\":\"\(round)")
        try reader.read(Array((text + "\n").utf8))
      }
    }
    #expect(reader.bytes.count < 60_000)
    #expect(reader.transcript.compactions >= (agent == .cursor ? 0 : 40))
  }
}
