import Sessions
import Testing

@testable import Handoffs

/// What data can do to the document: nothing.
struct HostileData {
  /// The ways in which the document's own lines start at the first column.
  private static let ownStarts = [
    "# Handoff", "## ", "- ", "> ", "Quoted text, ", "Left out to fit ", "None recorded.",
    "Made from ",
    "<!-- git-session handoff {",
  ]

  @Test(arguments: 0..<60)
  func neverStartsALine(seed: Int) throws {
    var generator = SeededGenerator(seed: 5000 + seed)
    let source = try HostileText.source(&generator)
    let stamp = Fixture.stamp(for: source)
    let handoff = Handoff(source)
    let document = handoff.packed(into: 1_000_000, stamp: stamp).markdown
    // Bytes, because a combining mark in the data makes one character of itself and our last.
    let lines = document.utf8.split(separator: UInt8(ascii: "\n")).map(Array.init)
    for line in lines where !line.starts(with: "  ".utf8) && line != Array(">".utf8) {
      #expect(
        Self.ownStarts.contains { line.starts(with: $0.utf8) }, "\(String(decoding: line, as: UTF8.self))")
    }
    let headings = lines.filter { $0.starts(with: "## ".utf8) }.map {
      String(decoding: $0.dropFirst(3), as: UTF8.self)
    }
    #expect(headings == handoff.sections.map(\.title) + ["Stamp"])
    #expect(lines.filter { $0.starts(with: "<!--".utf8) }.count == 1)
    let controls = document.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7f..<0xa0).contains($0.value)
        || (0x202a...0x202e).contains($0.value) || (0x2066...0x2069).contains($0.value)
    }
    #expect(controls.isEmpty)
  }

  /// Each fence is closed by one of its own length, with nothing but data between.
  @Test(arguments: 0..<200)
  func neverEndsItsFence(seed: Int) throws {
    var generator = SeededGenerator(seed: 9000 + seed)
    for prefix in ["  ", "> "] {
      let text = HostileText.make(&generator)
      let block = Markdown.fenced(PlainText.sanitize(text), prefix: prefix)
      let lines = block.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      let fence = (lines.last ?? "").drop { $0 == " " || $0 == ">" }
      #expect(fence.count >= 3 && fence.allSatisfy { $0 == "`" })
      #expect(lines.dropLast().dropFirst().allSatisfy { !$0.contains(fence) })
    }
  }

  /// The prose that a span of code keeps out of is without active marks.
  @Test(arguments: 0..<200)
  func marksAreEscapedOutsideOfCode(seed: Int) throws {
    var generator = SeededGenerator(seed: 13_000 + seed)
    let prose = Markdown.prose(HostileText.make(&generator), startsLine: true)
    var rest = Array(prose.unicodeScalars)[...]
    var plain: [Unicode.Scalar] = []
    while let scalar = rest.popFirst() {
      if scalar == "\\" {
        _ = rest.popFirst()
        plain.append("a")
      } else if scalar == "`" {
        let run = 1 + rest.prefix { $0 == "`" }.count
        rest = rest.dropFirst(run - 1)
        var closing = 0
        while closing != run, let next = rest.popFirst() {
          closing = next == "`" ? 1 + rest.prefix { $0 == "`" }.count : 0
          if closing > 0 { rest = rest.dropFirst(closing - 1) }
        }
        #expect(closing == run, "an open span in \(prose)")
        plain.append("a")
      } else {
        plain.append(scalar)
      }
    }
    #expect(!plain.contains { "*[<~@“”\n".unicodeScalars.contains($0) }, "\(prose)")
  }

  @Test(arguments: 0..<30)
  func neverShowsMoreInJSONThanInMarkdown(seed: Int) throws {
    var generator = SeededGenerator(seed: 17_000 + seed)
    let source = try HostileText.source(&generator)
    let stamp = Fixture.stamp(for: source)
    let packed = Handoff(source).packed(into: 1500, stamp: stamp)
    let sections = packed.json["sections"]?.array ?? []
    #expect(sections.compactMap { $0["name"]?.string } == packed.sections.map(\.section.name))
    #expect(sections.map { $0["entries"]?.array?.count } == packed.sections.map(\.entries.count))
    #expect(try JSONValue(parsing: packed.json.canonical) == packed.json)
    let wrapped = JSONValue.object(["schema": .integer(1), "data": packed.json])
    #expect(HandoffStamp(readingFrom: String(decoding: wrapped.canonical, as: UTF8.self)) == stamp)
  }
}
