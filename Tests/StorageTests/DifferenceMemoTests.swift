import Files
import Git
import TestSupport
import Testing

@testable import Storage

@Suite struct DifferenceMemoSuite {
  private func known(_ format: ObjectFormat, count: Int = 9) throws -> KnownDifferences {
    var known = KnownDifferences()
    for number in 0..<count {
      let digits = String(number, radix: 16)
      let hex = String(repeating: "0", count: 2 * format.byteCount - digits.count) + digits
      let id = try #require(ObjectID(hex))
      let contents = ComparedContents(
        old: number % 3 == 0 ? nil : id, new: number % 3 == 1 ? nil : id, limit: 1 << (number % 40))
      let headers = [[], [[]], [Array("@@ -1 +1 @@ é\n".utf8), [0, 0xff]]][number % 3]
      known.contents[contents] = KnownDifference(
        lines: LineCount(insertions: number, deletions: 2 * number), headers: number % 2 == 0 ? nil : headers)
      known.paths[ComparedTrees(old: id, new: .emptyTree)] = Array(
        [RepositoryPath(Array("a/é".utf8)), RepositoryPath([0xff, 0x0a])].prefix(number % 3))
    }
    return known
  }

  @Test(arguments: ObjectFormat.allCases) func whatIsKeptIsRead(format: ObjectFormat) throws {
    let repository = try ScratchRepository(format: format).open()
    #expect(repository.knownDifferences == KnownDifferences())
    for count in [9, 0, 30] {
      let known = try known(format, count: count)
      repository.remember(known)
      #expect(repository.knownDifferences == known)
    }
  }

  @Test func hugeOnesAreNotKept() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    repository.remember(try known(.sha1, count: 5_000))
    #expect(repository.knownDifferences.contents.count == 2_000)
    #expect(repository.knownDifferences.paths.count == 2_000)
    let headers = Array(repeating: Array("@@ -1 +1 @@ name\n".utf8), count: 1_000)
    let contents = ComparedContents(old: nil, new: .emptyTree, limit: 1)
    let lines = LineCount(insertions: 1, deletions: 1)
    var known = KnownDifferences()
    known.contents[contents] = KnownDifference(lines: lines, headers: headers)
    known.paths[ComparedTrees(old: .emptyTree, new: .emptyTree)] = (0..<501).map {
      RepositoryPath(Array("file\($0)".utf8))
    }
    repository.remember(known)
    #expect(repository.knownDifferences == KnownDifferences())
  }

  @Test(arguments: ObjectFormat.allCases) func anythingButWhatWasWrittenIsAsGoodAsNone(
    format: ObjectFormat
  ) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    repository.remember(try known(format))
    let file = ".git/session/differences"
    let bytes = try #require(scratch.bytes(file))
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 0x10
      try scratch.write(file, bytes: damaged)
      #expect(repository.knownDifferences == KnownDifferences(), "byte \(position)")
    }
    for count in stride(from: 0, to: bytes.count, by: 7) {
      try scratch.write(file, bytes: Array(bytes.prefix(count)))
      #expect(repository.knownDifferences == KnownDifferences(), "cut at \(count)")
    }
    try scratch.write(file, bytes: bytes + [0])
    #expect(repository.knownDifferences == KnownDifferences())
  }
}
