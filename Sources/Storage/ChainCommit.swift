package import Git
package import Sessions

/// One commit of a chain, decoded and checked against itself.
package struct ChainCommit: Hashable, Sendable {
  package let id: ObjectID
  /// On a checkpoint the saved work tree; on a record the tree of the commit before.
  package let tree: ObjectID
  /// The commit of the session that this one continues; nil for the root record.
  package let previous: ObjectID?
  package let merged: [ObjectID]
  /// What HEAD pointed at; nil if it was unborn.
  package let base: ObjectID?
  /// The staged state as a commit; nil if it was that of the base.
  package let index: ObjectID?
  /// The unmerged stages as a commit with the folders `1`, `2`, `3`.
  package let conflict: ObjectID?
  package let operations: [ObjectID]
  package let session: SessionID
  package let writer: WriterID
  package let clock: Int64
  /// Seconds since 1970, of the commit.
  package let time: Int64
  /// The blob of `session.json`; nil for the root record, which holds no facts.
  package let documentBlob: ObjectID?
  /// The number of the checkpoint; nil for a record.
  package let number: Int?
  /// The checkpoint that this one repeats without what was before it, if it does.
  let squashed: ObjectID?
  /// Whether an event speaks of commits of the user.
  let linksCommits: Bool
  let document: StoredDocument

  package var events: [Event] { document.parsed?.events ?? [] }
  /// Nil for a record.
  package var checkpoint: Checkpoint? { document.parsed?.checkpoint }
  package var isCheckpoint: Bool { number != nil }

  /// The commits of the session that this one stands on.
  package var chainParents: [ObjectID] { (previous.map { [$0] } ?? []) + merged }
}

/// A commit below `refs/sessions` that is not ours, or was tampered with.
package struct ForeignCommit: Error, Hashable, Sendable {
  package let id: ObjectID
  package let reason: String
}

extension ChainCommit {
  /// The size that `session.json` may have, in bytes. What we write is a few thousand.
  static let documentLimit = 16 << 20

  /// The same for a commit of a chain.
  static let commitLimit = 1 << 20

  /// The same for one folder of what a record holds: room for a hundred thousand files.
  static let treeLimit = 8 << 20

  /// More events than the smallest ones that a document has room for.
  private static let eventLimit: Int64 = 1_000_000

  /// Reads a commit of the chain of `session`. Throws ``ForeignCommit`` unless all that it says of itself fits
  /// together, and ``GitError`` if it cannot be read.
  init(reading id: ObjectID, of session: SessionID, from source: any ObjectReader) throws {
    let commit = try source.commit(id, limit: Self.commitLimit)
    func require(_ condition: Bool, _ reason: String) throws(ForeignCommit) {
      if !condition { throw ForeignCommit(id: id, reason: reason) }
    }
    guard let trailers = TrailerBlock(readingFrom: commit.message) else {
      throw ForeignCommit(id: id, reason: "its message does not end in the trailers of a session")
    }
    try require(trailers.parents == commit.parents, "its trailers do not name its parents in their order")
    try require(trailers.one(.id) == session.description, "it belongs to another session")
    guard let writer = trailers.one(.writer).flatMap({ WriterID($0) }),
      let clock = trailers.one(.clock).flatMap({ Int64($0) }), clock >= 0,
      trailers.one(.clock) == String(clock)
    else { throw ForeignCommit(id: id, reason: "it names no writer or clock") }
    try require(
      (0...Timestamp.readable.upperBound.seconds).contains(commit.time), "its time is beyond all calendars")

    func parent(_ trailer: Trailer) -> ObjectID? { trailers.one(trailer).flatMap { ObjectID($0) } }
    self.id = id
    tree = commit.tree
    time = commit.time
    previous = parent(.previous)
    merged = trailers.all(.merged).compactMap { ObjectID($0) }
    base = parent(.base)
    index = parent(.index)
    conflict = parent(.conflict)
    operations = trailers.all(.operation).compactMap { ObjectID($0) }
    self.session = session
    self.writer = writer
    self.clock = clock

    guard let record = parent(.record) else {
      try require(commit.parents.isEmpty && commit.tree.isEmptyTree, "it has no record")
      squashed = nil
      (documentBlob, number, linksCommits, document) = (nil, nil, false, StoredDocument())
      return
    }
    try require(previous != nil, "it continues no commit")
    let (blob, bytes) = try Self.document(of: record, for: id, in: source)
    do {
      let read = try SessionDocument(parsing: bytes)
      try Self.check(read, against: trailers, of: id)
      (documentBlob, number) = (blob, read.checkpoint?.number)
      squashed = read.checkpoint?.squashed.flatMap { ObjectID($0) }
      linksCommits = read.events.contains(where: \.fact.linksCommits)
      document = StoredDocument(bytes[...], read)
    } catch let error as SessionDocument.Invalid {
      throw ForeignCommit(id: id, reason: error.description)
    }
  }

  private static func check(
    _ document: SessionDocument, against trailers: TrailerBlock, of id: ObjectID
  ) throws(ForeignCommit) {
    guard
      [document.session.description, document.writer.description, String(document.clock)]
        == [trailers.one(.id), trailers.one(.writer), trailers.one(.clock)]
    else {
      throw ForeignCommit(
        id: id, reason: "its session.json names another session, writer or clock than its trailers")
    }
    let checkpoint = document.checkpoint
    guard
      [checkpoint.map { String($0.number) }, checkpoint?.trigger.rawValue]
        == [trailers.one(.checkpoint), trailers.one(.trigger)]
    else {
      throw ForeignCommit(id: id, reason: "its session.json names another checkpoint than its trailers")
    }
    // Both grow by what was written, and every write raises the clock, so none can run ahead of it.
    guard Int64(checkpoint?.number ?? 0) <= document.clock,
      document.events.allSatisfy({ Int64($0.id.sequence) / eventLimit <= document.clock })
    else {
      throw ForeignCommit(id: id, reason: "its checkpoint or its events are numbered beyond its clock")
    }
  }

  private static func document(
    of record: ObjectID, for id: ObjectID, in source: any ObjectReader
  ) throws -> (ObjectID, [UInt8]) {
    let tree = try source.tree(try source.commit(record, limit: commitLimit).tree, limit: treeLimit)
    guard let entry = tree.first(where: { $0.name == Array(RecordFile.document.utf8) }),
      entry.mode == "100644"
    else {
      throw ForeignCommit(id: id, reason: "its record holds no session.json")
    }
    return (entry.id, try source.object(entry.id, .blob, limit: documentLimit))
  }
}

/// The names in the tree of a record commit.
enum RecordFile {
  static let document = "session.json"
}

extension Fact {
  /// Whether notes on commits of the user follow from it.
  fileprivate var linksCommits: Bool {
    switch self {
    case .commitMade, .commitRewritten: true
    default: false
    }
  }
}
