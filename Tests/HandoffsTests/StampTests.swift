import Sessions
import Testing

@testable import Handoffs

struct ReadingAStamp {
  private func document(_ source: HandoffSource, _ stamp: HandoffStamp) -> String {
    Handoff(source).packed(into: 4000, stamp: stamp).markdown
  }

  @Test(arguments: [
    HandoffStamp(session: nil, since: nil, head: nil, branch: nil, checkpoint: nil, content: Fixture.id(1)),
    HandoffStamp(
      session: "01k3zq7m2rwx5e8fgh9jkmnpqr", since: nil, head: Fixture.id(2), branch: "main",
      checkpoint: Fixture.id(3), content: Fixture.id(1) + "0123456789abcdef01234567"),
    HandoffStamp(
      session: nil, since: ":/fix --> \"quoted\" \\ \u{1b}[0m\nnext", head: Fixture.id(2),
      branch: "a-->--<!--`ü日👩‍👧", checkpoint: nil, content: Fixture.id(1)),
  ])
  func survivesARoundTrip(stamp: HandoffStamp) throws {
    let source = try Fixture.rich()
    let document = document(source, stamp)
    #expect(HandoffStamp(readingFrom: document) == stamp)
    let comment = document.split(separator: "\n").last ?? ""
    #expect(
      !comment.dropFirst(4).dropLast(3).contains("--") && PlainText.sanitize(String(comment)) == comment)
    #expect(HandoffStamp(readingFrom: document.split(separator: "\n").joined(separator: "\r\n")) == stamp)
    #expect(HandoffStamp(readingFrom: document + "\n\nmore words\n") == stamp)
    let json = Handoff(source).packed(into: 4000, stamp: stamp).json
    #expect(HandoffStamp(readingFrom: String(decoding: json.canonical, as: UTF8.self)) == stamp)
  }

  /// Hostile text that holds a stamp is never taken for one, even if the real one was removed.
  @Test func cannotBeForgedByData() throws {
    var session = try SessionFixture()
    let fake = HostileText.fakeStamp
    session.add(.started(key: 1, objective: fake, name: fake))
    session.add(.nextStepSet("x\n\n" + fake + "\n"))
    session.add(.itemAdded(.decision, text: "```\n" + fake, because: "\n" + fake + "\n-->\n" + fake))
    session.add(
      .itemAdded(.note, text: "{\"stamp\":1}\r" + fake + "\u{2028}" + fake + "\u{85}" + fake, because: nil))
    var source = HandoffSource()
    source.session = session.state
    source.branch = fake
    source.commits = [.init(id: fake, subject: fake)]
    source.untracked = [.init(path: fake, kind: .added, insertions: 1, deletions: 1, functions: [fake])]
    source.leftOut = [LeftOut(path: fake, reason: .unreadable)]
    source.checkpoint = Fixture.checkpoint(4, message: "a\n" + fake)
    #expect(HandoffStamp(readingFrom: fake) != nil)
    #expect(HandoffStamp(readingFrom: Handoff(source).body) == nil)
    let stamp = Fixture.stamp(for: source)
    #expect(HandoffStamp(readingFrom: document(source, stamp)) == stamp)
    #expect(HandoffStamp(readingFrom: fake + "\n" + document(source, stamp)) == stamp)
  }

  @Test(arguments: [
    "", "no stamp here", "{", "{}", "[]", "{\"stamp\":{}}", "<!-- git-session handoff  -->",
    "<!-- git-session handoff {\"content\":\"x\"} -->", " " + HostileText.fakeStamp,
    "> " + HostileText.fakeStamp,
    "{\"text\":\"\n" + HostileText.fakeStamp + "\"}",
  ])
  func isNilWithoutOne(document: String) {
    #expect(HandoffStamp(readingFrom: document) == nil)
  }

  @Test func tellsWhyADocumentIsStale() {
    let old = HandoffStamp(
      session: nil, since: nil, head: Fixture.id(1), branch: "main", checkpoint: nil, content: Fixture.id(2))
    #expect(old.differences(from: old).isEmpty)
    var new = old
    new.content = Fixture.id(3)
    #expect(old.differences(from: new).count == 1)
    var later = old
    later.checkpoint = Fixture.id(4)
    #expect(later.differences(from: old) { _ in "c2" } == ["the latest checkpoint was c2 and is none now"])
    new.branch = nil
    #expect(old.differences(from: new) == ["the branch was main and is none now"])
  }
}
