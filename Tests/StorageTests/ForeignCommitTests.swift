import Foundation
import Git
import Sessions
import Storage
import TestSupport
import Testing

/// What stands below `refs/sessions` and is not ours, or was tampered with.
@Suite struct ForeignCommitSuite {
  /// A change to a commit, and the reason that is reported for it.
  struct Case: Sendable, CustomTestStringConvertible {
    let reason: String
    let change: @Sendable (inout Forgery) -> Void
    var testDescription: String { reason }

    init(_ reason: String, _ change: @escaping @Sendable (inout Forgery) -> Void) {
      self.reason = reason
      self.change = change
    }
  }

  private static func replace(_ name: String, _ value: String) -> @Sendable (inout Forgery) -> Void {
    { forgery in
      forgery.trailers = { lines in
        for index in lines.indices where lines[index].name == name { lines[index].value = value }
      }
    }
  }

  private static let emptyTree = ObjectID.emptyTree.hex
  private static let noTrailers = "its message does not end in the trailers of a session"
  private static let otherParents = "its trailers do not name its parents in their order"
  private static let otherDocument =
    "its session.json names another session, writer or clock than its trailers"
  private static let otherCheckpoint = "its session.json names another checkpoint than its trailers"
  private static let numbered = "its checkpoint or its events are numbered beyond its clock"

  private static let ofTrailers: [Case] = [
    Case(noTrailers) { $0.message = "just a message\n" },
    Case(noTrailers) { $0.message = "" },
    Case(noTrailers) { $0.trailers = { $0.append(("Signed-off-by", "Eve")) } },
    Case(noTrailers) { $0.trailers = { $0.swapAt(0, 1) } },
    Case(noTrailers) { $0.trailers = { $0.append(("Session-Clock", "9")) } },
    Case(otherParents, replace("Session-Previous", emptyTree)),
    Case(otherParents, replace("Session-Record", "refs/heads/main")),
    Case(otherParents) { $0.parents = { $0.reverse() } },
    Case(otherParents) { $0.parents = { $0.removeLast() } },
    Case(otherParents) { $0.parents = { $0.append($0[0]) } },
    Case("it belongs to another session") { $0.session = Laboratory.session(2) },
    Case("it belongs to another session", replace("Session-Id", "nonsense")),
    Case("it names no writer or clock", replace("Session-Writer", "../../../x")),
    Case("it names no writer or clock", replace("Session-Clock", "-1")),
    Case("it names no writer or clock", replace("Session-Clock", "+2")),
    Case("it names no writer or clock", replace("Session-Clock", "99999999999999999999")),
    Case("its time is beyond all calendars") { $0.time = Int64.max },
    Case("its time is beyond all calendars") { $0.time = -1 },
    Case("more than the 1048576 allowed") { $0.message = String(repeating: "long ", count: 300_000) },
  ]

  private static let ofDocuments: [Case] = [
    Case(otherDocument, replace("Session-Clock", "7")),
    Case(otherDocument, replace("Session-Writer", "22222222")),
    Case(otherCheckpoint) { forgery in
      forgery.trailers = { $0.insert(("Session-Checkpoint", "2"), at: 4) }
    },
    Case(otherCheckpoint) {
      $0.checkpoint = Checkpoint(number: 2, trigger: .turn, time: Timestamp(milliseconds: 0))
      replace("Session-Checkpoint", "3")(&$0)
    },
    Case(otherCheckpoint) {
      $0.checkpoint = Checkpoint(number: 2, trigger: .turn, time: Timestamp(milliseconds: 0))
      replace("Session-Trigger", "exit")(&$0)
    },
    Case(numbered) {
      $0.checkpoint = Checkpoint(number: Int.max, trigger: .turn, time: Timestamp(milliseconds: 0))
    },
    Case(numbered) {
      let id = EventID(writer: Laboratory.writer("a"), sequence: Int.max)
      $0.events = [Event(id: id, time: Timestamp(milliseconds: 0), fact: .deleted)]
    },
    Case("its record holds no session.json") { $0.recordName = "other.json" },
    Case("its record holds no session.json") { $0.recordMode = "120000" },
    Case("more than the 8388608 allowed") { $0.recordName = String(repeating: "x", count: 9 << 20) },
    Case("session.json is not JSON") { $0.document = Array("not json".utf8) },
    Case("session.json is not JSON") {
      $0.document = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    },
    Case("session.json names no format") { $0.document = Array("{}".utf8) },
    Case("session.json has format 2; this version reads 1") { $0.document = Array(#"{"format":2}"#.utf8) },
    Case("session.json holds an event without kind, sequence or time") { forgery in
      forgery.document = Array(
        #"{"format":1,"session":"\#(forgery.session)","writer":"\#(forgery.writer)","clock":2,"events":[{}]}"#
          .utf8)
    },
    Case("has 16777217 bytes, more than the 16777216 allowed") {
      $0.document = [UInt8](repeating: UInt8(ascii: " "), count: 16 << 20 + 1)
    },
  ]

  private static let ofChains: [Case] = [
    Case("its clock does not exceed that of its parents") { $0.clock = 1 },
    Case("its clock does not exceed that of its parents") { $0.clock = 0 },
    Case("its clock jumps too far") { $0.clock += 1_000_000 },
    Case("its clock jumps too far") { $0.clock = Int64.max },
    Case("it is a record with a tree of its own") { forgery in
      forgery.tree = ObjectID("4b825dc642cb6eb9a060e54bf8d69288fbee4904") ?? forgery.tree
    },
    Case("it has no record") {
      $0.trailers = { $0.remove(at: 1) }
      $0.parents = { $0.removeLast() }
    },
    Case("it continues no commit") { $0.trailers = { $0[0].name = "Session-Merged" } },
  ]

  @Test(arguments: ofTrailers + ofDocuments + ofChains)
  func isIgnoredWithAllThatStandsOnItAndReported(_ example: Case) throws {
    let lab = try Laboratory()
    try lab.begin()
    let valid = try lab.checkpoint("valid", facts: [.note("valid")]).commit
    var forgery = Forgery(in: lab, after: valid)
    example.change(&forgery)
    let forged = try forgery.write(in: lab)
    var onTop = Forgery(in: lab, after: valid)
    onTop.previous = forged
    onTop.clock = max(3, forgery.clock &+ 1)
    let above = try onTop.write(in: lab)

    let history = try lab.history()
    #expect(history.commits.last?.id == valid.id)
    #expect(history.notes == ["valid"])
    let reasons = Dictionary(uniqueKeysWithValues: history.foreign.map { ($0.id, $0.reason) })
    #expect(reasons[forged]?.hasSuffix(example.reason) == true, "\(reasons[forged] ?? "none")")
    #expect(reasons[above] == "it stands on a foreign commit")

    // What is saved now goes on from the last commit that counts, under a name of its own.
    let saved = try lab.append([.note("saved")])
    #expect(saved.commit.previous == valid.id)
    #expect(saved.commit.writer == Laboratory.writer("z"))
    #expect(try lab.history().notes == ["saved", "valid"])
    #expect(try lab.git("rev-parse", lab.reference("a")) == above.hex, "what is not ours stays as it is")
  }

  @Test func theForgeryAloneWouldCount() throws {
    let lab = try Laboratory()
    let valid = try lab.begin().commit
    let id = try Forgery(in: lab, after: valid).write(in: lab)
    let history = try lab.history()
    #expect(history.foreign.isEmpty)
    #expect(history.commits.last?.id == id)
  }

  /// Of what others made only so much is read; what is here counts in full.
  @Test func theSumOfDocumentsIsBounded() throws {
    let lab = try Laboratory()
    let tips = try lab.begin().history.tips
    let last = try (0..<5).map { _ in try lab.append([.note(String(repeating: "x", count: 1000))]) }.last
    let others = try #require(last).history.tips
    func read(_ tips: [Tip], and others: [Tip], limit: Int) throws -> Int {
      try SessionHistory(
        lab.session, tips: tips, and: others.map(\.commit), limit: limit, from: lab.repository
      ).commits.count
    }
    #expect(try read(tips, and: others, limit: 10_000) == 7)
    #expect(try read(others, and: others, limit: 0) == 7)
    #expect {
      try read(tips, and: others, limit: 4000)
    } throws: { ($0 as? GitError)?.kind == .tooLarge }
  }

  /// Longer than a commit of a chain may be.
  @Test func aLongMessageIsCutInTheCommitAlone() throws {
    let lab = try Laboratory()
    try lab.begin()
    let message = "subject\n\n" + String(repeating: "line of the body\n", count: 100_000)
    let saved = try lab.checkpoint("content", message: message).commit
    #expect(try lab.history().commits.last?.id == saved.id)
    #expect(try lab.git("log", "-1", "--format=%s", saved.id.hex) == "subject")
    #expect(try lab.git("cat-file", "-s", saved.id.hex).count == 6)
  }

  @Test func whatTheUserPutOnTopHidesNothing() throws {
    let lab = try Laboratory()
    let valid = try lab.begin().commit
    for _ in 0..<3 { try lab.scratch.commit("history of the user") }
    try lab.scratch.git("merge", "-q", "--allow-unrelated-histories", "-m", "a merge", valid.id.hex)
    try lab.scratch.commit("and more")
    try lab.scratch.git("update-ref", lab.reference("a"), "HEAD")
    let history = try lab.history()
    #expect(history.commits.last?.id == valid.id)
    #expect(history.foreign.map(\.id.hex) == [try lab.git("rev-parse", "HEAD")], "only the tip is reported")
    #expect(try lab.append([.note("x")]).commit.previous == valid.id)
  }

  @Test func aRootMayHoldNothing() throws {
    let lab = try Laboratory()
    try lab.begin()
    for (clock, counts) in [(Int64(999_999), true), (1_000_000, false), (Int64.max, false)] {
      var forgery = Forgery(in: lab, after: try #require(try lab.history().heads.first))
      (forgery.previous, forgery.clock, forgery.tree) = (nil, clock, .emptyTree)
      forgery.parents = { $0.removeAll() }
      forgery.trailers = { $0.remove(at: 0) }
      let id = try forgery.write(in: lab, as: "e")
      #expect((try lab.history()[id] != nil) == counts, "\(clock)")
    }
  }

  @Test func referencesToOtherThings() throws {
    let lab = try Laboratory()
    let valid = try lab.begin().commit
    try lab.scratch.commit("of the user")
    try lab.scratch.git("tag", "-a", "-m", "a tag", "annotated")
    try lab.scratch.git("update-ref", lab.reference("b"), "HEAD")
    try lab.scratch.git("update-ref", lab.reference("c"), "HEAD^{tree}")
    try lab.scratch.git("update-ref", lab.reference("d"), "annotated")
    try lab.scratch.git("symbolic-ref", lab.reference("e"), "refs/heads/main")
    for name in ["refs/sessions/odd", "refs/sessions/odd/shape", "refs/sessions/\(lab.session)/abc/def"] {
      if name != "refs/sessions/odd" { try lab.scratch.git("update-ref", name, valid.id.hex) }
    }
    let history = try lab.history()
    #expect(history.commits.count == 2)
    #expect(history.foreign.count == 3)
    #expect(try lab.repository.sessionTips().keys.map(\.description) == [lab.session.description])
    for writer in ["b", "c", "d", "e"] as [Character] {
      let saved = try lab.append([.note("\(writer)")], as: writer, after: valid.id)
      #expect(saved.history.notes.contains("\(writer)"))
    }
    #expect(try lab.history().notes == ["b", "c", "d", "e"])
  }
}
