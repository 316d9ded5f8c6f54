import Agents
import Files
import Git
import Handoffs
import Sessions
import Storage

/// What the kept transcripts of a session tell a stranger.
struct Conversations: Sendable {
  private let history: SessionHistory
  private let batch: ObjectBatch
  private let memo: TranscriptMemo

  init(_ history: SessionHistory, from batch: ObjectBatch) {
    (self.history, self.batch) = (history, batch)
    memo = TranscriptMemo(of: history, in: batch.repository)
  }

  /// So many runs are read: what was long ago is in commits and records.
  private static let runs = 2
  private static let (requests, commands, files) = (8, 10, 6)

  /// Transcripts that another thread reads.
  final class Reading {
    fileprivate let runs: [AgentRun]
    fileprivate let transcripts: Future<[Transcript?], any Error>

    fileprivate init(_ runs: [AgentRun], _ read: @escaping @Sendable ([AgentRun]) throws -> [Transcript?]) {
      self.runs = runs
      transcripts = Future { try read(runs) }
    }
  }

  /// The runs that spoke last, the last one first.
  private var lastRuns: [AgentRun] {
    let runs = history.state.runsInOrder.filter { !$0.segments.isEmpty }
    return Array(runs.sorted { $0.lastHeard > $1.lastHeard }.prefix(Self.runs))
  }

  /// Their transcripts are read meanwhile. `earlier` is what was begun before the latest facts were known.
  func reading(after earlier: Reading? = nil) -> Reading {
    let runs = lastRuns
    if let earlier {
      if runs.elementsEqual(earlier.runs, by: { $0.id == $1.id && $0.segments == $1.segments }) {
        return earlier
      }
      // What it reads is not read twice. That it cannot be read is found again.
      _ = try? earlier.transcripts.value()
    }
    return Reading(runs, transcripts)
  }

  /// Reads them for the next handoff.
  func remember() throws { _ = try transcripts(of: lastRuns) }

  /// Of the runs that spoke last, the last one first.
  func told(by reading: Reading) throws -> [Conversation] {
    let runs = lastRuns
    let conversations = zip(runs, try reading.transcripts.value()).compactMap { run, transcript in
      transcript.map { Self.conversation(run, $0, beside: runs[0]) }
    }
    return Self.named(conversations)
  }

  /// By its agent alone, unless there are two of it.
  private static func named(_ conversations: [Conversation]) -> [Conversation] {
    let agents = conversations.map(\.agent)
    return conversations.map { conversation in
      var conversation = conversation
      if agents.count(where: { $0 == conversation.agent }) > 1 {
        conversation.name += " \(conversation.run.prefix(8))"
      }
      return conversation
    }
  }

  private typealias KeptReading = TranscriptMemo.Reading

  /// Reads what was kept since the last time.
  private func transcripts(of runs: [AgentRun]) throws -> [Transcript?] {
    let known = memo.read()
    let readings = try runs.map { try reading(of: $0, knowing: known) }
    memo.write(readings.compactMap(\.self), unless: known)
    return readings.map { $0?.reader.transcript }
  }

  private func reading(of run: AgentRun, knowing known: [KeptReading]) throws -> KeptReading? {
    guard let agent = Agents.named(run.id.agent) else { return nil }
    let end = run.segments.suffix(Self.partsRead(of: run))
    var reading =
      known.first { $0.run == run.id && end.starts(with: $0.parts) }
      ?? KeptReading(run: run.id, reader: TranscriptReader(agent.transcripts))
    let rest = end.count - reading.parts.count
    try history.readTranscript(of: run, last: rest, from: batch) { reading.add($0, $1) }
    return reading
  }

  /// How many parts are read, from the last one back: those of one to two times ``size``. Where the first one of them
  /// begins stays the same until so much has come again.
  private static func partsRead(of run: AgentRun) -> Int {
    let whole = run.segments.reduce(0) { $0 + $1.range.count }
    var rest = whole - max(0, whole / size - 1) * size
    return run.segments.suffix(partsLimit).reversed().prefix { segment in
      defer { rest -= segment.range.count }
      return rest > 0
    }.count
  }

  /// Of a transcript, in bytes.
  private static let size = 1 << 20
  /// A turn leaves more than two kilobytes; others may write what they like.
  private static let partsLimit = 1000

  private static func conversation(
    _ run: AgentRun, _ transcript: Transcript, beside last: AgentRun
  ) -> Conversation {
    var conversation = Conversation(agent: run.id.agent, run: run.id.run)
    conversation.isPast = run.ended.map { $0 < last.started } ?? false
    conversation.resume = Agents.named(run.id.agent)?.resuming(run.id.run)
    // What says no time came after what was said before it.
    var time = run.started
    conversation.requests = zip(transcript.requests, transcript.requestTimes).map { text, said in
      time = said ?? time
      return Conversation.Request(text: text, time: time)
    }.suffix(requests)
    conversation.plan = transcript.plan.map { item in
      let status: Conversation.PlanItem.Status =
        switch item.status {
        case "completed", "done", "cancelled": .done
        case "in_progress", "in-progress": .doing
        default: .open
        }
      return Conversation.PlanItem(text: item.text, status: status)
    }
    conversation.lastWords = transcript.lastWords
    conversation.commands = lastOutcomes(transcript.commands)
    conversation.unfinished = transcript.commands.last.flatMap { $0.outcome == .none ? $0.text : nil }
    func relative(_ path: String) -> String {
      guard let folder = transcript.folder, path.hasPrefix(folder + "/") else { return path }
      return String(path.dropFirst(folder.count + 1))
    }
    conversation.filesRead = transcript.filesRead.filter { $0.count > 1 }
      .sorted { ($1.count, $0.path) < ($0.count, $1.path) }.prefix(files)
      .map { Conversation.FileUse(path: relative($0.path), count: $0.count) }
    return conversation
  }

  /// A command that was run again counts by its last outcome.
  private static func lastOutcomes(_ all: [Transcript.Command]) -> [Conversation.Command] {
    var seen: Set<String> = []
    var found: [Conversation.Command] = []
    for command in all.reversed() where command.outcome != .none && seen.insert(command.text).inserted {
      found.append(
        Conversation.Command(
          line: command.text, hasPassed: command.outcome == .passed, exitCode: command.exitCode))
    }
    return found.prefix(commands).reversed()
  }
}

extension AgentRun {
  fileprivate var lastHeard: Timestamp {
    [started, ended, starts.last?.time, samples.last?.time].compactMap(\.self).max() ?? started
  }
}
