/// One conversation of one agent inside a session, as its events tell it.
package struct AgentRun: Hashable, Sendable {
  /// By which an agent's conversation is known everywhere.
  package struct ID: Hashable, Comparable, Sendable {
    /// `claude-code`
    package let agent: String
    /// The agent's own name for the conversation.
    package let run: String

    /// Of a name, in bytes.
    package static let nameLimit = 200

    /// Nil for what no agent calls itself or a conversation: empty, longer than ``nameLimit``, or not plain.
    package init?(agent: String, run: String) {
      for name in [agent, run] {
        guard !name.isEmpty, name.utf8.count <= Self.nameLimit, name == PlainText.line(name) else {
          return nil
        }
      }
      (self.agent, self.run) = (agent, run)
    }

    package static func < (left: ID, right: ID) -> Bool { (left.agent, left.run) < (right.agent, right.run) }
  }

  /// The reason of a run that ended without a word.
  package static let lost = "lost"

  package let id: ID
  package internal(set) var started: Timestamp
  /// Nil as long as it goes on, as far as is known.
  package internal(set) var ended: Timestamp?
  /// How it ended, in the agent's word; `lost` if it ended without one.
  package internal(set) var reason: String?
  /// When and how contexts of it began, the oldest first: `startup`, `resume`, `compact`…
  package internal(set) var starts: [Start] = []
  /// The last measures of its context, the oldest first.
  package internal(set) var samples: [Sample] = []
  /// What of its transcript is kept, the part that was kept first at the beginning.
  package internal(set) var segments: [TranscriptSegment] = []

  package struct Start: Hashable, Sendable {
    package let time: Timestamp
    package let source: String
  }

  package struct Sample: Hashable, Sendable {
    package let time: Timestamp
    package let measure: ContextMeasure
  }

  /// How many starts and samples are remembered.
  static let limit = 300

  init(_ id: ID, started: Timestamp) { (self.id, self.started) = (id, started) }

  package var model: String? { samples.last { $0.measure.model != nil }?.measure.model }

  /// The last part of each generation of the transcript, the one that was kept last first: behind one of them the
  /// agent's file goes on, or it is another file.
  package var ends: [TranscriptSegment] {
    var (ends, seen): ([TranscriptSegment], Set<String?>) = ([], [])
    for segment in segments.reversed() where ends.count < Self.endsLimit {
      if seen.insert(segment.generation).inserted { ends.append(segment) }
    }
    return ends
  }

  /// Who writes the next part looks at each of them.
  private static let endsLimit = 16
}

/// How full a context is.
package struct ContextMeasure: Hashable, Sendable {
  /// As the next request would have them.
  package let tokens: Int
  /// Where the agent compacts its context, or is refused.
  package let limit: Int
  /// How often the context had been compacted before.
  package let compactions: Int
  package let model: String?

  /// Of the limit.
  package var percent: Int { (tokens * 100 + limit / 2) / limit }

  /// Nil for numbers that no context has.
  package init?(tokens: Int, limit: Int, compactions: Int, model: String?) {
    guard (0...Tokens.limit).contains(tokens), (1...Tokens.limit).contains(limit),
      (0...1_000_000).contains(compactions)
    else { return nil }
    (self.tokens, self.limit, self.compactions, self.model) = (tokens, limit, compactions, model)
  }
}

/// A part of a transcript that a commit of the session keeps.
package struct TranscriptSegment: Hashable, Sendable {
  /// In the tree of the record commit.
  package let file: String
  /// Of which file of the agent's it is, which may have had several for one run: the parts of one file do not overlap,
  /// and those of another take nothing from them. Nil in old documents.
  package let generation: String?
  /// Which bytes of the agent's file it tells, of whole lines.
  package let range: Range<Int>
  /// Of the bytes before the end of the range: by which it is noticed that the agent's file is another one.
  package let mark: String

  /// More bytes than any file of an agent has; those of all segments can be added up.
  private static let sizeLimit = 1 << 40

  /// Nil for what cannot be: a name that is no name of a file, an empty range.
  package init?(file: String, generation: String?, from start: Int, to end: Int, mark: String) {
    guard start >= 0, start < end, end <= Self.sizeLimit, Self.isName(file), mark.utf8.count <= 64,
      generation?.utf8.count ?? 0 <= 64
    else { return nil }
    (self.file, self.generation, range, self.mark) = (file, generation, start..<end, mark)
  }

  /// Whether it tells all that `other` tells.
  fileprivate func holds(_ other: TranscriptSegment) -> Bool {
    guard generation == other.generation else { return false }
    // Without a generation the mark alone tells files apart.
    guard generation != nil else { return range == other.range && mark == other.mark }
    return range.lowerBound <= other.range.lowerBound && range.upperBound >= other.range.upperBound
  }

  /// Whether nothing of it counts beside `later`.
  fileprivate func yields(to later: TranscriptSegment) -> Bool {
    guard generation == nil, later.generation == nil else { return later.holds(self) }
    return range.lowerBound >= later.range.lowerBound
  }

  private static func isName(_ file: String) -> Bool {
    let slash = UInt8(ascii: "/")
    var last = slash
    for byte in file.utf8 {
      switch byte {
      case 0x30...0x39, 0x61...0x7a, UInt8(ascii: "-"): break
      // No part is empty, or begins with a dot.
      case UInt8(ascii: "."), slash: if last == slash { return false }
      default: return false
      }
      last = byte
    }
    return last != slash && file.utf8.count <= 200
  }
}

// MARK: - Events

extension SessionState {
  /// The runs in the order in which they became known.
  package var runsInOrder: [AgentRun] {
    runs.values.sorted { ($0.started, $0.id) < ($1.started, $1.id) }
  }

  /// A run is known from whatever is said of it first: chains of several writers may come in any order.
  mutating func change(_ id: AgentRun.ID, at time: Timestamp, _ body: (inout AgentRun) -> Void) {
    body(&runs[id, default: AgentRun(id, started: time)])
  }

  /// Whether a fact only repeats what was measured last of a run.
  package func knows(_ fact: Fact) -> Bool {
    guard case .contextMeasured(let id, let measure) = fact else { return false }
    return runs[id]?.samples.last?.measure == measure
  }

  mutating func start(_ id: AgentRun.ID, _ source: String, at time: Timestamp) {
    change(id, at: time) { run in
      run.starts.append(AgentRun.Start(time: time, source: source))
      if run.starts.count > AgentRun.limit { run.starts.removeFirst() }
      (run.ended, run.reason) = (nil, nil)
    }
  }

  mutating func measure(_ id: AgentRun.ID, _ measure: ContextMeasure, at time: Timestamp) {
    change(id, at: time) { run in
      run.samples.append(AgentRun.Sample(time: time, measure: measure))
      if run.samples.count > AgentRun.limit { run.samples.removeFirst() }
    }
  }

  mutating func keep(_ segment: TranscriptSegment, of id: AgentRun.ID, at time: Timestamp) {
    change(id, at: time) { run in
      // Two that save at once keep the same, or one of them a little more, and not long before.
      let recent = max(0, run.segments.count - Self.comparedSegments)..<run.segments.count
      guard !run.segments[recent].contains(where: { $0.holds(segment) }) else { return }
      run.segments.replaceSubrange(recent, with: run.segments[recent].filter { !$0.yields(to: segment) })
      run.segments.append(segment)
    }
  }

  /// A hostile session may hold a hundred thousand.
  private static let comparedSegments = 256
}
