import Agents
import Files
import Git
import Sessions

/// The transcript of an agent that writes none which could be read line by line while it runs: what its hooks tell, or
/// what its document holds, in a folder of ours that nobody else may read. Saves keep it as they keep those of others.
struct OwnTranscript {
  private let parent: String
  private let folder: String
  private let path: String

  /// Nil where the user wants no transcripts to be kept.
  private init?(for event: AgentEvent, _ workspace: Workspace) {
    let repository = workspace.repository
    guard (try? workspace.settings.transcripts) ?? true,
      let name = try? repository.name(ofRun: event.run, digits: 20)
    else { return nil }
    parent = repository.worktreeState
    folder = parent + "/agent-lines"
    path = "\(folder)/\(name).jsonl"
    if case .started = event.kind { try? removeOld(at: workspace.now) }
  }

  /// The file in which this event is now told, of an agent that writes no transcript. Nil if it cannot be written: that
  /// must keep nobody from saving.
  static func telling(_ event: AgentEvent, of agent: any Agent, _ workspace: Workspace) -> String? {
    guard agent.tellsLines, let own = OwnTranscript(for: event, workspace) else { return nil }
    guard !event.lines.isEmpty, (try? own.append(event.lines)) != nil else { return nil }
    return own.path
  }

  /// The event with a transcript of ours in place of a document that the agent writes anew each time. Where there may
  /// be none the last message tells how full the context is.
  static func following(
    _ told: AgentEvent, of agent: any Agent, _ workspace: Workspace
  ) -> AgentEvent {
    guard let path = told.transcript, agent.isDocument(path) else { return told }
    var event = told
    event.transcript = nil
    guard let file = try? OpenFile(path), file.status.size <= limit, let document = try? file.readToEnd()
    else { return event }
    let lines = agent.lines(of: document)
    if let own = OwnTranscript(for: event, workspace), (try? own.follow(lines)) != nil {
      event.transcript = own.path
    } else {
      event.lines = lines.suffix(1)
    }
    return event
  }

  /// In bytes; no conversation comes to that.
  private static let limit = 64 << 20
  /// Milliseconds, after which a run is not taken up again.
  private static let age: Int64 = 30 * 24 * 3_600_000

  private func append(_ lines: [JSONValue]) throws {
    try Files.makeDirectory(parent)
    try Files.makePrivateDirectory(folder)
    guard try Files.status(path).map({ $0.size < Self.limit }) ?? true else { return }
    try Files.append(lines.flatMap(\.line), to: path)
  }

  /// Appends those of `lines` that are not there yet: all that stand for a document which has grown.
  private func follow(_ lines: [JSONValue]) throws {
    let known = try Files.readIfPresent(path) ?? []
    let seen = Set(known.split(separator: UInt8(ascii: "\n")))
    let added = lines.filter { !seen.contains($0.line.dropLast()) }
    if !added.isEmpty { try append(added) }
  }

  /// Lets go of those of runs that were long ago. What was in them is kept with their sessions.
  private func removeOld(at now: Timestamp) throws {
    guard try Files.status(folder) != nil else { return }
    for name in try Files.list(folder) {
      guard let status = try Files.status(folder + "/" + name),
        now.milliseconds - status.modified / 1_000_000 > Self.age
      else { continue }
      try Files.remove(folder + "/" + name)
    }
  }
}
