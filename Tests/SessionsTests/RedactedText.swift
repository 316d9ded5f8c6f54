import Sessions
import TestSupport
import Testing

/// A text in which `‹…›` is around what has to go.
enum RedactedText {
  /// In a string of JSON, and in JSON in one.
  static func spellings(_ text: String) -> [JSONValue] {
    func json(_ value: JSONValue) -> String { String(decoding: value.canonical.dropLast(), as: UTF8.self) }
    let line = JSONValue.object(["a": .string("x"), "command": .string(text), "z": .integer(1)])
    return [line, .object(["b": .string(json(line))])]
  }

  /// What is redacted of a text, by itself and in its ``spellings(_:)``; once and for all.
  static func check(_ text: String, becomes expected: String) throws {
    #expect(Redaction.standard.redact(text) == expected)
    for (before, after) in zip(spellings(text), spellings(expected)) {
      let redacted = Redaction.standard.redact(before.canonical)
      #expect(try JSONValue(parsing: redacted) == after, "\(String(decoding: redacted, as: UTF8.self))")
      #expect(Redaction.standard.redact(redacted) == redacted)
    }
  }

  /// A text with one mark or several, of which all are of that kind.
  static func check(_ marked: String, _ kind: String) throws {
    let parts = marked.split(separator: "‹", omittingEmptySubsequences: false)
    try #require(parts.count > 1)
    let rest = try parts.dropFirst().map { part in
      "[redacted:\(kind)]" + part[part.index(after: try #require(part.firstIndex(of: "›")))...]
    }
    try check(marked.filter { !"‹›".contains($0) }, becomes: parts[0] + rest.joined())
  }
}
