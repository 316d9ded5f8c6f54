import Git
import Sessions
import Storage

/// What the `pre-push` hook does where `session.push` is `with-push`: it notes which session is to follow the user's
/// push, and starts the process that sends it.
///
/// The hook runs before anything is sent, and nobody tells what becomes of the push. So the session waits until the
/// remote has what is pushed.
struct QueueSessions {
  /// The name and the address of the remote.
  var arguments: [String]
  /// Lines of `<local reference> <local object> <remote reference> <remote object>` (git's githooks manual).
  var input: [UInt8]

  func run(in workspace: Workspace) throws {
    // Pushed to an address, git gives that in the place of a name.
    guard let remote = arguments.first, Remote.names(in: workspace.userConfiguration).contains(remote),
      try workspace.pushPolicy.sendsByItself, let session = try workspace.state()?.current
    else { return }
    let lines = String(decoding: input, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: " ")
    }
    let pushed = lines.filter { $0.count == 4 }
    let awaited = pushed.filter { $0[1].contains { $0 != "0" } }.prefix(SendQueue.awaitedLimit)
    // Whoever only deletes branches has nothing to follow.
    guard pushed.isEmpty || !awaited.isEmpty else { return }
    try workspace.updateSendQueue { queue in
      queue.add(
        .init(
          remote: remote, session: session.description, added: workspace.now.milliseconds,
          awaited: Dictionary(awaited.map { (String($0[2]), String($0[1])) }) { $1 }))
    }
    guard workspace.start(.send) else {
      throw SessionError(.fatal, "the process that sends sessions cannot be started")
    }
  }
}
