import Git
import Sessions
import TestSupport

@testable import Storage

/// A commit as the chain writer would make it, but for what the test changes.
struct Forgery {
  var session: SessionID
  var writer: WriterID
  var clock: Int64
  var previous: ObjectID?
  var tree: ObjectID
  var checkpoint: Checkpoint?
  var events: [Event] = []
  var time: Int64
  /// The bytes of `session.json`, if they are not those that the above gives.
  var document: [UInt8]?
  var recordName = "session.json"
  var recordMode = "100644"
  /// Changes the trailers, which stand in the order of the parents.
  var trailers: (inout [(name: String, value: String)]) -> Void = { _ in }
  /// Changes the parents, but not the trailers.
  var parents: (inout [ObjectID]) -> Void = { _ in }
  var message: String?

  /// What writer `a` would write next as a record.
  init(in lab: Laboratory, after previous: ChainCommit) {
    session = lab.session
    writer = Laboratory.writer("a")
    clock = previous.clock + 1
    self.previous = previous.id
    tree = previous.tree
    time = lab.now.seconds
  }

  /// Writes it, and lets the reference of `writer` name it.
  @discardableResult
  func write(in lab: Laboratory, as name: Character = "a") throws -> ObjectID {
    let batch = try lab.batch()
    let signature = Signature(name: "Eve", email: "eve@example.test", seconds: time)
    var made = SessionDocument(session: session, writer: writer, clock: clock, events: events)
    made.checkpoint = checkpoint
    let blob = try batch.write(document ?? made.canonical, as: .blob)
    let recordTree = try batch.writeTree([
      TreeEntry(mode: recordMode, name: Array(recordName.utf8), id: blob)
    ])
    let record = try batch.writeCommit(tree: recordTree, parents: [], by: signature, message: "record\n")

    var lines: [(name: String, value: String)] = []
    if let previous { lines.append(("Session-Previous", previous.hex)) }
    lines += [("Session-Record", record.hex), ("Session-Id", "\(session)"), ("Session-Writer", "\(writer)")]
    if let checkpoint {
      lines += [
        ("Session-Checkpoint", "\(checkpoint.number)"), ("Session-Trigger", checkpoint.trigger.rawValue),
      ]
    }
    lines.append(("Session-Clock", "\(clock)"))
    trailers(&lines)
    var parents = [previous, record].compactMap(\.self)
    self.parents(&parents)
    let block = lines.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    let id = try batch.writeCommit(
      tree: tree, parents: parents, by: signature, message: message ?? "forged\n\n\(block)\n")
    try batch.publish()
    try lab.scratch.git("update-ref", lab.reference(name), id.hex)
    return id
  }
}
