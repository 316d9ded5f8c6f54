import Foundation
import Testing

@testable import Agents

/// Invented transcripts, in the form in which the real programs write them.
enum Sample {
  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
    return Array(try Data(contentsOf: folder.appending(path: name + ".jsonl")))
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
