import Sessions
import Testing

@Suite struct EventCodingSuite {
  private let writer = Sample.writer("a")

  private func parse(_ text: String) throws -> Event? {
    Event(try JSONValue(parsing: Array(text.utf8)), writer: writer)
  }

  @Test(arguments: Sample.facts) func everyFactIsReadBack(fact: Fact) throws {
    let event = Sample.event("a", 7, at: 3, fact)
    let read = Event(try JSONValue(parsing: event.json.canonical), writer: writer)
    #expect(read == event)
    #expect(read?.json.canonical == event.json.canonical)
  }

  @Test(arguments: Sample.facts) func unknownMembersSurvive(fact: Fact) throws {
    guard var members = Sample.event("a", 7, at: 3, fact).json.object else { return }
    members["added-later"] = .object(["deep": .array([.number(1.5), .string("x")])])
    let json = JSONValue.object(members)
    let event = try #require(Event(json, writer: writer))
    #expect(event.json == json)
    if case .unknown = fact { return }
    #expect(event.fact == fact)
    #expect(Array(event.unknown.keys) == ["added-later"])
  }

  @Test(arguments: [
    #"{"kind":"item-added","item-kind":"idea","text":"x"}"#, #"{"kind":"item-added","item-kind":"note"}"#,
    #"{"kind":"item-resolved","item":"nonsense"}"#, #"{"kind":"lifecycle-changed","change":"explode"}"#,
    #"{"kind":"budget-set","tokens":-5}"#, #"{"kind":"budget-set","tokens":9223372036854775807}"#,
    #"{"kind":"budget-set","tokens":1.5}"#, #"{"kind":"started","key":0,"objective":"a","name":"b"}"#,
    #"{"kind":"started","key":9223372036854775807,"objective":"a","name":"b"}"#,
    #"{"kind":"objective-set","text":null}"#, #"{"kind":"writer-replaced","writer":"../../x"}"#,
  ])
  func aShapeThatIsNotKnownIsKeptAsItIs(text: String) throws {
    let envelope = #","sequence":4,"time":"2026-11-21T09:30:00.000Z"}"#
    let bytes = Array((text.dropLast() + envelope).utf8)
    let event = try #require(try parse(String(decoding: bytes, as: UTF8.self)))
    guard case .unknown = event.fact else {
      Issue.record("\(event.fact) is taken for known")
      return
    }
    #expect(event.json == (try JSONValue(parsing: bytes)))
  }

  @Test(arguments: [
    "{}", "[]", "null", #"{"kind":"deleted"}"#, #"{"kind":"deleted","sequence":1}"#,
    #"{"kind":"deleted","sequence":0,"time":"2026-11-21T09:30:00.000Z"}"#,
    #"{"kind":"deleted","sequence":"1","time":"2026-11-21T09:30:00.000Z"}"#,
    #"{"kind":"deleted","sequence":1,"time":"yesterday"}"#,
    #"{"kind":7,"sequence":1,"time":"2026-11-21T09:30:00.000Z"}"#,
  ])
  func whatLacksTheEnvelopeIsNoEvent(text: String) throws { #expect(try parse(text) == nil) }

  @Test func anOptionalMemberOfAnotherTypeSurvives() throws {
    let text = #"{"kind":"item-added","item-kind":"note","text":"x","because":["a"],"sequence":1,"#
    let event = try #require(try parse(text + #""time":"2026-11-21T09:30:00.000Z"}"#))
    #expect(event.fact == .itemAdded(.note, text: "x", because: nil))
    #expect(event.json["because"] == .array([.string("a")]))
  }
}
