import Sessions
import Testing

@Suite struct SessionDocumentSuite {
  private static let fullCheckpoint: Checkpoint = {
    var checkpoint = Checkpoint(
      number: 4, trigger: .compaction, time: Sample.time(9), message: "half way", branch: "refs/heads/main",
      changes: ChangeCount(files: 3, insertions: 120, deletions: 7),
      leftOut: LeftOut.Reason.allCases.map { LeftOut(path: "a/\($0.rawValue)", reason: $0, size: 12) }
        + [LeftOut(path: "b", reason: .unreadable, filter: "lfs")],
      intentToAdd: ["new file", "\"od\\303\\244\""],
      operation: OperationInProgress(kind: .cherryPick, heads: ["4b825dc642cb6eb9a060e54bf8d69288fbee4904"]))
    checkpoint.unknown = ["tests": .object(["passed": .bool(true)])]
    return checkpoint
  }()

  private static func document(_ checkpoint: Checkpoint?) -> SessionDocument {
    SessionDocument(
      session: Sample.session, writer: Sample.writer("a"), clock: 17,
      events: Sample.facts.enumerated().map { Sample.event("a", $0 + 1, at: $0, $1) }, checkpoint: checkpoint)
  }

  private func parse(_ text: String) throws -> SessionDocument {
    try SessionDocument(parsing: Array(text.utf8))
  }

  @Test(
    arguments: [nil, fullCheckpoint]
      + Trigger.allCases.map {
        Checkpoint(number: 1, trigger: $0, time: Sample.time(1))
      })
  func isReadBack(checkpoint: Checkpoint?) throws {
    var document = Self.document(checkpoint)
    document.unknown = ["added-later": .array([.integer(1)])]
    let read = try SessionDocument(parsing: document.canonical)
    #expect(read == document)
    #expect(read.canonical == document.canonical)
  }

  @Test func whatANewerVersionWroteIntoACheckpointSurvives() throws {
    let text = """
      {"format":1,"session":"\(Sample.session)","writer":"aaaaaaaa","clock":3,"checkpoint":{
      "number":1,"trigger":"turn","time":"2026-11-21T09:30:00.000Z","later":[1],
      "changes":{"files":1,"insertions":2,"deletions":3,"renames":4},
      "left-out":[{"path":"a","reason":"too-large","size":9,"mode":"100644"},{"path":"b","reason":"haunted"}],
      "operation":{"kind":"bisect","heads":[]}},"events":[],"more":{"x":null}}
      """
    let original = try JSONValue(parsing: Array(text.utf8))
    var document = try parse(text)
    #expect(document.canonical == original.canonical)
    #expect(document.checkpoint?.leftOut == [LeftOut(path: "a", reason: .tooLarge, size: 9)])
    #expect(document.checkpoint?.operation == nil)

    // What is changed is written anew; the rest stays.
    document.checkpoint?.changes.files = 5
    let changed = try JSONValue(parsing: document.canonical)["checkpoint"]
    #expect(changed?["changes"]?["files"] == .integer(5))
    #expect(changed?["left-out"] == original["checkpoint"]?["left-out"])
    #expect(changed?["later"] == .array([.integer(1)]))
  }

  @Test func aFutureFormatIsRefusedInASentence() {
    let text = #"{"format":2,"anything":"else"}"#
    #expect(throws: SessionDocument.Invalid.self) { try parse(text) }
    do {
      _ = try parse(text)
    } catch {
      #expect("\(error)" == "session.json has format 2; this version reads 1")
    }
  }

  @Test(arguments: [
    ("", "session.json is not JSON"), ("[]", "session.json names no format"),
    (#"{"format":"1"}"#, "session.json names no format"),
    (#"{"format":1}"#, "session.json lacks session, writer or clock"),
    (
      #"{"format":1,"session":"01kb0000000000000000000000","writer":"abcdefgh","clock":"1"}"#,
      "session.json lacks session, writer or clock"
    ),
    (
      #"{"format":1,"session":"01kb0000000000000000000000","writer":"abcdefgh","clock":1,"events":{}}"#,
      "session.json holds events that are no list"
    ),
    (
      #"{"format":1,"session":"01kb0000000000000000000000","writer":"abcdefgh","clock":1,"events":[5]}"#,
      "session.json holds an event without kind, sequence or time"
    ),
    (
      #"{"format":1,"session":"01kb0000000000000000000000","writer":"abcdefgh","clock":1,"checkpoint":{}}"#,
      "session.json holds a checkpoint without number, trigger or time"
    ),
  ])
  func whatIsWrongIsSaid(text: String, sentence: String) {
    do {
      _ = try parse(text)
      Issue.record("was read")
    } catch {
      #expect("\(error)" == sentence)
    }
  }

  @Test func theCanonicalBytes() {
    let document = SessionDocument(
      session: Sample.session, writer: Sample.writer("a"), clock: 2,
      events: [Sample.event("a", 1, at: 0, .nextStepSet("rest"))])
    let expected = """
      {
        "clock": 2,
        "events": [
          {
            "kind": "next-step-set",
            "sequence": 1,
            "text": "rest",
            "time": "2026-11-21T09:30:00.000Z"
          }
        ],
        "format": 1,
        "session": "\(Sample.session)",
        "writer": "11111111"
      }

      """
    #expect(String(decoding: document.canonical, as: UTF8.self) == expected)
  }
}
