import Files
import Foundation
import GRDB
import Git
import Sessions
import Storage
import TestSupport
import Testing

@Suite struct SessionIndexSuite {
  private static let objectives = [
    "Fix the parser", "Größe ändern: naïve façade", "修复 解析器", "Ship it \"now\" (really)",
  ]

  /// Four sessions, of which the first has a decision and a blocker.
  private func laboratory() throws -> Laboratory {
    let lab = try Laboratory()
    for (offset, objective) in Self.objectives.enumerated() {
      try lab.begin(objective: objective, key: offset + 1, in: Laboratory.session(UInt8(offset + 1)))
    }
    try lab.append(
      [
        .itemAdded(.decision, text: "Use a hand-written lexer", because: "Speed matters"),
        .itemAdded(.blocker, text: "Waiting for review", because: nil),
        .commitMade(id: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", subject: "Introduce tokens"),
      ], in: Laboratory.session(1))
    return lab
  }

  private func keys(_ lab: Laboratory, _ query: String? = nil) throws -> [Int] {
    try SessionIndex.summaries(of: lab.repository, matching: query).map(\.key)
  }

  private func file(_ lab: Laboratory) -> String { SessionIndex.path(in: lab.repository) }

  @Test func listsTheNewestFirst() throws {
    let lab = try laboratory()
    let listed = try SessionIndex.summaries(of: lab.repository)
    #expect(listed.map(\.key) == [4, 3, 2, 1])
    #expect(listed.last?.openItems == 1)
    #expect(listed.last?.checkpoints == 1)
    #expect(listed.last?.writers == [Laboratory.writer("a")])
    #expect(listed.last?.objective == "Fix the parser")
    #expect(listed.last?.label == "SESSION-001")
    #expect(try SessionIndex.summaries(of: lab.repository) == listed)
    try SessionIndex.remove(from: lab.repository)
    #expect(try SessionIndex.summaries(of: lab.repository) == listed)
    #expect(try !SessionIndex.isDamaged(in: lab.repository))
  }

  @Test func findsWordsByTheirBeginnings() throws {
    let lab = try laboratory()
    for _ in 0..<2 {
      #expect(try keys(lab, "pars") == [1])
      #expect(try keys(lab, "LEX speed") == [1])
      #expect(try keys(lab, "lex nothing") == [])
      #expect(try keys(lab, "groß") == [2])
      #expect(try keys(lab, "naive facade") == [2])
      #expect(try keys(lab, "修复") == [3])
      #expect(try keys(lab, "session") == [4, 3, 2, 1])
      #expect(try keys(lab, "tokens review") == [1])
      try SessionIndex.remove(from: lab.repository)
    }
  }

  private static let hostileQueries = [
    "", " ", "\"", "\"\"", "'", "*", "**", "pars*", "NEAR(", "NEAR(a b)", "AND", "a AND", "OR OR", "NOT x",
    "(", ")", "^x", "-x", "text:x", "id:01", "{a b}:c", "\\", "%", ";", "'; DROP TABLE session; --", "\u{0}",
    "a\u{0}b", "🎉", "\u{1b}[31m", "+", "\"pars", "pars\"er", "col : x", String(repeating: "a ", count: 2000),
    String(repeating: "(", count: 5000),
  ]

  @Test func hostileQueriesAreOnlyWords() throws {
    let lab = try Laboratory()
    try lab.begin(objective: "Fix the parser")
    for query in Self.hostileQueries {
      let found = try keys(lab, query)
      #expect(found.isEmpty || query.contains("pars"), "\(query.prefix(20))")
    }
    #expect(try keys(lab, "parser") == [1])
  }

  @Test func whereThereIsNoSessionNothingIsMade() throws {
    let lab = try Laboratory()
    #expect(try SessionIndex.summaries(of: lab.repository).isEmpty)
    #expect(try Files.status(lab.repository.cloneState) == nil)
  }

  @Test func deletedAndUnstartedSessionsAreNotListed() throws {
    let lab = try laboratory()
    try lab.append([.deleted], in: Laboratory.session(2))
    let batch = try lab.batch()
    let unstarted = Laboratory.session(9)
    let root = try lab.chain.begin(unstarted, writer: Laboratory.writer("a"), batch: batch).root
    try lab.append([.note("no start")], after: root.id, in: unstarted, batch: batch)
    try lab.scratch.commit("of the user")
    try lab.scratch.git(
      "update-ref", "refs/sessions/\(Laboratory.session(8))/\(Laboratory.writer("a"))", "HEAD")
    for _ in 0..<2 {
      #expect(try keys(lab) == [4, 3, 1])
      #expect(try keys(lab, "naive") == [])
      try SessionIndex.remove(from: lab.repository)
    }
    try lab.scratch.git(
      "update-ref", "-d", "refs/sessions/\(Laboratory.session(3))/\(Laboratory.writer("a"))")
    #expect(try keys(lab) == [4, 1])
  }

  @Test func onlySessionsThatMovedAreReadAgain() throws {
    let lab = try laboratory()
    let before = try SessionIndex.summaries(of: lab.repository)
    // What is gone cannot be read, so a row that is still there was not read again.
    let tip = try #require(try lab.repository.tips(of: Laboratory.session(3)).first).commit
    try lab.scratch.remove(try lab.scratch.looseFile(tip))
    try lab.append([.objectiveSet("Changed")], in: Laboratory.session(4))
    let after = try SessionIndex.summaries(of: try lab.scratch.open())
    #expect(after.dropFirst() == before.dropFirst())
    #expect(after.first?.objective == "Changed")
    #expect(try keys(lab, "changed") == [4])
    #expect(try keys(lab, "parser") == [1])
  }

  @Test func whatCouldNotBeReadIsTriedAgain() throws {
    let lab = try laboratory()
    let tip = try #require(try lab.repository.tips(of: Laboratory.session(1)).first).commit
    let file = try lab.scratch.path + "/" + lab.scratch.looseFile(tip)
    try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
    #expect(try SessionIndex.summaries(of: try lab.scratch.open()).map(\.key) == [4, 3, 2])
    try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
    #expect(try SessionIndex.summaries(of: try lab.scratch.open()).map(\.key) == [4, 3, 2, 1])
  }

  @Test(arguments: [
    "garbage", "empty", "version", "tables", "summary", "folder", "file-as-folder", "truncated",
  ])
  func anythingInItsPlaceIsStood(damage: String) throws {
    let lab = try laboratory()
    let listed = try SessionIndex.summaries(of: lab.repository)
    let path = file(lab)
    func sql(_ statement: String) throws {
      try DatabaseQueue(path: path).write { try $0.execute(sql: statement) }
    }
    switch damage {
    case "garbage": try Data("no database at all, and long enough".utf8).write(to: URL(filePath: path))
    case "empty": try Data().write(to: URL(filePath: path))
    case "version": try sql("PRAGMA user_version = 99")
    case "tables": try sql("DROP TABLE content")
    case "summary": try sql("UPDATE session SET summary = '{}'")
    case "folder":
      try SessionIndex.remove(from: lab.repository)
      try FileManager.default.createDirectory(atPath: path + "/x", withIntermediateDirectories: true)
    case "truncated":
      let handle = try #require(FileHandle(forUpdatingAtPath: path))
      try handle.truncate(atOffset: 5000)
    default:
      try FileManager.default.removeItem(atPath: lab.repository.cloneState)
      try Data().write(to: URL(filePath: lab.repository.cloneState))
    }
    #expect(try SessionIndex.summaries(of: lab.repository) == listed)
    #expect(try keys(lab, "lexer") == [1])
    #expect(try SessionIndex.isDamaged(in: lab.repository) == (damage == "folder"))
  }

  @Test(.timeLimit(.minutes(2))) func eightProcessesAtOnce() async throws {
    let lab = try laboratory()
    let (path, session) = (lab.scratch.path, lab.session.description)
    await withTaskGroup { group in
      for number in 0..<8 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, session = session as String, number = number as Int] in
            let rival = try Rival(at: path, session: try #require(SessionID(session)))
            try rival.meet("\(number)", count: 8)
            for step in 0..<12 {
              let keys = try SessionIndex.summaries(of: rival.repository).map(\.key)
              try #require(keys == [4, 3, 2, 1])
              if number < 2 {
                try rival.append("\(step)", as: WriterID(random: [UInt8](repeating: UInt8(number), count: 8)))
              }
              if step % 3 == number % 3 { try SessionIndex.remove(from: rival.repository) }
            }
          }
        }
      }
    }
    let listed = try SessionIndex.summaries(of: lab.repository)
    try SessionIndex.remove(from: lab.repository)
    #expect(try SessionIndex.summaries(of: lab.repository) == listed)
  }
}
