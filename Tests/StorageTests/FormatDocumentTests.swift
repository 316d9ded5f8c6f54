import Foundation
import Sessions
import Testing

@testable import Storage

/// `share/doc/formats.md` names all that is written.
@Suite struct FormatDocumentSuite {
  private let document: String

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../share/doc/formats.md")
    document = try String(contentsOf: file, encoding: .utf8)
  }

  private func expectNamed(_ names: some Sequence<String>) {
    for name in names { #expect(document.contains("`\(name)`"), "\(name)") }
  }

  @Test func trailersStandInTheirOrder() {
    let rows = document.split(separator: "\n").compactMap { line in
      line.firstMatch(of: /^\| `(Session-[A-Z][a-z]+)` \| (\w+)/).map { (String($0.1), $0.2 == "parent") }
    }
    #expect(rows.map(\.0) == Trailer.allCases.map(\.rawValue))
    #expect(rows.map(\.1) == Trailer.allCases.map(\.namesParent))
  }

  @Test func wordsAreNamed() {
    expectNamed(Trigger.allCases.map(\.rawValue))
    expectNamed(LeftOut.Reason.allCases.map(\.rawValue))
    expectNamed(OperationInProgress.Kind.allCases.map(\.rawValue))
    expectNamed(Item.Kind.allCases.map(\.rawValue))
    expectNamed(Lifecycle.Change.allCases.map(\.rawValue))
  }

  /// A switch over all facts, so that a new one is not forgotten here.
  private static func sample(after fact: Fact?) -> Fact? {
    let writer = WriterID(random: [UInt8](repeating: 1, count: 8))
    let id = EventID(writer: writer, sequence: 1)
    let run = AgentRun.ID(agent: "a", run: "r")
    let measure = ContextMeasure(tokens: 1, limit: 2, compactions: 0, model: "m")
    let segment = TranscriptSegment(file: "f", generation: "g", from: 0, to: 1, mark: "m")
    return switch fact {
    case nil: .started(key: 1, objective: "o", name: "n")
    case .started: .objectiveSet("o")
    case .objectiveSet: .nameSet("n")
    case .nameSet: .budgetSet(1)
    case .budgetSet: .nextStepSet("n")
    case .nextStepSet: .phaseSet("p")
    case .phaseSet: .lifecycleChanged(.pause)
    case .lifecycleChanged: .itemAdded(.note, text: "t", because: "b")
    case .itemAdded: .itemResolved(id, because: "b")
    case .itemResolved: .itemReopened(id)
    case .itemReopened: .itemRemoved(id)
    case .itemRemoved: .commitMade(id: "c", subject: "s", by: run)
    case .commitMade: .commitRewritten(old: "o", new: "n", isCopy: true)
    case .commitRewritten: run.map { .runStarted($0, source: "resume") }
    case .runStarted: run.map { .runEnded($0, reason: "exit") }
    case .runEnded:
      if let run, let measure { .contextMeasured(run, measure) } else { nil }
    case .contextMeasured:
      if let run, let segment { .transcriptKept(run, segment) } else { nil }
    case .transcriptKept: .handoffKept(file: "h")
    case .handoffKept: .writerReplaced(writer)
    case .writerReplaced: .deleted
    case .deleted, .unknown: nil
    }
  }

  @Test func everyEventIsDescribedWithItsMembers() throws {
    var (fact, count) = (Self.sample(after: nil), 0)
    while let current = fact {
      count += 1
      let (kind, members) = current.coded
      let row = document.split(separator: "\n").first { $0.hasPrefix("| `\(kind)` |") }
      for member in members.keys { #expect(row?.contains("`\(member)`") == true, "\(kind): \(member)") }
      fact = Self.sample(after: current)
    }
    // A chain that was cut short would hide the rest.
    #expect(count == 20)
  }

  @Test func everyMemberOfTheDocumentIsNamed() throws {
    let checkpoint = Checkpoint(
      number: 1, trigger: .manual, time: Timestamp(milliseconds: 0), message: "m", branch: "b",
      leftOut: [LeftOut(path: "p", reason: .tooLarge, size: 1)], intentToAdd: ["i"],
      operation: OperationInProgress(kind: .merge, heads: ["h"]))
    let document = SessionDocument(
      session: Laboratory.session(1), writer: Laboratory.writer("a"), clock: 1, events: [],
      checkpoint: checkpoint)
    expectNamed(Self.members(try JSONValue(parsing: document.canonical)))
  }

  private static func members(_ json: JSONValue) -> [String] {
    (json.array ?? []).flatMap(members) + (json.object ?? [:]).flatMap { [$0.key] + members($0.value) }
  }
}
