import Sessions
import TestSupport
import Testing

@testable import Agents

@Suite struct PlainTOMLTests {
  private func value(_ text: String, _ path: String...) -> JSONValue? {
    path.reduce(JSONValue(plainTOML: Array(text.utf8))) { $0?[$1] }
  }

  @Test(
    arguments: [
      ("a = 7", .integer(7)), ("a=-1_000", .integer(-1000)), ("  a\t=  true# yes", .bool(true)),
      ("a = false", .bool(false)), ("a = \"x # y\"", .string("x # y")), ("a = 'x\\y'", .string("x\\y")),
      ("\"a\" = ''", .string("")), ("'a' = 1\r\nb = 2", .integer(1)), ("a = 1\na = 2", .integer(2)),
      // Not plain.
      ("a = \"x\\ty\"", nil), ("a = [1, 2]", nil), ("a = {b = 1}", nil), ("a = 1.5", nil), ("a = \"x", nil),
      ("a", nil), ("= 1", nil), ("# a = 1", nil), ("[t]\na = 1", nil), ("[[t]]\na = 1", nil),
      ("b = \"\"\"\na = 1\n\"\"\"", nil), ("b = '''\n[t]\n'''\na = 1", .integer(1)),
      ("b = \"\"\"x\"\"\"\na = 1", .integer(1)), ("b = [\n  \"a = 1\",\n  {a = 2},\n]\n", nil),
    ] as [(String, JSONValue?)])
  func values(text: String, expected: JSONValue?) { #expect(value(text, "a") == expected) }

  @Test func tables() {
    let text = """
      top.inner = 1
      [a."b c".d] # deep
      e = 2
      [a]
      f = 3
      [projects."/home/dev/w = x]"]
      trust = "yes"
      [[list]]
      g = 4
      [a.b]
      """
    #expect(value(text, "top", "inner") == .integer(1))
    #expect(value(text, "a", "b c", "d", "e") == .integer(2))
    #expect(value(text, "a", "f") == .integer(3))
    #expect(value(text, "projects", "/home/dev/w = x]", "trust") == .string("yes"))
    #expect(value(text, "list") == nil && value(text, "a", "g") == nil)
  }

  /// Each part costs a call: a repository must not be able to end the program.
  @Test func aKeyOfTooManyPartsIsPassedOver() {
    let long = String(repeating: "k.", count: 200_000) + "k"
    #expect(JSONValue(plainTOML: Array("\(long) = 1\na = 2".utf8)) == .object(["a": .integer(2)]))
    #expect(value("\(long) = \"\"\"\na = 1\n\"\"\"\n", "a") == nil)
    #expect(value("[\(long)]\na = 1\n[t]\na = 2", "t", "a") == .integer(2))
    #expect(JSONValue(plainTOML: Array("[\(long)]\na = 1".utf8)) == .object([:]))
  }

  @Test(arguments: [16, 17]) func partsOfAKeyAreCounted(count: Int) {
    let key = Array(repeating: "k", count: count)
    let text = "[\(key.joined(separator: "."))]\n\(key.joined(separator: ".")) = 1"
    let found = (key + key).reduce(JSONValue(plainTOML: Array(text.utf8))) { $0?[$1] }
    #expect(found == (count == 16 ? .integer(1) : nil))
  }

  /// Hours, if what stands in the table already were copied for each line.
  @Test func aLongTable() {
    let count = 200_000
    let text = "[t.u]\n" + (0..<count).map { "k\($0)=1\n" }.joined()
    #expect(value(text, "t", "u")?.object?.count == count)
  }

  /// What is no TOML is no reason to stop.
  @Test func anyText() {
    var random = Random(7)
    let pieces = [
      "[", "]", "=", ".", "\"", "'", "\"\"\"", "a", "1", "#", "\n", " ", "\\", "é", "\u{301}", "{", ",",
    ]
    for _ in 0..<5000 {
      let text = (0..<random.number(0...20)).map { _ in random.pick(pieces) }.joined()
      #expect(JSONValue(plainTOML: Array(text.utf8)).object != nil)
    }
  }
}
