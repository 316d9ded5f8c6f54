import Git
import Testing

@Suite struct RepositoryPathSuite {
  @Test(arguments: [
    "plain.txt", "with space", "ümlaut", "\"quoted", "tab\there", "new\nline", "back\\slash", "",
  ])
  func readsWhatItWrites(text: String) {
    let path = RepositoryPath(text.utf8)
    #expect(RepositoryPath(quoted: path.description) == path)
  }

  @Test func quotesEveryByteThatIsNotUTF8() {
    let path = RepositoryPath([0x61, 0xff, 0x62])
    #expect(path.description == "\"a\\377b\"")
    #expect(RepositoryPath(quoted: path.description) == path)
  }
}
