import Sessions
import Testing

@Suite struct LifecycleSuite {
  @Test func everyChangeInEveryState() {
    let allowed: [Lifecycle: [Lifecycle.Change: Lifecycle]] = [
      .active: [.pause: .paused, .complete: .completed, .abandon: .abandoned],
      .paused: [.continue: .active, .complete: .completed, .abandon: .abandoned],
      .completed: [.reopen: .active],
      .abandoned: [.reopen: .active],
    ]
    for state in Lifecycle.allCases {
      for change in Lifecycle.Change.allCases {
        #expect(state.after(change) == allowed[state]?[change], "\(state) \(change)")
      }
    }
  }
}
