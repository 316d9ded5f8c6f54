import Foundation
import Sessions
import Testing

@Suite struct LifecycleSuite {
  private static let allowed: [Lifecycle: [Lifecycle.Change: Lifecycle]] = [
    .active: [.pause: .paused, .complete: .completed, .abandon: .abandoned],
    .paused: [.continue: .active, .complete: .completed, .abandon: .abandoned],
    .completed: [.reopen: .active],
    .abandoned: [.reopen: .active],
  ]

  @Test func everyChangeInEveryState() {
    for state in Lifecycle.allCases {
      for change in Lifecycle.Change.allCases {
        #expect(state.after(change) == Self.allowed[state]?[change], "\(state) \(change)")
      }
    }
  }

  @Test func thePathBetweenAnyTwoStates() {
    let paths: [Lifecycle: [Lifecycle: [Lifecycle.Change]]] = [
      .active: [.active: [], .paused: [.pause], .completed: [.complete], .abandoned: [.abandon]],
      .paused: [.active: [.continue], .paused: [], .completed: [.complete], .abandoned: [.abandon]],
      .completed: [
        .active: [.reopen], .paused: [.reopen, .pause], .completed: [], .abandoned: [.reopen, .abandon],
      ],
      .abandoned: [
        .active: [.reopen], .paused: [.reopen, .pause], .completed: [.reopen, .complete], .abandoned: [],
      ],
    ]
    for state in Lifecycle.allCases {
      for goal in Lifecycle.allCases {
        let path = state.path(to: goal)
        #expect(path == paths[state]?[goal], "\(state) to \(goal)")
        #expect(path.reduce(Optional(state)) { $0?.after($1) } == goal)
      }
    }
  }

  /// `UPDATE_DOCS=1` writes the diagram into the document.
  @Test func theDocumentHoldsTheDiagram() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../share/doc/lifecycle.md")
    let document = try String(contentsOf: file, encoding: .utf8)
    let parts = document.components(separatedBy: "```mermaid\n")
    let end = parts.count == 2 ? parts[1].range(of: "```\n") : nil
    let held = try #require(end.map { String(parts[1][..<$0.lowerBound]) }, "one block of Mermaid")
    if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
      let updated = document.replacingOccurrences(of: held, with: Lifecycle.diagram)
      try updated.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(held == Lifecycle.diagram, "run the tests with UPDATE_DOCS=1")
    }
  }
}
