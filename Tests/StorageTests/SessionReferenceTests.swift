import Storage
import Testing

@Suite struct SessionReferenceSuite {
  @Test func readsItsOwnName() throws {
    let name = "refs/sessions/01kb0000000000000000000000/abcdefgh"
    #expect(SessionReference(name)?.name == name)
    #expect(SessionReference("refs/sessions/01kb/abcdefgh") == nil)
  }
}
