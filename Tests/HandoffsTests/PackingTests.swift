import Sessions
import Testing

@testable import Handoffs

extension PackedHandoff {
  /// The kept entries by section.
  fileprivate var keptEntries: [String: [HandoffEntry]] {
    Dictionary(uniqueKeysWithValues: sections.map { ($0.section.name, $0.entries.map(\.entry)) })
  }
}

struct PackingIntoABudget {
  private static let budgets = [
    0, 400, 401, 450, 520, 640, 800, 999, 1000, 1001, 1400, 2000, 3000, 4000, 9999, 50_000,
  ]

  @Test(arguments: 0..<60)
  func neverExceedsAndNeverLosesWithMore(seed: Int) throws {
    var generator = SeededGenerator(seed: seed)
    let source = try HostileText.source(&generator)
    let handoff = Handoff(source)
    let stamp = Fixture.stamp(for: source)
    var previous: [String: [HandoffEntry]] = [:]
    var previousLevels: [[Int]] = []
    for budget in Self.budgets {
      let packed = handoff.packed(into: budget, stamp: stamp)
      #expect(Tokens.estimate(packed.markdown) <= max(budget, Handoff.minimumBudget), "budget \(budget)")
      let kept = packed.keptEntries
      for (section, entries) in previous {
        var rest = (kept[section] ?? [])[...]
        // In the same order, each with all that it showed before.
        for entry in entries {
          let position = rest.firstIndex(of: entry)
          #expect(position != nil, "budget \(budget) lost an entry of \(section)")
          rest = position.map { rest[($0 + 1)...] } ?? []
        }
      }
      previous = kept
      previousLevels.append(packed.sections.flatMap(\.entries).map(\.level.rawValue))
      #expect(HandoffStamp(readingFrom: packed.markdown) == stamp)
    }
    #expect(previousLevels.map(\.count) == previousLevels.map(\.count).sorted())
  }

  @Test(arguments: 0..<5)
  func everyBudgetInARow(seed: Int) throws {
    var generator = SeededGenerator(seed: 1000 + seed)
    let source = try HostileText.source(&generator)
    let handoff = Handoff(source)
    var count = 0
    for budget in 960..<1040 {
      let packed = handoff.packed(into: budget, stamp: Fixture.stamp(for: source))
      #expect(Tokens.estimate(packed.markdown) <= budget)
      let kept = packed.sections.map(\.entries.count).reduce(0, +)
      #expect(kept >= count)
      count = kept
    }
  }

  @Test func pinnedEntriesAreNeverDropped() throws {
    let packed = Handoff(try Fixture.rich()).packed(into: 1, stamp: Fixture.stamp(for: try Fixture.rich()))
    #expect(["goal", "state", "next"].allSatisfy { packed.keptEntries[$0]?.isEmpty == false })
    #expect(packed.markdown.contains("Make exponents() pass"))
  }

  @Test func hugeTextsAreCutAndKeepOutNothingElse() throws {
    var session = try SessionFixture()
    let huge = String(repeating: "all work and no play ", count: 10_000)
    session.add(.started(key: 1, objective: huge, name: "x"))
    session.add(.nextStepSet(huge))
    session.add(.itemAdded(.decision, text: huge, because: huge))
    session.add(.itemAdded(.note, text: "short", because: nil))
    var source = HandoffSource()
    source.session = session.state
    let packed = Handoff(source).packed(into: 4000, stamp: Fixture.stamp(for: source))
    #expect(packed.markdown.contains("“short”"))
    #expect(packed.markdown.contains("…”"))
    #expect(packed.markdown.contains(": the rest of 3 long texts.\n"))
    #expect(Tokens.estimate(packed.markdown) > 1000)
  }

  @Test func saysWhatIsLeftOutOnlyIfSomethingIs() throws {
    let source = try Fixture.rich()
    let handoff = Handoff(source)
    let all = handoff.packed(into: 4000, stamp: Fixture.stamp(for: source))
    #expect(!all.markdown.contains("Left out"))
    #expect(all.json["left-out"] == nil)
    let needed = Tokens.estimate(all.markdown)
    #expect(handoff.packed(into: needed, stamp: Fixture.stamp(for: source)) == all)
    let less = handoff.packed(into: needed - 1, stamp: Fixture.stamp(for: source))
    #expect(less.markdown.contains("Left out to fit \(grouped(needed - 1)) tokens"))
  }

  /// Packing counts bytes; this holds it to the estimate that callers use.
  @Test func bytesAgreeWithTheEstimate() {
    for count in 0..<3000 {
      let text = String(repeating: "x", count: count)
      let tokens = Tokens.estimate(text)
      #expect(Handoff.bytes(for: tokens) >= count && Handoff.bytes(for: tokens - 1) < count)
    }
  }

  @Test(arguments: [(0, "0"), (999, "999"), (4000, "4,000"), (1_234_567, "1,234,567")])
  func thousandsAreGrouped(number: Int, text: String) {
    #expect(grouped(number) == text)
  }

  @Test(.timeLimit(.minutes(1)))
  func tenThousandFilesAreQuick() throws {
    var source = try Fixture.rich()
    source.changed = (0..<10_000).map { (number: Int) in
      .init(path: "folder/file\(number).c", kind: .added, insertions: number, deletions: 0)
    }
    source.untracked = source.changed
    let packed = Handoff(source).packed(into: 4000, stamp: Fixture.stamp(for: source))
    #expect(Tokens.estimate(packed.markdown) > 3900)
  }
}
