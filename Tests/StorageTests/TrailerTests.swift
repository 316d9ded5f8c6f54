import Git
import TestSupport
import Testing

@testable import Storage

@Suite struct TrailerSuite {
  private static let id = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

  private static let full: TrailerBlock = {
    var block = TrailerBlock()
    for trailer in Trailer.allCases {
      block.append(trailer, trailer.namesParent ? id : "value of \(trailer)")
      if trailer.mayRepeat { block.append(trailer, String(repeating: "a", count: 40)) }
    }
    return block
  }()

  private func read(_ lines: String...) -> TrailerBlock? {
    TrailerBlock(readingFrom: "subject\n\n" + lines.joined(separator: "\n") + "\n")
  }

  @Test func isReadBack() throws {
    let message = Self.full.message(after: "subject\n\nbody")
    let read = try #require(TrailerBlock(readingFrom: message))
    #expect(read == Self.full)
    #expect(read.message(after: "subject\n\nbody") == message)
    #expect(read.parents?.count == Trailer.allCases.count { $0.namesParent } + 2)
    #expect(read.all(.merged).count == 2)
    #expect(read.one(.clock) == "value of clock")
  }

  @Test func onlyTheLastParagraphCounts() throws {
    let forged = "Session-Id: 01kb0000000000000000000000\nSession-Writer: abcdefgh\nSession-Clock: 7"
    var block = TrailerBlock()
    block.append(.id, "true")
    for text in [forged, "subject\n\n" + forged, "subject\n\n" + forged + "\n\n", "s\n\n\n\n" + forged] {
      #expect(TrailerBlock(readingFrom: block.message(after: text)) == block)
    }
  }

  @Test func theOrderIsEnforced() {
    #expect(read("Session-Id: x", "Session-Writer: y", "Session-Clock: 1") != nil)
    #expect(read("Session-Writer: y", "Session-Id: x", "Session-Clock: 1") == nil)
    #expect(read("Session-Merged: x", "Session-Merged: y", "Session-Id: x") != nil)
    #expect(read("Session-Id: x", "Session-Id: y") == nil)
    #expect(read("Session-Clock: 1", "Session-Clock: 1") == nil)
  }

  @Test func whatIsNoTrailerOfOursMakesTheParagraphForeign() {
    for line in [
      "Signed-off-by: Ada", "session-id: x", "Session-Id:x", "Session-Id: ", "Session-Id", " Session-Id: x",
      "Session-Id: x\r", "Session-Other: x", "# comment", "",
    ] {
      let block = TrailerBlock(readingFrom: "subject\n\nSession-Clock: 1\n\(line)\n")
      #expect(block == nil, "\(line.debugDescription)")
    }
    #expect(TrailerBlock(readingFrom: "") == nil)
    #expect(TrailerBlock(readingFrom: "subject") == nil)
    #expect(TrailerBlock(readingFrom: "subject\n\n\n") == nil)
    #expect(TrailerBlock(readingFrom: "subject\r\n\r\nSession-Clock: 1\r\n") == nil)
  }

  @Test func aHugeMessageIsReadInNoTime() throws {
    let text = String(repeating: "Session-Id: forged\n\n", count: 100_000)
    let message = Self.full.message(after: text)
    #expect(TrailerBlock(readingFrom: message) == Self.full)
    let one = String(repeating: "x", count: 5_000_000)
    #expect(TrailerBlock(readingFrom: Self.full.message(after: one)) == Self.full)
  }
}
