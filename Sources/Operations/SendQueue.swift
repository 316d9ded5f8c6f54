import Files
import Git
package import Sessions

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The sessions of this clone that are to be sent and are not sent yet. Not truth: what is lost here is sent with the
/// next push.
struct SendQueue: Codable {
  struct Entry: Codable, Hashable {
    let remote: String
    let session: String
    /// Milliseconds since 1970.
    let added: Int64
    /// What the user's own push is bringing to the remote, by the names of the references there. The session follows
    /// once one of them has arrived: not if the push is refused or given up. Empty if there is nothing to wait for.
    var awaited: [String: String]
    /// Why it could not be sent.
    var failure: String?
  }

  /// At most one for a session and a remote.
  var entries: [Entry] = []

  /// A push may name any number of references.
  static let awaitedLimit = 100

  mutating func add(_ entry: Entry) {
    entries.removeAll { $0.remote == entry.remote && $0.session == entry.session }
    entries.append(entry)
  }
}

/// A session that waits to be sent.
package struct UnsentSession: Encodable, Sendable {
  package let session: SessionID
  package let remote: String
  package let since: Timestamp
  /// Nil if nothing has gone wrong yet.
  package let failure: String?
}

extension Workspace {
  private var queueFile: String { repository.cloneState + "/queue.json" }

  /// One that cannot be read is as good as none.
  var sendQueue: SendQueue {
    get throws {
      guard let bytes = try Files.readIfPresent(queueFile),
        let queue = try? JSONDecoder().decode(SendQueue.self, from: Data(bytes))
      else { return SendQueue() }
      return queue
    }
  }

  func updateSendQueue(_ body: (inout SendQueue) throws -> Void) throws {
    try repository.makeCloneState()
    try FileLock.held(repository.cloneState + "/queue.lock", milliseconds: 500) {
      var queue = try sendQueue
      try body(&queue)
      if queue.entries.isEmpty { return try Files.remove(queueFile) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try Files.writeAtomically(Array(try encoder.encode(queue)), to: queueFile)
      Files.share(queueFile)
    }
  }

  /// Takes out what has been sent, by whichever command.
  func noteSent(_ sessions: Set<SessionID>, to remote: String) throws {
    let names = Set(sessions.map(\.description))
    func isSent(_ entry: SendQueue.Entry) -> Bool { entry.remote == remote && names.contains(entry.session) }
    guard try sendQueue.entries.contains(where: isSent) else { return }
    try updateSendQueue { $0.entries.removeAll(where: isSent) }
  }

  /// What is queued and not sent yet.
  func unsentSessions() throws -> [UnsentSession] {
    try sendQueue.entries.compactMap { entry in
      SessionID(entry.session).map {
        UnsentSession(
          session: $0, remote: entry.remote, since: Timestamp(milliseconds: entry.added),
          failure: entry.failure)
      }
    }
  }
}
