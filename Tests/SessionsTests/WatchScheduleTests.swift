import Sessions
import Testing

/// What changes is saved soon after it is quiet, and in time if it never is.
@Suite struct WatchSchedules {
  private let start = ContinuousClock.now

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

  @Test func nothingIsDueAsLongAsNothingChanges() {
    #expect(WatchSchedule().milliseconds(at: at(0)) == nil)
  }

  @Test func aMomentOfQuietIsWaitedFor() {
    var schedule = WatchSchedule()
    schedule.change(at: at(0))
    #expect(schedule.milliseconds(at: at(500)) == 1500)
    schedule.change(at: at(1500))
    #expect(schedule.milliseconds(at: at(2000)) == 1500)
    #expect(schedule.milliseconds(at: at(3500)) == 0)
    #expect(schedule.milliseconds(at: at(9000)) == 0)
  }

  @Test func changesWithoutEndAreSavedInTime() {
    var schedule = WatchSchedule()
    var saved: [Int] = []
    var first = 0
    for time in stride(from: 0, to: 100_000, by: 700) {
      schedule.change(at: at(time))
      guard schedule.milliseconds(at: at(time)) == 0 else { continue }
      saved.append(time - first)
      first = time + 700
      schedule = WatchSchedule()
    }
    #expect(saved.count == 3)
    #expect(saved.allSatisfy { (25_000..<26_000).contains($0) })
  }

  @Test func aSaveThatHasFailedIsTriedAgainLater() {
    var schedule = WatchSchedule()
    schedule.change(at: at(0))
    schedule.postpone(at: at(2000))
    schedule.change(at: at(2100))
    #expect(schedule.milliseconds(at: at(3000)) == 9000)
    schedule.change(at: at(11_500))
    #expect(schedule.milliseconds(at: at(12_000)) == 1500)
  }
}
