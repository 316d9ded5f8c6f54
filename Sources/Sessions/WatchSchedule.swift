/// When to save what changes.
package struct WatchSchedule: Sendable {
  /// So long nothing must have changed.
  package static let quiet: Duration = .seconds(2)
  /// So long after the first change, at the latest; with the time that a save takes it is half a minute at most.
  package static let limit: Duration = .seconds(25)
  /// So long after a save that has failed.
  package static let retry: Duration = .seconds(10)

  private var first: ContinuousClock.Instant?
  private var last: ContinuousClock.Instant?
  private var notBefore: ContinuousClock.Instant?

  package init() {}

  package mutating func change(at now: ContinuousClock.Instant) {
    first = first ?? now
    last = now
  }

  /// A save has failed.
  package mutating func postpone(at now: ContinuousClock.Instant) { notBefore = now + Self.retry }

  /// How long there is nothing to do if nothing more changes; nil if nothing has changed.
  package func milliseconds(at now: ContinuousClock.Instant) -> Int? {
    guard let first, let last else { return nil }
    let due = max(min(last + Self.quiet, first + Self.limit), notBefore ?? first)
    let (seconds, attoseconds) = now.duration(to: due).components
    return max(0, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
  }
}
