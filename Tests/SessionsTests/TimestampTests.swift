import Sessions
import TestSupport
import Testing

@Suite struct TimestampSuite {
  private static let day: Int64 = 86_400_000

  @Test func everyDayOfFourCenturiesIsReadBack() {
    var expected = (year: 1799, month: 12, day: 31)
    let first = Timestamp("1799-12-31T00:00:00Z")?.milliseconds ?? 0
    for offset in 0..<Int64(146_097 + 400) {
      // A different time of day each day, down to the millisecond.
      let time = Timestamp(milliseconds: first + offset * Self.day + offset * 86_399_999 / 146_497)
      let text = time.description
      #expect(text.hasPrefix(Self.date(expected)))
      #expect(Timestamp(text) == time)
      expected = Self.dayAfter(expected)
    }
  }

  private static func date(_ date: (year: Int, month: Int, day: Int)) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(date.year)-\(two(date.month))-\(two(date.day))T"
  }

  /// The calendar as one learns it at school.
  private static func dayAfter(_ date: (year: Int, month: Int, day: Int)) -> (Int, Int, Int) {
    let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if date.day < lengths[date.month - 1] { return (date.year, date.month, date.day + 1) }
    return date.month < 12 ? (date.year, date.month + 1, 1) : (date.year + 1, 1, 1)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (1_795_253_400_250, "2026-11-21T09:30:00.250Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
  ])
  func knownMoments(milliseconds: Int64, text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
    #expect(Timestamp.readable.contains(Timestamp(milliseconds: milliseconds)))
  }

  @Test func theFractionMayBeAbsent() {
    #expect(Timestamp("2026-11-21T09:30:00Z")?.description == "2026-11-21T09:30:00.000Z")
    #expect(Timestamp("2026-11-21T09:30:00Z")?.minute == "2026-11-21 09:30 UTC")
    #expect(Timestamp(milliseconds: -1).seconds == -1)
  }

  @Test(arguments: [
    "", "Z", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21 09:30:00Z", "2026/11/21T09:30:00Z",
    "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z",
    "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:30:60Z", "2026-11-21T09:30:00.25Z",
    "2026-11-21T09:30:00.2500Z", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00z", "26-11-21T09:30:00Z",
    "-2026-11-21T09:30:00Z", "+2026-11-21T09:30:00Z", "2026-11-21T09:30:00+00:00", "2026-1-1T0:0:0Z",
    "99999999999999999-01-01T00:00:00Z", "9223372036854775807-1-1-1-1-1-1Z", "1-1-1-1-1-1-1-1-1-1Z",
    "２０２６-11-21T09:30:00Z",
  ])
  func garbageIsRejected(text: String) { #expect(Timestamp(text) == nil) }

  @Test func randomMomentsAreReadBackAndSortAsText() {
    var random = Random(1)
    let range = Timestamp.readable.lowerBound.milliseconds...Timestamp.readable.upperBound.milliseconds
    for _ in 0..<5000 {
      let left = Timestamp(milliseconds: Int64.random(in: range, using: &random))
      let right = Timestamp(milliseconds: Int64.random(in: range, using: &random))
      #expect(Timestamp(left.description) == left)
      #expect((left < right) == (left.description < right.description))
    }
  }

  @Test func clocksThatGoBackwardsTakeNoTimeAway() {
    let (early, late) = (Timestamp(milliseconds: 1000), Timestamp(milliseconds: 4000))
    #expect(late.milliseconds(since: early) == 3000)
    #expect(early.milliseconds(since: late) == 0)
  }

  @Test func aMomentAheadIsNotJustPast() {
    let (early, late) = (Timestamp(milliseconds: 1000), Timestamp(milliseconds: 4000))
    #expect(late.isWithin(3000, after: early) && early.isWithin(0, after: early))
    #expect(!late.isWithin(2999, after: early) && !early.isWithin(5000, after: late))
    let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
    #expect(!last.isWithin(.max, after: first) && !first.isWithin(.max, after: last))
  }
}
