import Files
import Foundation
import Git
import TestSupport
import Testing

/// What a batch publishes is a pack like git's own.
@Suite struct Packs {
  private func packs(_ scratch: ScratchRepository) throws -> [String] {
    try Files.list(scratch.path + "/.git/objects/pack").filter { $0.hasSuffix(".pack") }.map {
      scratch.path + "/.git/objects/pack/" + $0
    }
  }

  /// Has git judge all packs, by itself and against the index that it would make.
  private func verify(_ scratch: ScratchRepository) throws {
    for pack in try packs(scratch) {
      try scratch.git("verify-pack", pack)
      let made = try scratch.git("index-pack", "--strict", "-o", scratch.root + "/made.idx", pack)
      #expect(pack.hasSuffix("pack-\(made.dropLast()).pack"))
      let index = String(pack.dropLast(5)) + ".idx"
      #expect(try Files.read(index) == Files.read(scratch.root + "/made.idx"))
      try Files.remove(scratch.root + "/made.idx")
      #expect(try Files.status(index)?.permissions == 0o444)
    }
    try scratch.git("fsck", "--full", "--strict", "--no-dangling")
  }

  @Test(arguments: [0, 1, 2, 5000], ObjectFormat.allCases)
  func ofSomeObjects(count: Int, format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    var random = Random(count)
    var contents: [ObjectID: [UInt8]] = [:]
    for number in 0..<count {
      // Sizes around those where the header of an entry grows.
      let size = random.pick([0, 1, 15, 16, 2047, 2048, random.number(0...300)])
      let content = Array("\(number) ".utf8) + (0..<size).map { _ in UInt8(random.number(0...255)) }
      contents[try batch.write(content, as: .blob)] = content
    }
    try batch.publish()
    #expect(try packs(scratch).count == min(count, 1))
    try verify(scratch)
    for (id, content) in contents { #expect(try repository.object(id, .blob) == content) }
  }

  @Test func emptyAndEqualObjects() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let ids = [try batch.write([], as: .blob), try batch.write([], as: .blob), try batch.writeTree([])]
    #expect(ids.map(\.short) == ["e69de29b", "e69de29b", "4b825dc6"])
    try batch.publish()
    try verify(scratch)
    #expect(try scratch.git("count-objects", "-v").contains("in-pack: 2\n"))
    _ = try batch.write([], as: .blob)
    try batch.publish()
    #expect(try packs(scratch).count == 1)
  }

  @Test(arguments: ["0", "1", "9", "-1"]) func anyCompression(level: String) throws {
    let scratch = try ScratchRepository()
    try scratch.git("config", "core.compression", level)
    let batch = try ObjectBatch(try scratch.open())
    let blob = try batch.write(Array(String(repeating: "text\n", count: 1000).utf8), as: .blob)
    _ = try batch.writeTree([TreeEntry(mode: "100644", name: [97], id: blob)])
    try batch.publish()
    try verify(scratch)
    let size = try #require(try Files.status(packs(scratch)[0])).size
    #expect(level == "0" ? size > 5000 : size < 500)
  }

  @Test func whatIsKnownIsNotWritten() throws {
    let scratch = try ScratchRepository()
    let batch = try ObjectBatch(try scratch.open())
    let id = try #require(ObjectID("ce013625030ba8dba906f756967f9e9ca394464a"))
    batch.assume(id)
    #expect(try batch.write(Array("hello\n".utf8), as: .blob) == id)
    try batch.publish()
    #expect(try packs(scratch).isEmpty)
  }

  @Test func manyThreadsWriteAtOnce() async throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let ids = try await withThrowingTaskGroup(of: [ObjectID].self) { group in
      for thread in 0..<8 {
        group.addTask {
          // Half of them are written by all threads.
          try (0..<300).map { number in
            let owner = number.isMultiple(of: 2) ? thread : 0
            return try batch.write(Array("\(owner) \(number)\n".utf8), as: .blob)
          }
        }
      }
      return try await group.reduce(into: Set<ObjectID>()) { $0.formUnion($1) }
    }
    #expect(ids.count == 8 * 150 + 150)
    try batch.publish()
    try verify(scratch)
    for id in ids { #expect(try repository.contains(id)) }
    #expect(try packs(scratch).count == 1)
  }

  @Test func gitSeesWhatIsInMemoryAndItsOwnObjectsJoinThePack() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let first = try batch.write(Array("first\n".utf8), as: .blob)
    let listing = "100644 blob \(first)\ta\n"
    let tree = try repository.run(["mktree"], input: Array(listing.utf8), environment: batch.environment).text
    let second = try batch.write(Array("second\n".utf8), as: .blob)
    #expect(
      try repository.run(["cat-file", "-p", second.hex], environment: batch.environment).text == "second")
    #expect(
      try repository.run(["cat-file", "-p", first.hex], environment: batch.environment).text == "first")
    #expect(try packs(scratch).isEmpty)
    try batch.publish()
    #expect(try packs(scratch).count == 1)
    #expect(try repository.tree(try #require(ObjectID(tree))).map(\.id) == [first])
    #expect(try repository.contains(second))
    try verify(scratch)
  }

  /// What is too large for memory: in chunks, and by the side of other objects.
  @Test func aFileThatComesInPieces() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let small = try batch.write(Array("small\n".utf8), as: .blob)
    for (name, size) in [("empty", 0), ("chunk", 1 << 18), ("large", 1_000_001)] {
      var random = Random(size)
      let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) & 7 }
      try scratch.write(name, bytes: bytes)
      for _ in 0..<2 {
        let id = try stream(scratch.path + "/" + name, size: size, into: batch)
        #expect(id.hex == (try scratch.git("hash-object", name)).dropLast())
      }
      for wrong in [size - 1, size + 1] where wrong >= 0 {
        let error = #expect(throws: GitError.self) {
          try stream(scratch.path + "/" + name, size: wrong, into: batch)
        }
        #expect(error?.kind == .changed)
      }
    }
    #expect(
      try repository.run(["cat-file", "-p", small.hex], environment: batch.environment).text == "small")
    _ = try batch.write(Array("later\n".utf8), as: .blob)
    try batch.publish()
    try verify(scratch)
    #expect(try scratch.git("count-objects", "-v").contains("in-pack: 5\n"))
  }

  private func stream(_ path: String, size: Int, into batch: ObjectBatch) throws -> ObjectID {
    let file = try #require(FileHandle(forReadingAtPath: path))
    defer { try? file.close() }
    return try batch.writeBlob(readingFrom: file.fileDescriptor, size: size, path: path)
  }

  @Test func moreThanFitsIntoMemory() throws {
    let scratch = try ScratchRepository()
    let batch = try ObjectBatch(try scratch.open(), memoryLimit: 1000)
    for number in 0..<300 { _ = try batch.write(Array("number \(number)\n".utf8), as: .blob) }
    try batch.publish()
    #expect(try packs(scratch).count == 1)
    try verify(scratch)
  }

  /// `git repack -a -d` removes what no reference names yet, and a keep file can be lost too.
  @Test func whatWasRemovedMeanwhileIsPutBack() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let id = try batch.write(Array("hello\n".utf8), as: .blob)
    try batch.publish()
    try scratch.git("repack", "-a", "-d", "--quiet")
    #expect(try !batch.verifyPublished())
    for name in try Files.list(scratch.path + "/.git/objects/pack") {
      try Files.remove(scratch.path + "/.git/objects/pack/" + name)
    }
    #expect(try batch.verifyPublished())
    #expect(try scratch.git("cat-file", "-p", id.hex) == "hello\n")
    #expect(try Files.list(scratch.path + "/.git/objects/pack").contains { $0.hasSuffix(".keep") })
    try verify(scratch)
  }
}
