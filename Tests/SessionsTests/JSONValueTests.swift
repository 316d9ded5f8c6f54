import Sessions
import TestSupport
import Testing

@Suite struct JSONValueSuite {
  private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  private func canonical(_ value: JSONValue) -> String { String(decoding: value.canonical, as: UTF8.self) }

  @Test func theCanonicalForm() throws {
    let value = try parse(
      #" {"b" : [1 , 2.5,-0, 1e3, "x"],"a":{} , "é":null,"B":[],"aa":true, "\u0041":false}"#)
    #expect(
      canonical(value) == """
        {
          "A": false,
          "B": [],
          "a": {},
          "aa": true,
          "b": [
            1,
            2.5,
            0,
            1000.0,
            "x"
          ],
          "é": null
        }

        """)
  }

  @Test func escapes() throws {
    let value = try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u001b""#)
    #expect(value.string == "\"\\/\u{8}\u{c}\n\r\té😀\u{1b}")
    #expect(canonical(value) == #""\"\\/\u0008\u000c\n\u000d\té😀\u001b""# + "\n")
    #expect(try JSONValue(parsing: value.canonical) == value)
  }

  @Test(arguments: [
    (#""\ud83d""#, "\u{fffd}"), (#""a\ude00b""#, "a\u{fffd}b"), (#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
    (#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"), (#""\ud83d\u0041\n""#, "\u{fffd}A\n"),
    (#""\ud83d\n""#, "\u{fffd}\n"), (#""\\ud83d \ud83d\ude00""#, "\\ud83d 😀"),
    (#""\uDBFF\uDFFF""#, "\u{10ffff}"),
  ])
  func halvesOfPairsAreForgivenToWhoWantsThat(text: String, value: String) throws {
    #expect(try JSONValue(forgiving: Array(text.utf8)).string == value)
    // The same as a name.
    #expect(try JSONValue(forgiving: Array("{\(text): 1}".utf8)) == .object([value: .integer(1)]))
    if value.contains("\u{fffd}") { #expect(throws: JSONValue.Malformed.self) { try parse(text) } }
  }

  @Test func bytesThatAreNoTextAreForgivenInStringsAlone() throws {
    func forgiving(_ bytes: [UInt8]) throws -> JSONValue { try JSONValue(forgiving: bytes) }
    #expect(try forgiving([0x22, 0x61, 0xff, 0x62, 0x22]).string == "a\u{fffd}b")
    // Half a pair as bytes, and a character that was cut.
    #expect(try forgiving([0x22, 0xed, 0xa0, 0xbd, 0x22]).string?.allSatisfy { $0 == "\u{fffd}" } == true)
    #expect(try forgiving([0x22, 0xf0, 0x9f, 0x98, 0x22]).string == "\u{fffd}")
    #expect(throws: JSONValue.Malformed.self) { try forgiving([0x5b, 0xff, 0x5d]) }
    let twice = Array(#"{"a":1,"b":2,"a":3}"#.utf8)
    #expect(try forgiving(twice) == .object(["a": .integer(3), "b": .integer(2)]))
    #expect(throws: JSONValue.Malformed.self) { try JSONValue(parsing: twice) }
  }

  /// What stops reading has its place, whatever was forgiven before it.
  @Test func whatIsNotForgiven() {
    func offset(_ text: String) -> Int? {
      do throws(JSONValue.Malformed) {
        _ = try JSONValue(forgiving: Array(text.utf8))
        return nil
      } catch {
        return error.offset
      }
    }
    #expect(offset(#"["\ud83d", x]"#) == 11)
    #expect(offset(#"{"a": "\ud83d", "a": x}"#) == 21)
    #expect(offset(#"["\ud83d\u00"#) == 12)
    #expect(offset(#"["\ud83"]"#) == 7)
    #expect(offset("[\"\u{1}\"]") == 2)
    #expect(offset("") == 0)
    #expect(offset(String(repeating: "[", count: 1000)) == JSONValue.depthLimit)
  }

  /// As long as the output of a tool that an agent hands to its hook.
  @Test(.timeLimit(.minutes(1))) func muchIsForgivenInNoTime() throws {
    let half = Array(#"\ud83d"#.utf8)
    let text = [UInt8](#"{"prompt": ""#.utf8) + (0..<300_000).flatMap { _ in half } + Array(#""}"#.utf8)
    #expect(try JSONValue(forgiving: text)["prompt"]?.string?.unicodeScalars.count == 300_000)
  }

  @Test func integersAreExact() throws {
    for integer in [Int64.min, Int64.max, 0, -1, 9_007_199_254_740_993] {
      #expect(try parse("\(integer)") == .integer(integer))
      #expect(canonical(.integer(integer)) == "\(integer)\n")
    }
    #expect(try parse("1.0") == .number(1))
    #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try parse("1.0").integer == nil)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
    "{\"a\":1 \"b\":2}", "{\"a\":1,\"a\":2}", "{1:2}", "nul", "nulll", "True", "'a'", "\"a", "\"\\x\"",
    "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "\"\0\"",
    "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity", "1e999", "1 2",
    "{} {}", "\u{feff}{}", "/* */1", "\"\\",
  ])
  func whatIsNotJSONIsRejected(text: String) {
    #expect(throws: JSONValue.Malformed.self) { try parse(text) }
  }

  @Test func bytesThatAreNotUTF8AreRejected() {
    for bytes: [UInt8] in [
      [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82],
    ] {
      let quote = [UInt8(ascii: "\"")]
      #expect(throws: JSONValue.Malformed.self) { try JSONValue(parsing: quote + bytes + quote) }
    }
  }

  @Test func nestingHasALimit() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let deepest = try parse(nested(JSONValue.depthLimit))
    #expect(try JSONValue(parsing: deepest.canonical) == deepest)
    for text in [
      nested(JSONValue.depthLimit + 1), nested(100_000), String(repeating: "[", count: 1_000_000),
      String(repeating: "{\"a\":", count: 100_000), String(repeating: "[{\"a\":", count: 100_000),
    ] {
      #expect(throws: JSONValue.Malformed.self) { try parse(text) }
    }
  }

  @Test func randomValuesAreReadBack() throws {
    var random = Random(3)
    for _ in 0..<3000 {
      let value = Self.value(&random, depth: 0)
      let bytes = value.canonical
      #expect(try JSONValue(parsing: bytes) == value)
      #expect(try JSONValue(parsing: bytes).canonical == bytes)
    }
  }

  @Test func damagedDocumentsNeverCrash() {
    var random = Random(4)
    for _ in 0..<20_000 {
      var bytes = Self.value(&random, depth: 0).canonical
      for _ in 0..<random.number(1...4) {
        let place = random.number(0...bytes.count - 1)
        switch random.number(0...2) {
        case 0: bytes[place] = UInt8(random.number(0...255))
        case 1: bytes.insert(UInt8(random.number(0...255)), at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      if let value = try? JSONValue(parsing: bytes) { _ = value.canonical }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aLargeDocumentIsReadInNoTime() throws {
    let members = (0..<50_000).map { "\"k\($0)\":[{\"a\":\"text\",\"b\":\($0)},null,1.5]" }
    let value = try parse("{" + members.joined(separator: ",") + "}")
    #expect(value.object?.count == 50_000)
  }

  private static func value(_ random: inout Random, depth: Int) -> JSONValue {
    switch random.number(0...(depth < 5 ? 7 : 5)) {
    case 0: return .null
    case 1: return .bool(random.once(in: 2))
    case 2: return .integer(Int64(truncatingIfNeeded: random.next()))
    case 3: return .integer(Int64(random.number(-9...9)))
    case 4:
      let number = Double(bitPattern: random.next())
      return .number(number.isFinite ? number : 0.5)
    case 5: return .string(text(&random))
    case 6: return .array((0..<random.number(0...4)).map { _ in value(&random, depth: depth + 1) })
    default:
      let members = (0..<random.number(0...4)).map { _ in (text(&random), value(&random, depth: depth + 1)) }
      return .object(Dictionary(members) { $1 })
    }
  }

  private static func text(_ random: inout Random) -> String {
    let pieces = ["a", "é", "😀", "\"", "\\", "\n", "\u{0}", "\u{1f}", "/", "\u{2028}", "e\u{301}", "key"]
    return (0..<random.number(0...6)).map { _ in random.pick(pieces) }.joined()
  }

  @Test(arguments: [
    "null", "[]", "{}", #"[1, [2, " 3 "], {}]"#, #"{"a\nb": "  c\n  d ", "e": {"f": ["\r", "\t", " "]}}"#,
  ])
  func oneLineHoldsTheSame(text: String) throws {
    let value = try JSONValue(parsing: Array(text.utf8))
    let line = value.line
    #expect(line.count { $0 == UInt8(ascii: "\n") } == 1 && line.last == UInt8(ascii: "\n"))
    #expect(try JSONValue(parsing: line) == value)
  }
}
