package import Files
import GRDB
package import Git
import Sessions

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The summaries of all sessions, kept in a database so that only chains that moved are read again.
///
/// A cache: a row belongs to the tips it was made from, and the file may be deleted at any time. Where it cannot
/// be opened or written, the same work is done in memory.
package struct SessionIndex {
  /// A file with another version is deleted and made anew.
  private static let schema = 2

  private let database: DatabaseQueue

  /// All sessions of a repository, the newest first; with `query` those that hold, for each of its words, a word
  /// that begins with it.
  package static func summaries(of repository: Repository, matching query: String? = nil) throws
    -> [SessionSummary]
  {
    // Where there is no session, nothing is made.
    if try repository.sessionTips().isEmpty { return [] }
    do {
      return try SessionIndex(repository).summaries(in: repository, matching: query)
    } catch let error as GitError {
      throw error
    } catch {
      // Others may be using a file that is merely locked or out of reach.
      if isDamage(error), let found = try anew(in: repository, matching: query) { return found }
    }
    let memory = try SessionIndex(database: prepared(DatabaseQueue()))
    return try memory.summaries(in: repository, matching: query)
  }

  /// Nil if there cannot be an index in that place.
  private static func anew(in repository: Repository, matching query: String?) throws -> [SessionSummary]? {
    do {
      try remove(from: repository)
      return try SessionIndex(repository).summaries(in: repository, matching: query)
    } catch let error as GitError {
      throw error
    } catch {
      return nil
    }
  }

  /// True if the file itself is at fault and is better made anew.
  private static func isDamage(_ error: any Error) -> Bool {
    if let error = error as? DatabaseError {
      // `SQLITE_ERROR` is what a statement gives whose tables are not there.
      return [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains(error.resultCode)
    }
    return error is OutdatedSchema || error is DecodingError
  }

  /// The file that holds the index; it may be deleted at any time.
  package static func path(in repository: Repository) -> String { repository.cloneState + "/index.db" }

  /// Deletes the index.
  package static func remove(from repository: Repository) throws(FileError) {
    for suffix in ["", "-wal", "-shm"] { try Files.remove(path(in: repository) + suffix) }
  }

  /// True if the file is there but no index that can be used.
  package static func isDamaged(in repository: Repository) throws -> Bool {
    guard try Files.status(path(in: repository)) != nil else { return false }
    do {
      let check = try SessionIndex(repository).database.read {
        try String.fetchOne($0, sql: "PRAGMA quick_check")
      }
      return check != "ok"
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return false
    } catch {
      // Where nothing can be written it cannot be opened either, and nothing is known of it.
      return Files.isWritable(Files.parent(of: path(in: repository)))
    }
  }

  private init(database: DatabaseQueue) { self.database = database }

  private init(_ repository: Repository) throws {
    let path = Self.path(in: repository)
    try repository.makeCloneState()
    if try Files.status(path) == nil { try Self.createFile(path) }
    database = try Self.open(path)
  }

  /// An empty file is an empty database, and the files beside it get its permissions.
  private static func createFile(_ path: String) throws(FileError) {
    do throws(FileError) {
      try Files.create([], at: path, isLasting: false)
      Files.share(path)
    } catch  where error.isExisting {}
  }

  private struct OutdatedSchema: Error {}

  /// Others changed the rows again and again before they could be read.
  private struct Unsettled: Error {}

  private static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = GRDB.Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(5)
    return try prepared(DatabaseQueue(path: path, configuration: configuration))
  }

  private static func prepared(_ database: DatabaseQueue) throws -> DatabaseQueue {
    func version(_ db: Database) throws -> Int? { try Int.fetchOne(db, sql: "PRAGMA user_version") }
    if try database.read(version) == schema { return database }
    try database.write { db in
      // Another process may have been quicker.
      let found = try version(db)
      if found == schema { return }
      guard found == 0 else { throw OutdatedSchema() }
      try db.execute(
        sql: """
          CREATE TABLE session(id TEXT PRIMARY KEY, tips TEXT NOT NULL, summary TEXT NOT NULL) WITHOUT ROWID;
          CREATE VIRTUAL TABLE content USING fts5(id UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2");
          PRAGMA user_version = \(schema);
          """)
    }
    return database
  }

  private func summaries(in repository: Repository, matching query: String?) throws -> [SessionSummary] {
    for _ in 0..<3 {
      let tips = try repository.sessionTips()
      try update(to: tips, from: repository)
      if let found = try read(matching: query, at: tips) { return found }
    }
    throw Unsettled()
  }

  /// Brings the rows up to the tips.
  private func update(to tips: [SessionID: [Tip]], from repository: Repository) throws {
    let known = try database.read(Self.fingerprints)
    var changes: [Change] = []
    for (session, tips) in tips where known[session.description] != Self.fingerprint(tips) {
      let history = try SessionHistory(session, tips: tips, from: repository)
      // Objects that could not be read may come back, so what is known without them is not kept for long.
      changes.append(
        Change(tips: history.isComplete ? Self.fingerprint(tips) : Self.unfinished, history: history))
    }
    let gone = known.keys.filter { id in SessionID(id).flatMap { tips[$0] } == nil }
    if changes.isEmpty && gone.isEmpty { return }
    try database.write { db in
      for id in gone { try Self.remove(id, from: db) }
      for change in changes { try Self.store(change, in: db) }
    }
  }

  private static func fingerprints(_ db: Database) throws -> [String: String] {
    try Row.fetchAll(db, sql: "SELECT id, tips FROM session").reduce(into: [:]) { $0[$1["id"]] = $1["tips"] }
  }

  private struct Change {
    let tips: String
    let history: SessionHistory
  }

  /// Stands for the tips of a session that could not be read as a whole.
  private static let unfinished = ""

  private static func fingerprint(_ tips: [Tip]) -> String {
    tips.map { "\($0.reference.writer) \($0.commit)" }.sorted().joined(separator: "\n")
  }

  private static func remove(_ id: String, from db: Database) throws {
    try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id])
    try db.execute(sql: "DELETE FROM content WHERE id = ?", arguments: [id])
  }

  /// A session without a start is none yet, and a deleted one no more; their rows say so by an empty summary.
  private static func store(_ change: Change, in db: Database) throws {
    let history = change.history
    let id = history.id.description
    try remove(id, from: db)
    let isListed = history.state.started != nil && !history.state.isDeleted
    let summary =
      isListed ? String(decoding: try JSONEncoder().encode(SessionSummary(history)), as: UTF8.self) : ""
    try db.execute(
      sql: "INSERT INTO session(id, tips, summary) VALUES (?, ?, ?)", arguments: [id, change.tips, summary])
    guard isListed else { return }
    try db.execute(sql: "INSERT INTO content(id, text) VALUES (?, ?)", arguments: [id, history.searchText])
  }

  /// Nil if the rows are not those of these tips: the file may have been deleted, or made anew, by others.
  private func read(matching query: String?, at tips: [SessionID: [Tip]]) throws -> [SessionSummary]? {
    try database.read { db in
      let known = try Self.fingerprints(db)
      let isCurrent = tips.allSatisfy { session, tips in
        let found = known[session.description]
        return found == Self.unfinished || found == Self.fingerprint(tips)
      }
      guard isCurrent, known.count == tips.count else { return nil }
      var sql = "SELECT summary FROM session WHERE summary <> ''"
      var arguments = StatementArguments()
      if let query {
        guard let pattern = FTS5Pattern(matchingAllPrefixesIn: query) else { return [] }
        sql += " AND id IN (SELECT id FROM content WHERE content MATCH ?)"
        arguments = [pattern]
      }
      return try String.fetchAll(db, sql: sql + " ORDER BY id DESC", arguments: arguments).map {
        try JSONDecoder().decode(SessionSummary.self, from: Data($0.utf8))
      }
    }
  }
}
