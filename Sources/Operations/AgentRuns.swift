import Agents
import Files
import Git
import Sessions

/// What a work tree remembers of the runs of agents in it: by which nothing is handed to a context twice, saves know
/// which transcripts to keep, and a run that ended without a word is noticed. Whoever loses it loses nothing that was
/// saved.
struct AgentRuns {
  private let folder: String

  init(_ repository: Repository) { folder = repository.worktreeState }

  private var file: String { folder + "/agent-runs.json" }

  /// So many runs are remembered.
  private static let limit = 50
  /// Within so many milliseconds two hooks of one kind and one process tell of one and the same start or compaction:
  /// settings of a user and of a project may both hold ours.
  private static let moment: Int64 = 5000

  /// Bytes of a path, beyond which no system opens it.
  private static let pathLimit = 4096
  /// Bytes. So many runs take less, whatever agents call things.
  private static let sizeLimit = 4 << 20

  /// Milliseconds. Whoever holds the lock is through at once, unless the machine has no time for it.
  private static let patience = 4000

  /// One run, as its hooks have told.
  struct Entry {
    let agent: String
    let run: String
    fileprivate(set) var heard: Timestamp
    /// How its last context began, and when.
    fileprivate(set) var source: String?
    fileprivate(set) var started: Timestamp?
    /// When it was last about to be compacted.
    fileprivate(set) var compacting: Timestamp?
    fileprivate(set) var transcript: String?
    /// The agent itself.
    fileprivate(set) var process: RunningProcess?
    /// In which it works; nil as long as it had none.
    fileprivate(set) var session: SessionID?
    /// It has ended, for this reason.
    fileprivate(set) var ended: String?
    /// What the fullness of its context had called for by then.
    fileprivate(set) var watch: ContextWatch?

    var id: AgentRun.ID? { AgentRun.ID(agent: agent, run: run) }
  }

  /// The last ones, the one that was heard last at the end. A file that nobody of us has written holds none; the next
  /// one takes its place.
  var entries: [Entry] {
    guard let bytes = try? Files.read(file, limit: Self.sizeLimit), let value = try? JSONValue(parsing: bytes)
    else { return [] }
    return (value.array ?? []).compactMap(Entry.init)
  }

  /// When a hook of each agent was last run.
  var heard: [String: Timestamp] {
    Dictionary(entries.map { ($0.agent, $0.heard) }, uniquingKeysWith: max)
  }

  /// The run of the agent that is one of these processes; the one that was heard last, if it has several.
  func run(of processes: [RunningProcess]) -> AgentRun.ID? {
    guard !processes.isEmpty else { return nil }
    return entries.last { entry in
      entry.process.map { process in processes.contains { $0.isSame(as: process) } } ?? false
    }?.id
  }

  /// Notes an event of a run. False if it tells of a start or a compaction that was just told.
  func note(
    _ event: AgentEvent, of agent: String, in session: SessionID?, from process: RunningProcess?,
    transcript: String?, at now: Timestamp
  ) throws -> Bool {
    // No agent calls a run so; who does is heard each time.
    guard event.run.utf8.count <= AgentRun.ID.nameLimit else { return true }
    return try update { entries in
      let place = entries.firstIndex { $0.agent == agent && $0.run == event.run }
      var entry = place.map { entries.remove(at: $0) } ?? Entry(agent: agent, run: event.run, heard: now)
      var isNew = true
      let isOther = entry.process.flatMap { known in process.map { !$0.isSame(as: known) } } ?? false
      func isPast(_ time: Timestamp?) -> Bool {
        isOther || time.map { !now.isWithin(Self.moment, after: $0) } ?? true
      }
      entry.heard = now
      entry.transcript =
        transcript.flatMap { $0.utf8.count <= Self.pathLimit ? $0 : nil } ?? entry.transcript
      entry.process = process ?? entry.process
      entry.session = session ?? entry.session
      entry.ended = nil
      switch event.kind {
      case .started(let source):
        isNew = entry.source != source.rawValue || isPast(entry.started)
        (entry.source, entry.started) = (source.rawValue, now)
      case .compacting:
        isNew = isPast(entry.compacting)
        entry.compacting = now
      case .ended(let reason): entry.ended = reason.map(Self.short) ?? "exit"
      default: break
      }
      entries.append(entry)
      return isNew
    }
  }

  /// A line of what an agent gives as a reason, without a look at all of it.
  private static func short(_ reason: String) -> String {
    PlainText.line(String(String.UnicodeScalarView(reason.unicodeScalars.prefix(400))), limit: 80)
  }

  /// A start or a compaction was not seen to: who tells of it again is heard.
  func takeBack(_ event: AgentEvent, of agent: String) throws {
    try update { entries in
      guard let place = entries.firstIndex(where: { $0.agent == agent && $0.run == event.run }) else {
        return
      }
      switch event.kind {
      case .started: entries[place].started = nil
      case .compacting: entries[place].compacting = nil
      default: break
      }
    }
  }

  /// Notes that a run has ended without telling, or takes that back.
  func setEnd(of entry: Entry, _ reason: String?) throws {
    try update { entries in
      let place = entries.firstIndex { $0.agent == entry.agent && $0.run == entry.run }
      // One that has been heard meanwhile lives.
      if let place, entries[place].heard == entry.heard { entries[place].ended = reason }
    }
  }

  /// What the fullness of a context had called for when its run ended; nil of one that has not.
  func watch(of run: String, of agent: String) -> ContextWatch? {
    entries.last { $0.agent == agent && $0.run == run }?.watch
  }

  func keep(_ watch: ContextWatch, of run: String) throws {
    try update { entries in
      for place in entries.indices where entries[place].run == run { entries[place].watch = watch }
    }
  }

  private func update<Result>(_ body: (inout [Entry]) -> Result) throws -> Result {
    try Files.makeDirectory(folder)
    return try FileLock.held(folder + "/agent-runs.lock", milliseconds: Self.patience) {
      var entries = entries
      let result = body(&entries)
      try Files.writeAtomically(
        JSONValue.array(entries.suffix(Self.limit).map(\.json)).canonical, to: file, isLasting: false)
      return result
    }
  }
}

extension Repository {
  /// By which files about a run of an agent are named: its id is the agent's, and may be anything.
  func name(ofRun run: String, digits: Int) throws -> String {
    String(try name(of: Array(run.utf8), as: .blob).hex.prefix(digits))
  }
}

extension AgentRuns.Entry {
  fileprivate init?(_ json: JSONValue) {
    guard let agent = json["agent"]?.string, let run = json["run"]?.string,
      let heard = json["heard"]?.integer
    else { return nil }
    self.init(agent: agent, run: run, heard: Timestamp(milliseconds: Int64(heard)))
    source = json["source"]?.string
    started = json["started"]?.integer.map { Timestamp(milliseconds: Int64($0)) }
    compacting = json["compacting"]?.integer.map { Timestamp(milliseconds: Int64($0)) }
    transcript = json["transcript"]?.string
    ended = json["ended"]?.string
    session = json["session"]?.string.flatMap { SessionID($0) }
    if let level = json["level"]?.integer.flatMap(ContextLevel.init), level > .clear {
      watch = ContextWatch(run: run, compactions: json["compactions"]?.integer ?? 0, level: level)
    }
    if let id = json["process"]?.integer.flatMap({ Int32(exactly: $0) }),
      let began = json["process-began"]?.integer
    {
      process = RunningProcess(id: id, began: Int64(began), name: "")
    }
  }

  fileprivate init(agent: String, run: String, heard: Timestamp) {
    (self.agent, self.run, self.heard) = (agent, run, heard)
  }

  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "agent": .string(agent), "run": .string(run), "heard": .integer(heard.milliseconds),
    ]
    members["source"] = source.map(JSONValue.string)
    members["started"] = started.map { .integer($0.milliseconds) }
    members["compacting"] = compacting.map { .integer($0.milliseconds) }
    members["transcript"] = transcript.map(JSONValue.string)
    members["ended"] = ended.map(JSONValue.string)
    members["session"] = session.map { .string($0.description) }
    if let watch, watch.level > .clear {
      members["level"] = .integer(Int64(watch.level.rawValue))
      members["compactions"] = .integer(Int64(watch.compactions))
    }
    members["process"] = process.map { .integer(Int64($0.id)) }
    members["process-began"] = process.map { .integer($0.began) }
    return .object(members)
  }
}
