import Git
import Sessions
import Storage

/// Sends the sessions that are queued, each when the push that it follows has arrived.
///
/// Whatever goes wrong with a remote is noted in the queue; the next push tries again.
struct SendQueued {
  /// How long the user's own push may take. A session whose push has not arrived by then stays here.
  private static let patience = 10 * 60_000

  /// The remote is asked that long after the beginning whether the push has arrived, in milliseconds; what git notes
  /// in this clone when it is through is looked at all the time.
  private static let questions = [1_000, 5_000, 20_000, 60_000, 180_000, patience]

  func run(in workspace: Workspace) throws {
    guard try workspace.pushPolicy.sendsByItself else {
      return try workspace.updateSendQueue { $0.entries = [] }
    }
    var waited = 0
    var questions = Self.questions[...]
    while try !workspace.sendQueue.entries.isEmpty {
      let asks = questions.first.map { waited >= $0 } ?? false
      if asks { questions = questions.dropFirst() }
      let isLast = questions.isEmpty
      for remote in try Set(workspace.sendQueue.entries.map(\.remote)).sorted() {
        try serve(remote, asking: asks, isLast: isLast, workspace)
      }
      guard !isLast, try workspace.sendQueue.entries.contains(where: Self.isAwaiting) else { return }
      let step = waited < 2_000 ? 100 : 1_000
      workspace.world.sleep(step)
      waited += step
    }
  }

  private static func isAwaiting(_ entry: SendQueue.Entry) -> Bool { !entry.awaited.isEmpty }

  /// One remote: sends what may be sent, notes what went wrong, and drops what has waited too long.
  private func serve(_ remote: String, asking: Bool, isLast: Bool, _ workspace: Workspace) throws {
    let entries = try workspace.sendQueue.entries.filter { $0.remote == remote }
    var ready: [SendQueue.Entry] = []
    var failure: String?
    do {
      for entry in entries {
        let isOld = workspace.world.now().milliseconds - entry.added > Int64(Self.patience)
        if try hasArrived(entry, asking: asking || isOld, workspace) {
          ready.append(entry)
        } else if isLast || isOld {
          try drop(entry, workspace)
        }
      }
      failure = try send(ready, to: remote, waiting: entries.filter { !ready.contains($0) }, workspace)
    } catch {
      failure = SessionError(wrapping: error).sentence
    }
    guard let failure else { return }
    try note(failure, of: ready.isEmpty ? entries : ready, haveArrived: !ready.isEmpty, workspace)
  }

  /// Whether one of the objects is where the push was to put it, as far as git has noted here or, `asking`, the remote
  /// says.
  private func hasArrived(_ entry: SendQueue.Entry, asking: Bool, _ workspace: Workspace) throws -> Bool {
    if entry.awaited.isEmpty { return true }
    let repository = workspace.repository
    for (name, object) in entry.awaited where name.hasPrefix("refs/heads/") {
      let tracking = "refs/remotes/\(entry.remote)/" + name.dropFirst("refs/heads/".count)
      if try repository.reference(tracking)?.hex == object { return true }
    }
    guard asking else { return false }
    let remote = try Remote(entry.remote, toPush: true, in: workspace)
    return try repository.references(of: remote.name, matching: entry.awaited.keys.sorted()).contains {
      entry.awaited[$0.name] == $0.target.hex
    }
  }

  /// Sends the sessions that are ready, and what has changed of those that the remote knows already; the reason if
  /// it refused any.
  private func send(
    _ ready: [SendQueue.Entry], to remote: String, waiting: [SendQueue.Entry], _ workspace: Workspace
  ) throws -> String? {
    guard !ready.isEmpty else { return nil }
    let known = try RemoteSessions(of: remote, in: workspace.repository).sessions()
    let sessions = known.union(ready.compactMap { SessionID($0.session) })
      .subtracting(waiting.compactMap { SessionID($0.session) })
    let push = PushSessions(remote: remote, only: sessions)
    let report = try push.run(in: workspace) { _ in nil }
    // Also those that had nothing new.
    let rejected = report.sessions.filter { $0.result == .rejected }
    try workspace.noteSent(sessions.subtracting(rejected.map(\.id)), to: remote)
    return rejected.first.map { $0.reason ?? "the remote refused it" }
  }

  private func drop(_ entry: SendQueue.Entry, _ workspace: Workspace) throws {
    try workspace.updateSendQueue { $0.entries.removeAll { $0 == entry } }
  }

  /// What has arrived need not be waited for again.
  private func note(
    _ failure: String, of entries: [SendQueue.Entry], haveArrived: Bool, _ workspace: Workspace
  ) throws {
    guard Remote.names(in: workspace.userConfiguration).contains(where: { $0 == entries.first?.remote })
    else {
      // A remote that is gone gets nothing any more.
      return try workspace.updateSendQueue { queue in queue.entries.removeAll { entries.contains($0) } }
    }
    try workspace.updateSendQueue { queue in
      for index in queue.entries.indices where entries.contains(queue.entries[index]) {
        queue.entries[index].failure = failure
        if haveArrived { queue.entries[index].awaited = [:] }
      }
    }
  }
}
