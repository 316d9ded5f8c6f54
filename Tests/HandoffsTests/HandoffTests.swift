import Handoffs
import Sessions
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The documents as files under `Golden`; `UPDATE_GOLDEN=1` writes them anew.
struct GoldenDocuments {
  private func compare(_ text: String, with name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    let file = folder.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data(text.utf8).write(to: file)
    }
    #expect(text == String(decoding: try Data(contentsOf: file), as: UTF8.self))
  }

  @Test(arguments: [(4000, "rich.md"), (1000, "rich-1000.md"), (400, "rich-400.md")])
  func richSession(budget: Int, name: String) throws {
    let source = try Fixture.rich()
    try compare(Handoff(source).packed(into: budget, stamp: Fixture.stamp(for: source)).markdown, with: name)
  }

  @Test func richSessionAsJSON() throws {
    let source = try Fixture.rich()
    let json = Handoff(source).packed(into: 1000, stamp: Fixture.stamp(for: source)).json
    try compare(String(decoding: json.canonical, as: UTF8.self), with: "rich-1000.json")
  }

  @Test func withoutSession() throws {
    var source = try Fixture.rich()
    source.session = nil
    source.since = "HEAD~3"
    source.checkpoint = nil
    source.otherHeads = []
    source.leftOut = []
    source.timesTouched = [:]
    try compare(
      Handoff(source).packed(into: 4000, stamp: Fixture.stamp(for: source)).markdown, with: "since.md")
  }

  @Test func nothingAtAll() throws {
    let source = HandoffSource()
    try compare(
      Handoff(source).packed(into: 4000, stamp: Fixture.stamp(for: source)).markdown, with: "empty.md")
  }

  @Test func newSession() throws {
    var session = try SessionFixture()
    session.add(.started(key: 1, objective: "", name: ""))
    var source = HandoffSource()
    source.session = session.state
    try compare(
      Handoff(source).packed(into: 4000, stamp: Fixture.stamp(for: source)).markdown, with: "new.md")
  }
}

struct HandoffContent {
  @Test func theBodyIsTheDocumentWithoutItsStamp() throws {
    let source = try Fixture.rich()
    let body = Handoff(source).body
    let document = Handoff(source).packed(into: 100_000, stamp: Fixture.stamp(for: source)).markdown
    #expect(document.hasPrefix(body + "\n## Stamp\n"))
    #expect(!body.contains("<!--"))
  }

  @Test func everyFactChangesTheBody() throws {
    let source = try Fixture.rich()
    let body = Handoff(source).body
    let edits: [(inout HandoffSource) -> Void] = [
      { $0.head = Fixture.id(77) }, { $0.branch = nil }, { $0.checkpoint = Fixture.checkpoint(5) },
      { $0.otherHeads = [] }, { $0.commits.removeLast() }, { $0.staged = [] }, { $0.unstaged = [] },
      { $0.untracked = [] }, { $0.changed = [] }, { $0.timesTouched = [:] }, { $0.leftOut = [] },
      { $0.operation = nil }, { $0.hasUnsavedWork = false }, { $0.tree = Fixture.id(78) },
      { $0.continuations = [Fixture.checkpoint(5)] }, { $0.session = nil },
      { $0.unmerged = [UnmergedFile(path: "x", state: .bothAdded)] },
    ]
    for (index, edit) in edits.enumerated() {
      var edited = source
      edit(&edited)
      #expect(Handoff(edited).body != body, "edit \(index)")
    }
  }

  @Test func whereTheSessionWentOn() throws {
    var source = try Fixture.rich()
    (source.continuations, source.otherHeads) = ([Fixture.checkpoint(5)], [])
    #expect(Handoff(source).body.contains("elsewhere, and `git session resume` takes it up: `c5`"))
    source.continuations.append(Fixture.checkpoint(6))
    #expect(Handoff(source).body.contains("elsewhere, and somebody has to choose: `c6`"))
  }

  @Test(arguments: [
    (Lifecycle.Change.pause, "`git session continue`"), (.complete, "`git session reopen`"),
    (.abandon, "`git session reopen`"),
  ])
  func commandsFollowTheLifecycle(change: Lifecycle.Change, command: String) throws {
    var session = try SessionFixture()
    session.add(.started(key: 1, objective: "x", name: "x"))
    session.add(.lifecycleChanged(change))
    var source = HandoffSource()
    source.session = session.state
    #expect(Handoff(source).body.contains("- \(command) "))
  }

  @Test(arguments: [
    ("HEAD~3", "HEAD~3"), ("v1.0", "v1.0"), ("@{-1}", "'@{-1}'"), ("x; rm -rf y", "'x; rm -rf y'"),
    ("$(touch x)", "'$(touch x)'"), ("a'b", "'a'\\''b'"), ("a'\u{301}; rm b", "'a'\\''\u{301}; rm b'"),
  ])
  func revisionsAreQuotedForTheShell(since: String, word: String) {
    var source = HandoffSource()
    source.since = since
    #expect(Handoff(source).body.contains("`git diff \(word)`"))
  }

  @Test(arguments: ["--output=x", "-\u{301}x", "", "a\nb", "a\u{1b}[2Jb", String(repeating: "x", count: 200)])
  func revisionsThatCannotBeShownGiveNoCommand(since: String) {
    var source = HandoffSource()
    source.since = since
    #expect(!Handoff(source).body.contains("git diff"))
  }
}

struct Conversations {
  private func shown(_ session: SessionFixture) -> String {
    var source = HandoffSource()
    source.session = session.state
    return Handoff(source).body
  }

  @Test func aRunThatEndedWithoutAWordIsToldToTheNextContext() throws {
    var session = try SessionFixture()
    session.add(.started(key: 1, objective: "x", name: "x"))
    let first = try #require(AgentRun.ID(agent: "codex", run: "1"))
    session.add(.runStarted(first, source: "startup"))
    #expect(!shown(session).contains("without a word"))
    session.add(.runEnded(first, reason: AgentRun.lost))
    #expect(
      shown(session).contains("- A run of `codex` ended without a word, perhaps in the middle of a turn.\n"))
    for (run, isTold) in [("2", true), ("3", false)] {
      session.add(.runStarted(try #require(AgentRun.ID(agent: "codex", run: run)), source: "startup"))
      #expect(shown(session).contains("without a word") == isTold)
    }
  }

  @Test func thePhaseIsTold() throws {
    var session = try SessionFixture()
    session.add(.started(key: 1, objective: "x", name: "x"))
    session.add(.phaseSet("Tests"))
    #expect(shown(session).contains("- Phase: “Tests”\n"))
  }

  @Test func requestsAreInTheOrderOfTime() {
    var source = HandoffSource()
    source.session = SessionState(
      id: SessionID(time: Fixture.time(minutes: 0), random: Array(repeating: 0, count: 10)))
    source.conversations = [("codex", [2, 4]), ("claude-code", [1, 3])].map { agent, minutes in
      var conversation = Conversation(agent: agent, run: "1")
      conversation.requests = minutes.map { .init(text: "at \($0)", time: Fixture.time(minutes: $0)) }
      return conversation
    }
    let lines = Handoff(source).body.split(separator: "\n").filter { $0.hasSuffix("”") }
    #expect(
      lines == [
        "- `claude-code`: “at 1”", "- `codex`: “at 2”", "- `claude-code`: “at 3”", "- `codex`: “at 4”",
      ])
  }
}

struct FileWeights {
  private func order(_ source: HandoffSource) -> [String] {
    let section = Handoff(source).sections.first { $0.name == "files" }
    return section?.entries.flatMap(\.pieces).compactMap { piece in
      if case .code(_, let path) = piece { path } else { nil }
    } ?? []
  }

  private func change(_ path: String, _ lines: Int?) -> HandoffSource.FileChange {
    .init(path: path, kind: .modified, insertions: lines, deletions: lines.map { _ in 0 })
  }

  @Test func linesTouchesAndDecisionsCount() throws {
    var session = try SessionFixture()
    session.add(.started(key: 1, objective: "x", name: "x"))
    session.add(
      .itemAdded(.decision, text: "Keep the test in ./Makefile, and d.swift.", because: "src/e.c is old"))
    let gone = session.add(.itemAdded(.decision, text: "Rewrite lib/f.c", because: nil))
    session.add(.itemResolved(gone, because: nil))
    var source = HandoffSource()
    source.session = session.state
    source.changed = [
      change("a.lock", 90_000), change("b.swift", 150), change("c.png", nil), change("x/d.swift", 1),
      change("src/e.c", 3), change("lib/f.c", 2), change("Makefile", 2), change("bin/test", 1),
    ]
    source.timesTouched = ["b.swift": 7, "c.png": 1000]
    source.untracked = [change("only-here", 5)]
    #expect(
      order(source) == [
        "b.swift", "a.lock", "c.png", "src/e.c", "Makefile", "x/d.swift", "only-here", "lib/f.c", "bin/test",
      ])
  }
}
