import Agents
import Files
import Git
import Sessions

/// What a work tree remembers of the runs of agents in it: by which nothing is handed to a context twice, and it can be
/// told whether hooks are run at all. Whoever loses it loses nothing else.
struct AgentRuns {
  private let folder: String

  init(_ repository: Repository) { folder = repository.worktreeState }

  private var file: String { folder + "/agent-runs.json" }

  /// So many runs are remembered.
  private static let limit = 50
  /// Within so many milliseconds two hooks of one kind tell of one and the same start: settings of a user and of a
  /// project may both hold ours.
  private static let moment: Int64 = 5000

  /// When a hook of each agent was last run.
  var heard: [String: Timestamp] {
    var heard: [String: Timestamp] = [:]
    for run in read() {
      guard let name = run["agent"]?.string, let time = time(run["heard"]) else { continue }
      heard[name] = max(heard[name] ?? time, time)
    }
    return heard
  }

  /// Notes an event of a run. False if it tells of a start that was just told.
  func note(_ event: AgentEvent, of agent: String, at now: Timestamp) throws -> Bool {
    try Files.makeDirectory(folder)
    return try FileLock.held(folder + "/agent-runs.lock", milliseconds: 500) {
      var runs = read()
      let place = runs.firstIndex { $0["agent"]?.string == agent && $0["run"]?.string == event.run }
      var run = place.map { runs.remove(at: $0).object ?? [:] } ?? [:]
      (run["agent"], run["run"], run["heard"]) = (
        .string(agent), .string(event.run), .integer(now.milliseconds)
      )
      var isNew = true
      if case .started(let source) = event.kind {
        let last = time(run["started"])
        isNew =
          run["source"]?.string != source.rawValue
          || last.map { now.milliseconds(since: $0) > Self.moment } ?? true
        (run["source"], run["started"]) = (.string(source.rawValue), .integer(now.milliseconds))
      }
      runs.append(.object(run))
      try Files.writeAtomically(
        JSONValue.array(Array(runs.suffix(Self.limit))).canonical, to: file, isLasting: false)
      return isNew
    }
  }

  private func time(_ value: JSONValue?) -> Timestamp? {
    value?.integer.map { Timestamp(milliseconds: Int64($0)) }
  }

  private func read() -> [JSONValue] {
    guard let bytes = try? Files.readIfPresent(file), let value = try? JSONValue(parsing: bytes) else {
      return []
    }
    return value.array ?? []
  }
}
