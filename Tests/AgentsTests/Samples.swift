import Foundation
import Sessions
import Testing

@testable import Agents

/// Invented transcripts, in the form in which the real programs write them.
enum Sample {
  static func bytes(_ name: String) throws -> [UInt8] { try file("Transcripts/\(name).jsonl") }

  /// What an agent tells its hooks, by the name of what it tells.
  static func payloads(_ agent: String) throws -> [(name: String, payload: JSONValue)] {
    try file("Payloads/\(agent).jsonl").split(separator: UInt8(ascii: "\n")).map { line in
      let entry = try JSONValue(parsing: Array(line))
      return (try #require(entry["name"]?.string), try #require(entry["payload"]))
    }
  }

  private static func file(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: path)))
  }

  static func reader(_ agent: TranscriptAgent) throws -> TranscriptReader {
    var reader = TranscriptReader(agent)
    try reader.read(try bytes(agent.rawValue))
    reader.finish()
    return reader
  }

  /// All that lines in one text say.
  static func transcript(_ agent: TranscriptAgent, _ lines: String...) throws -> Transcript {
    var reader = TranscriptReader(agent)
    try reader.read(lines.map { $0 + "\n" }.joined().utf8)
    return reader.transcript
  }

  /// The transcript after each line.
  static func states(_ agent: TranscriptAgent) throws -> [Transcript] {
    var reader = TranscriptReader(agent)
    var states: [Transcript] = []
    for line in try bytes(agent.rawValue).split(separator: UInt8(ascii: "\n")) {
      try reader.read(line + [UInt8(ascii: "\n")])
      states.append(reader.transcript)
    }
    return states
  }
}
