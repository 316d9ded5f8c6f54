import Foundation
import Git
import Sessions
import Storage
import TestSupport

/// A scratch repository with what is needed to write chains in it: counted times, named writers.
final class Laboratory {
  let scratch: ScratchRepository
  let repository: Repository
  let session: SessionID
  private var ticks: Int64 = 0
  private var minted = 0

  /// The root record of the session, which no reference names before the first append.
  private(set) var root: ObjectID?

  init(session number: UInt8 = 1, format: ObjectFormat = .sha1) throws {
    scratch = try ScratchRepository(format: format)
    repository = try scratch.open()
    session = Self.session(number)
  }

  static func session(_ number: UInt8) -> SessionID {
    SessionID(
      time: Timestamp(milliseconds: Self.start + Int64(number)), random: [UInt8](repeating: number, count: 10)
    )
  }

  static func writer(_ letter: Character) -> WriterID {
    WriterID(random: [UInt8](repeating: (letter.asciiValue ?? 0) & 31, count: 8))
  }

  private static let start: Int64 = 1_795_253_400_000

  var now: Timestamp { Timestamp(milliseconds: Self.start + ticks * 1000) }

  var signature: Signature {
    Signature(name: "Ada", email: "ada@example.test", seconds: now.seconds)
  }

  var chain: ChainWriter { ChainWriter(repository, signature: signature, time: now) }
  var view: NotesView { NotesView(repository, signature: signature) }

  func batch() throws -> ObjectBatch { try ObjectBatch(repository) }

  /// The next name of a new writer: `z`, then `y`, and so on.
  func mint() -> WriterID {
    minted += 1
    return Self.writer(Character(Unicode.Scalar(UInt8(ascii: "z") - UInt8(minted - 1))))
  }

  /// Writes the root record, the start event and the first checkpoint.
  @discardableResult
  func begin(
    _ writer: Character = "a", objective: String = "Make it work", key: Int = 1, in other: SessionID? = nil
  ) throws -> ChainWriter.Appended {
    let batch = try batch()
    let begun = try chain.begin(other ?? session, writer: Self.writer(writer), batch: batch)
    if other == nil { root = begun.root.id }
    return try append(
      [.started(key: key, objective: objective, name: Slug.make(from: objective))], as: writer,
      after: begun.root.id, snapshot: try snapshot(.start, batch), in: other, batch: batch)
  }

  @discardableResult
  func append(
    _ facts: [Fact], as writer: Character = "a", after start: ObjectID? = nil,
    snapshot: SavedSnapshot? = nil, merged: [ObjectID] = [], message: String? = nil,
    in other: SessionID? = nil, batch: ObjectBatch? = nil
  ) throws -> ChainWriter.Appended {
    ticks += 1
    var draft = ChainDraft(facts: facts, snapshot: snapshot, message: message)
    draft.merged = merged
    return try chain.append(
      draft, to: other ?? session, writer: Self.writer(writer), after: start,
      batch: try batch ?? self.batch(),
      mint: mint)
  }

  /// A checkpoint of a tree with one file of this content.
  @discardableResult
  func checkpoint(
    _ content: String, as writer: Character = "a", after start: ObjectID? = nil, facts: [Fact] = [],
    message: String? = nil
  ) throws -> ChainWriter.Appended {
    let batch = try batch()
    let blob = try batch.write(Array(content.utf8), as: .blob)
    let tree = try batch.writeTree([TreeEntry(mode: "100644", name: Array("file".utf8), id: blob)])
    return try append(
      facts, as: writer, after: start, snapshot: try snapshot(.manual, batch, tree: tree), message: message,
      batch: batch)
  }

  func snapshot(_ trigger: Trigger, _ batch: ObjectBatch, tree: ObjectID? = nil) throws -> SavedSnapshot {
    SavedSnapshot(
      tree: try tree ?? batch.writeTree([]), base: nil, index: nil, conflict: nil, operations: [],
      facts: Checkpoint(number: 1, trigger: trigger, time: now))
  }

  func history(in other: SessionID? = nil) throws -> SessionHistory {
    let session = other ?? session
    return try SessionHistory(session, tips: try repository.tips(of: session), from: repository)
  }

  func reference(_ writer: Character) -> String {
    SessionReference(session: session, writer: Self.writer(writer)).name
  }

  /// What git prints, without the line feed at the end.
  func git(_ arguments: String...) throws -> String {
    let output = try scratch.git(arguments)
    return output.hasSuffix("\n") ? String(output.dropLast()) : output
  }
}

extension Fact {
  static func note(_ text: String) -> Fact { .itemAdded(.note, text: text, because: nil) }
}

extension SessionHistory {
  /// The texts of all notes, sorted.
  var notes: [String] { state.items(.note).map(\.text).sorted() }
}
