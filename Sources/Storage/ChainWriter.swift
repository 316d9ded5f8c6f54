package import Git
package import Sessions

/// What is to be written as one commit of a chain.
package struct ChainDraft: Sendable {
  package var facts: [Fact]
  package var snapshot: SavedSnapshot?
  /// The subject, and a body after an empty line; nil for a subject that says what happens.
  package var message: String?
  /// Tips of other writers that this commit takes in.
  package var merged: [ObjectID] = []
  /// What stands beside `session.json`, in the batch already.
  package var attachments: [Attachment] = []

  package init(facts: [Fact], snapshot: SavedSnapshot? = nil, message: String? = nil) {
    self.facts = facts
    self.snapshot = snapshot
    self.message = message
  }
}

/// A snapshot whose objects are in the batch.
package struct SavedSnapshot: Sendable {
  package var tree: ObjectID
  package var base: ObjectID?
  package var index: ObjectID?
  package var conflict: ObjectID?
  package var operations: [ObjectID] = []
  /// The number is given when the commit is written.
  package var facts: Checkpoint

  package init(
    tree: ObjectID, base: ObjectID?, index: ObjectID?, conflict: ObjectID?, operations: [ObjectID],
    facts: Checkpoint
  ) {
    self.tree = tree
    self.base = base
    self.index = index
    self.conflict = conflict
    self.operations = operations
    self.facts = facts
  }
}

/// Appends to the chain of one writer.
package struct ChainWriter {
  private let repository: Repository
  private let signature: Signature
  private let time: Timestamp

  /// `time` stamps the events; `signature` the commits.
  package init(_ repository: Repository, signature: Signature, time: Timestamp) {
    self.repository = repository
    self.signature = signature
    self.time = time
  }

  /// How often a reference that others move is tried again before the commit goes to a new one instead, to which
  /// nobody else writes.
  private static let attempts = 10

  /// A session of which only the root record is written, and no reference yet.
  package struct Begun {
    package let root: ChainCommit
    package let history: SessionHistory
  }

  /// Begins a session with its root record, which holds nothing, so that walks along first parents end there.
  ///
  /// The session exists with its first ``append(_:to:writer:after:batch:mint:)`` after the root: a start that is
  /// interrupted leaves no session behind.
  package func begin(_ session: SessionID, writer: WriterID, batch: ObjectBatch) throws -> Begun {
    var trailers = TrailerBlock()
    trailers.append(.id, session)
    trailers.append(.writer, writer)
    trailers.append(.clock, 0)
    let tree = try batch.writeTree([])
    let id = try batch.writeCommit(
      tree: tree, parents: [], by: signature, message: trailers.message(after: "session: begin"))
    try batch.publish()
    let history = try SessionHistory(session, tips: [], and: [id], from: repository)
    guard let root = history[id] else { throw GitError(.invalid, "the root record \(id) does not count") }
    return Begun(root: root, history: history)
  }

  /// Writes `draft` after the last commit of `writer`, or after `start` if this writer has none yet, and returns
  /// the session with the new commit as its last.
  ///
  /// `mint` names a new writer for the case that the reference is locked or holds what is not ours. The reference
  /// moves only to a commit that counts. `known` is what was read of the session, so that only what came since is
  /// read. What follows from the new commit can be put into the batch by `derive`, so that all is published together;
  /// it may be called several times.
  package func append(
    _ draft: ChainDraft, to session: SessionID, writer: WriterID, after start: ObjectID?,
    knowing known: SessionHistory? = nil, batch: ObjectBatch, mint: () -> WriterID,
    derive: (Appended) -> Void = { _ in }
  ) throws -> Appended {
    var known = known
    var place = Place(writer: writer, start: start)
    var failure = GitError(.missing, "session \(session) has no commit to continue")
    for attempt in 1...2 * Self.attempts {
      let tips = try repository.tips(of: session)
      let history =
        try tips.isEmpty
        ? SessionHistory(session, tips: [], and: [place.start].compactMap(\.self), from: repository)
        : repository.history(of: session, at: tips, knowing: known)
      known = history
      guard let previous = place.previous(in: history) else {
        // The tip is not ours, so nothing may be built on it: go on from what counts, under a new name.
        guard let valid = history.last(of: place.writer) ?? history.heads.last else { throw failure }
        place = Place(writer: mint(), start: valid.id)
        continue
      }
      let commit = try write(draft, after: previous, in: history, writer: place.writer, batch: batch)
      let reference = place.reference(in: session)
      let next = try history.adding(Tip(reference: reference, commit: commit), from: batch)
      let appended = Appended(commit: next.commit, history: next.history)
      let value = try batch.prepareValue(commit)
      derive(appended)
      try batch.publish()
      do {
        let old = history.tips.first { $0.reference == reference && $0.archive == nil }?.commit
        try repository.move(reference.name, from: old, to: value, log: "session: append")
        try batch.verifyPublished()
        return appended
      } catch {
        failure = error
        switch error.kind {
        case .moved where attempt % Self.attempts > 0: continue
        // The name cannot be had; another one can.
        case .moved, .locked, .other: place = Place(writer: mint(), start: previous.id)
        default: throw error
        }
      }
    }
    throw failure
  }

  /// The session after a write, and the commit that was written.
  package struct Appended {
    package let commit: ChainCommit
    package let history: SessionHistory
  }

  /// Whose chain is written, and where it begins if it is new.
  private struct Place {
    let writer: WriterID
    let start: ObjectID?

    func reference(in session: SessionID) -> SessionReference {
      SessionReference(session: session, writer: writer)
    }

    /// Nil if the tip does not count.
    func previous(in history: SessionHistory) -> ChainCommit? {
      (history.tip(of: reference(in: history.id))?.commit ?? start ?? history.heads.last?.id).flatMap {
        history[$0]
      }
    }
  }

  private func write(
    _ draft: ChainDraft, after previous: ChainCommit, in history: SessionHistory, writer: WriterID,
    batch: ObjectBatch
  ) throws -> ObjectID {
    let clock = history.clock + 1
    let used = history.fold.sequences[writer] ?? 0
    let events = draft.facts.enumerated().map { offset, fact in
      Event(id: EventID(writer: writer, sequence: used + 1 + offset), time: time, fact: fact)
    }
    var checkpoint = draft.snapshot?.facts
    checkpoint?.number = history.lastNumber + 1
    let document = SessionDocument(
      session: history.id, writer: writer, clock: clock, events: events, checkpoint: checkpoint)
    return try write(
      document, draft.snapshot, after: previous.id, merging: draft.merged,
      tree: draft.snapshot?.tree ?? previous.tree, attachments: draft.attachments,
      text: Self.text(of: draft, number: checkpoint?.number), batch: batch)
  }

  /// Writes one commit of a chain. `tree` is that of `previous` where there is no snapshot.
  func write(
    _ document: SessionDocument, _ snapshot: SavedSnapshot?, after previous: ObjectID,
    merging merged: [ObjectID], tree: ObjectID, attachments: [Attachment] = [], text: String,
    batch: ObjectBatch
  ) throws -> ObjectID {
    let record = try writeRecord(document, attachments, batch: batch)
    var trailers = TrailerBlock()
    trailers.append(.previous, previous)
    var taken: Set = [previous]
    for merged in merged where taken.insert(merged).inserted { trailers.append(.merged, merged) }
    if let snapshot {
      if let base = snapshot.base { trailers.append(.base, base) }
      if let index = snapshot.index { trailers.append(.index, index) }
      if let conflict = snapshot.conflict { trailers.append(.conflict, conflict) }
      for operation in snapshot.operations { trailers.append(.operation, operation) }
    }
    trailers.append(.record, record)
    let parents = trailers.parents ?? []
    trailers.append(.id, document.session)
    trailers.append(.writer, document.writer)
    if let checkpoint = document.checkpoint {
      trailers.append(.checkpoint, checkpoint.number)
      trailers.append(.trigger, checkpoint.trigger.rawValue)
    }
    trailers.append(.clock, document.clock)
    return try batch.writeCommit(
      tree: tree, parents: parents, by: signature, message: trailers.message(after: text))
  }

  private func writeRecord(
    _ document: SessionDocument, _ attachments: [Attachment], batch: ObjectBatch
  ) throws -> ObjectID {
    let bytes = document.canonical
    guard bytes.count <= ChainCommit.documentLimit else {
      throw GitError(
        .invalid,
        "\(bytes.count) bytes are too much for one commit of a session (\(ChainCommit.documentLimit))")
    }
    let blob = try batch.write(bytes, as: .blob)
    let tree = try Attachment.writeTree(attachments + [Attachment(RecordFile.document, blob)], batch: batch)
    return try batch.writeCommit(tree: tree, parents: [], by: signature, message: "session: record\n")
  }

  /// In bytes: a commit of a chain must be one that is read.
  private static let textLimit = ChainCommit.commitLimit / 4

  /// The subject and body. Text of the user is trimmed, so that nothing of it becomes a paragraph of its own
  /// behind the trailers, and holds no NUL, which a commit cannot. The whole of a long one stands in `session.json`.
  private static func text(of draft: ChainDraft, number: Int?) -> String {
    let own = draft.message.map { PlainText.sanitize($0).trimmingBlankLines }
    if let own, !own.isEmpty {
      return own.utf8.count <= textLimit
        ? own : String(decoding: own.utf8.prefix(textLimit), as: UTF8.self) + "…"
    }
    if let number, let trigger = draft.snapshot?.facts.trigger {
      return "checkpoint \(number) (\(trigger.rawValue))"
    }
    let kinds = draft.facts.map(\.coded.kind)
    return "session: "
      + (kinds.isEmpty ? "record" : PlainText.line(kinds.joined(separator: ", "), limit: 200))
  }
}

extension String {
  fileprivate var trimmingBlankLines: String {
    let isBlank: (Substring) -> Bool = { $0.allSatisfy(\.isWhitespace) }
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    let kept = lines.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    return kept.map(String.init).joined(separator: "\n")
  }
}
