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

  init(_ history: SessionHistory, from batch: ObjectBatch) {
    (self.history, self.batch) = (history, batch)
  }

  /// So many runs are read, and of each so many bytes of its end: what was long ago is in commits and records.
  private static let (runs, bytes) = (2, 2 << 20)
  private static let (requests, commands, files) = (8, 10, 6)

  /// Transcripts that another thread reads.
  final class Reading {
    fileprivate let runs: [AgentRun]
    fileprivate let transcripts: Future<[Transcript?], any Error>

    fileprivate init(_ runs: [AgentRun], _ read: @escaping @Sendable (AgentRun) throws -> Transcript?) {
      self.runs = runs
      transcripts = Future { try runs.map(read) }
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
    if let earlier, runs.elementsEqual(earlier.runs, by: { $0.id == $1.id && $0.segments == $1.segments }) {
      return earlier
    }
    return Reading(runs, transcript)
  }

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

  /// The kept parts at the end of a run's transcript.
  private func ends(of run: AgentRun) throws -> [[UInt8]] {
    var (count, size) = (0, 0)
    for segment in run.segments.reversed() where size < Self.bytes {
      count += 1
      size += segment.range.count
    }
    return try history.transcript(of: run, last: count, from: batch).compactMap(\.bytes)
  }

  private func transcript(of run: AgentRun) throws -> Transcript? {
    guard let agent = Agents.named(run.id.agent) else { return nil }
    var reader = TranscriptReader(agent.transcripts)
    // A new reader finds nothing changed.
    for part in try ends(of: run) { try? reader.read(part) }
    return reader.transcript
  }

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
