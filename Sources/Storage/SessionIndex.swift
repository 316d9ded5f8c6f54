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
  private static let schema = 1

  private let database: DatabaseQueue

  /// All sessions of a repository, the newest first; with `query` those that hold, for each of its words, a word
  /// that begins with it.
  package static func summaries(of repository: Repository, matching query: String? = nil) throws
    -> [SessionSummary]
  {
    do {
      return try SessionIndex(repository).summaries(in: repository, matching: query)
    } catch is any RecoverableIndexError {
      // Corrupt, of another version, or in a place where nothing can be written.
      try? remove(from: repository)
    }
    do {
      return try SessionIndex(repository).summaries(in: repository, matching: query)
    } catch is any RecoverableIndexError {
      let memory = try SessionIndex(database: prepared(DatabaseQueue()))
      return try memory.summaries(in: repository, matching: query)
    }
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
    } catch is any RecoverableIndexError {
      return true
    }
  }

  private init(database: DatabaseQueue) { self.database = database }

  private init(_ repository: Repository) throws {
    let path = Self.path(in: repository)
    try Files.makeDirectory(Files.parent(of: path))
    database = try Self.open(path)
  }

  private struct OutdatedSchema: RecoverableIndexError {}

  private static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = GRDB.Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(5)
    return try prepared(DatabaseQueue(path: path, configuration: configuration))
  }

  private static func prepared(_ database: DatabaseQueue) throws -> DatabaseQueue {
    try database.write { db in
      let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      if version == schema { return }
      guard version == 0 else { throw OutdatedSchema() }
      try db.execute(
        sql: """
          CREATE TABLE session(id TEXT PRIMARY KEY, tips TEXT NOT NULL, summary TEXT NOT NULL) WITHOUT ROWID;
          CREATE VIRTUAL TABLE content USING fts5(id UNINDEXED, text, tokenize = "unicode61 remove_diacritics 2");
          PRAGMA user_version = \(schema);
          """)
    }
    return database
  }

  /// Brings the rows up to the tips of the repository first.
  private func summaries(in repository: Repository, matching query: String?) throws -> [SessionSummary] {
    let tips = try repository.sessionTips()
    let known = try database.read { db in
      try Row.fetchAll(db, sql: "SELECT id, tips FROM session").reduce(into: [String: String]()) {
        $0[$1["id"]] = $1["tips"]
      }
    }
    var changes: [Change] = []
    for (session, tips) in tips where known[session.description] != Self.fingerprint(tips) {
      changes.append(
        Change(
          tips: Self.fingerprint(tips), history: try SessionHistory(session, tips: tips, from: repository)))
    }
    let gone = known.keys.filter { id in !tips.keys.contains { $0.description == id } }
    if !changes.isEmpty || !gone.isEmpty {
      try database.write { db in
        for id in gone { try Self.remove(id, from: db) }
        for change in changes { try Self.store(change, in: db) }
      }
    }
    return try read(matching: query)
  }

  private struct Change {
    let tips: String
    let history: SessionHistory
  }

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

  private func read(matching query: String?) throws -> [SessionSummary] {
    try database.read { db in
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

/// An error of the cache alone: the sessions themselves are not touched by it.
private protocol RecoverableIndexError: Error {}
extension DatabaseError: RecoverableIndexError {}
extension FileError: RecoverableIndexError {}
extension DecodingError: RecoverableIndexError {}
