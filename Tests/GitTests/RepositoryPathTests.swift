import Git
import Testing

@Suite struct RepositoryPathSuite {
  @Test(arguments: [
    "plain.txt", "with space", "ümlaut", "\"quoted", "tab\there", "new\nline", "back\\slash", "",
    // A quotation mark and an accent are one character.
    "\u{301}accent\n", "\"\u{301}", "\"", "\\\"\n\"",
  ])
  func readsWhatItWrites(text: String) {
    let path = RepositoryPath(text.utf8)
    #expect(RepositoryPath(quoted: path.description) == path)
  }

  @Test func readsWhateverBytesItWrites() {
    for first in UInt8.min...UInt8.max {
      for second in [UInt8(0x22), 0x5c, 0x0a, 0x61, 0xcc, 0x81, 0xff] {
        let path = RepositoryPath([first, second])
        #expect(RepositoryPath(quoted: path.description) == path)
      }
    }
  }

  @Test func quotesEveryByteThatIsNotUTF8() {
    let path = RepositoryPath([0x61, 0xff, 0x62])
    #expect(path.description == "\"a\\377b\"")
    #expect(RepositoryPath(quoted: path.description) == path)
  }

  @Test(arguments: ["\"", "\"a", "\"\\", "\"\\\"", "\"\\9\"", "\"\\77\"", "\"\\777\""])
  func refusesWhatNobodyWrites(text: String) { #expect(RepositoryPath(quoted: text) == nil) }

  @Test func knowsWhatIsAboveIt() {
    let path = RepositoryPath("a/b c/d".utf8)
    #expect(path.ancestors.map(\.description) == ["a", "a/b c"])
    #expect(path.parent?.description == "a/b c")
    #expect(path.name == Array("d".utf8))
    #expect(path.isInside(RepositoryPath("a".utf8)))
    #expect(!path.isInside(RepositoryPath("a/b".utf8)))
    #expect(!path.isInside(path))
    #expect(RepositoryPath("a".utf8).parent == nil)
  }
}
