package import Sessions

/// Reads the transcript of a coding agent as it grows.
///
/// Give it the bytes of the file from ``start`` on, in pieces of any size, then call ``finish()``. What is saved of
/// it (``bytes``) lets another process go on where this one has stopped: a transcript of any length costs what its
/// new tail costs. A line that is not yet complete is left for the next time.
package struct TranscriptReader: Hashable, Sendable {
  package let agent: TranscriptAgent
  package internal(set) var transcript = Transcript()
  private var lines = TranscriptLines()
  /// What the next lines refer to.
  var context = TranscriptContext()

  package typealias Changed = TranscriptLines.Changed

  package init(_ agent: TranscriptAgent) { self.agent = agent }

  init(_ agent: TranscriptAgent, lines: TranscriptLines, transcript: Transcript, context: TranscriptContext) {
    (self.agent, self.lines, self.transcript, self.context) = (agent, lines, transcript, context)
  }

  /// The figures of usage since this was asked last.
  package mutating func takeFigures() -> [ContextUsage] {
    defer { transcript.figures = [] }
    return transcript.figures
  }

  /// Where in the file reading has to begin.
  package var start: Int { lines.start }

  /// Behind the last complete line that was read. A file that is shorter was replaced.
  package var offset: Int { lines.offset }

  var position: TranscriptLines { lines }

  /// Throws if the file is no longer the one that was read before; a new reader has to read all of it then.
  package mutating func read(_ piece: some Collection<UInt8>) throws(Changed) {
    var (found, long): ([ArraySlice<UInt8>], Int) = ([], 0)
    // Lines are read after they are cut, so that both may change this value.
    try lines.read(piece, line: { found.append($0) }, longLine: { long += 1 })
    transcript.longLines += long
    for line in found { read(line: line) }
  }

  /// No more comes for now.
  package mutating func finish() { lines.rewind() }

  /// The next bytes are those behind ``offset``, of a transcript that the caller knows to be the same one.
  package mutating func goOn() { lines.goOn() }

  private mutating func read(line: ArraySlice<UInt8>) {
    guard line.contains(where: { $0 > 0x20 }), agent.concerns(line) else { return }
    guard let value = try? JSONValue(forgiving: Array(line)) else {
      transcript.malformedLines += 1
      return
    }
    read(line: value)
  }

  /// A line that comes by another way than the file.
  package mutating func read(line: JSONValue) {
    switch agent {
    case .claudeCode: readClaude(line)
    case .codex: readCodex(line)
    case .gemini: readGemini(line)
    case .opencode: readOpenCode(line)
    case .cursor: readCursor(line)
    case .copilot: readCopilot(line)
    }
  }
}

/// Agents whose transcripts are understood.
package enum TranscriptAgent: String, CaseIterable, Sendable {
  case claudeCode = "claude-code"
  case codex, gemini, opencode, cursor, copilot

  /// False for kinds of lines that are long, frequent, and say nothing that is asked here. What they are is told by
  /// the first `"type"` in them, or a further one where that says no more than that something is attached.
  fileprivate func concerns(_ line: ArraySlice<UInt8>) -> Bool {
    let needle = Array("\"type\":\"".utf8)
    var (place, isAttachment) = (line.startIndex, false)
    while let quote = line[place...].place(of: UInt8(ascii: "\"")) {
      guard line[quote...].starts(with: needle) else {
        place = quote + 1
        continue
      }
      let value = line[(quote + needle.count)...].prefix(32).prefix { $0 != UInt8(ascii: "\"") }
      place = quote + needle.count
      switch String(decoding: value, as: UTF8.self) {
      case "queued_command" where isAttachment: return true
      case "attachment" where self == .claudeCode: isAttachment = true
      case let kind where !isAttachment: return !noise.contains(kind)
      default: continue
      }
    }
    return !isAttachment
  }

  private var noise: Set<String> {
    switch self {
    case .claudeCode:
      [
        "file-history-snapshot", "progress", "api-request", "api-request-shape", "api-request-blob",
        "queue-operation", "mode", "permission-mode", "last-prompt", "cost-state", "tools-used", "atis-latch",
        "tag",
      ]
    case .codex: ["world_state"]
    case .gemini, .opencode, .cursor, .copilot: []
    }
  }
}

/// What has to be known of lines before, beside what the transcript tells.
struct TranscriptContext: Hashable, Sendable {
  /// Calls of tools that make items of the plan, by call: the text.
  var plannedItems: [String: String] = [:]
  /// The last request, where an agent writes it twice.
  var lastRequest: String?
  /// What was taken in and may come again: calls of tools, and messages.
  private(set) var seen: [String] = []
  /// How things stood before each of the last messages, where an agent goes back to one.
  var marks: [Mark] = []

  struct Mark: Hashable, Sendable {
    let message: String
    let requestCount: Int
    let usage: ContextUsage?
  }

  init() {}

  init(seen: [String]) { self.seen = seen }

  /// False if that was seen before.
  mutating func notes(_ name: String?) -> Bool {
    guard let name else { return true }
    let short = Transcript.name(name)
    guard !seen.contains(short) else { return false }
    seen.append(short)
    if seen.count > Self.limit { seen.removeFirst() }
    return true
  }

  mutating func mark(_ message: String, _ transcript: Transcript) {
    marks.append(
      Mark(message: Transcript.name(message), requestCount: transcript.requestCount, usage: transcript.usage))
    if marks.count > Self.limit { marks.removeFirst() }
  }

  private static let limit = 200
}
