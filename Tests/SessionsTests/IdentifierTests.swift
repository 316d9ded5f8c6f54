import Sessions
import TestSupport
import Testing

@Suite struct IdentifierSuite {
  private static let now = Timestamp(milliseconds: 1_795_253_400_250)

  private func session(_ time: Timestamp, _ random: inout Random) -> SessionID {
    SessionID(time: time, random: (0..<10).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  @Test func theExampleOfTheULIDSpecification() {
    // https://github.com/ulid/spec: 01ARZ3NDEKTSV4RRFFQ69G5FAV is of 1469922850259.
    let id = SessionID("01arz3ndektsv4rrffq69g5fav")
    #expect(id?.time == Timestamp(milliseconds: 1_469_922_850_259))
    let zero = SessionID(time: Timestamp(milliseconds: 0), random: [UInt8](repeating: 0, count: 10))
    #expect(zero.description == "00000000000000000000000000")
    let last = SessionID(
      time: Timestamp(milliseconds: 0xffff_ffff_ffff), random: [UInt8](repeating: 255, count: 10))
    #expect(last.description == "7zzzzzzzzzzzzzzzzzzzzzzzzz")
    let counted = SessionID(time: Timestamp(milliseconds: 1), random: [0, 0, 0, 0, 1, 0, 0, 0, 0, 2])
    #expect(counted.description == "00000000010000000100000002")
  }

  @Test func sessionsSortByTheirStart() {
    var random = Random(2)
    var previous = session(Self.now, &random)
    for step in 1...2000 {
      let time = Timestamp(milliseconds: Self.now.milliseconds + Int64(step) * 997)
      let id = session(time, &random)
      #expect(previous < id)
      #expect(id.time == time)
      #expect(SessionID(id.description) == id)
      #expect(id.suffix == String(id.description.suffix(4)))
      previous = id
    }
  }

  @Test(arguments: [
    "", "01kb", "01KB0000000000000000000000", "81kb0000000000000000000000", "01kb000000000000000000000",
    "01kb00000000000000000000000", "01kb000000000000000000000i", "01kb000000000000000000000l",
    "01kb000000000000000000000o", "01kb000000000000000000000u", "01kb/000000000000000000000",
    "01kb000000000000000000000é", "..........................",
  ])
  func whatIsNoSessionIsRejected(text: String) { #expect(SessionID(text) == nil) }

  @Test func writers() {
    #expect(WriterID(random: [0, 1, 2, 31, 32, 33, 255, 9]).description == "012z01z9")
    #expect(WriterID("abcdefgh")?.suffix == "efgh")
    for text in ["", "abcdefg", "abcdefghj", "ABCDEFGH", "abcdefgi", "abcd/fgh", "abcdefgh.lock", "éabcdef"] {
      #expect(WriterID(text) == nil, "\(text)")
    }
  }

  @Test func events() throws {
    let writer = try #require(WriterID("k3f2abcd"))
    #expect(EventID("k3f2abcd-12") == EventID(writer: writer, sequence: 12))
    for sequence in [1, 9, 10, 12345, Int.max] {
      let id = EventID(writer: writer, sequence: sequence)
      #expect(EventID(id.description) == id)
    }
    for text in [
      "", "-", "k3f2abcd", "k3f2abcd-", "k3f2abcd-0", "k3f2abcd--1", "k3f2abcd-+1", "k3f2abcd-01",
      "k3f2abcd-1-2", "k3f2abcd-99999999999999999999", "K3F2ABCD-1", " k3f2abcd-1",
    ] {
      #expect(EventID(text) == nil, "\(text)")
    }
    let other = try #require(WriterID("k3f2abce"))
    #expect(EventID(writer: writer, sequence: 10) < EventID(writer: other, sequence: 1))
    #expect(EventID(writer: writer, sequence: 9) < EventID(writer: writer, sequence: 10))
  }

  @Test func labelsOfKeys() {
    #expect(
      [1, 12, 999, 1000, 123_456].map(SessionState.label(key:)) == [
        "SESSION-001", "SESSION-012", "SESSION-999", "SESSION-1000", "SESSION-123456",
      ])
    #expect(SessionState.nextKey(after: []) == 1)
    #expect(SessionState.nextKey(after: [3, 12, 7]) == 13)
    #expect(SessionState.nextKey(after: [3, Int.max, 999_999_999]) == 4)
  }
}
