import Files
import TestSupport
import Testing

@testable import Git

@Suite struct PackedObjectsSuite {
  private static let text = (0..<400).map { "line \($0 &* 7919)\n" }.joined()

  /// A repository whose objects lie in two packs, some as differences: told by the name of what they are one to in the
  /// first pack, by its distance in the second.
  private func scratch(_ format: ObjectFormat) throws -> ScratchRepository {
    let scratch = try ScratchRepository(format: format)
    for number in 0..<6 {
      scratch.put("folder/long\(number / 3).txt", .file(Self.text + "end \(number)\n"))
      scratch.put("empty.txt", .file(""))
      scratch.put("short\(number).txt", .file("short\n\(number)\n"))
      try scratch.git("add", "--all")
      try scratch.git("commit", "--quiet", "--message", "\(number)")
      try scratch.git("tag", "--annotate", "--message", "tag", "v\(number)")
      guard number % 3 == 2 else { continue }
      try scratch.git("-c", "repack.useDeltaBaseOffset=\(number == 5)", "repack", "-d", "--quiet")
    }
    return scratch
  }

  private func objects(_ scratch: ScratchRepository) throws -> [(id: ObjectID, kind: ObjectKind)] {
    let output = try scratch.git(
      "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    return try output.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      return (try #require(ObjectID(words[0])), try #require(ObjectKind(rawValue: String(words[1]))))
    }
  }

  @Test(arguments: ObjectFormat.allCases) func readsWhatGitHasStored(format: ObjectFormat) throws {
    let scratch = try scratch(format)
    let repository = try scratch.open()
    let packed = PackedObjects(in: scratch.path + "/.git/objects/pack", format: format)
    for (id, kind) in try objects(scratch) {
      let expected = try repository.run(["cat-file", kind.rawValue, id.hex]).standardOutput
      #expect(try repository.object(id, kind, limit: expected.count) == expected)
      #expect(packed.content(of: id, kind, limit: expected.count) == expected)
      for other in [ObjectKind.commit, .tree, .blob, .tag] where other != kind {
        #expect(packed.content(of: id, other, limit: .max) == nil)
      }
      if !expected.isEmpty { #expect(packed.content(of: id, kind, limit: expected.count - 1) == nil) }
    }
    #expect(packed.content(of: format.none, .blob, limit: .max) == nil)
  }

  /// Whatever a pack or its index holds: what was stored, or nothing. What is a difference may come out as another
  /// one, since nothing checks to what it is one; git finds that with `fsck`.
  @Test(arguments: 0..<40) func damagedPacks(seed: Int) throws {
    var random = Random(seed)
    let scratch = try scratch(.sha1)
    let folder = scratch.path + "/.git/objects/pack"
    var stored: [ObjectID: [UInt8]] = [:]
    let all = try objects(scratch)
    let sound = PackedObjects(in: folder, format: .sha1)
    for (id, kind) in all { stored[id] = sound.content(of: id, kind, limit: .max) }
    let differences = try scratch.git(
      "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(deltabase)"
    ).split(separator: "\n").filter { !$0.hasSuffix(" " + ObjectID.none.hex) }.map { $0.prefix(40) }
    #expect(!differences.isEmpty)
    for name in try Files.list(folder) where name.hasSuffix(seed % 2 == 0 ? ".pack" : ".idx") {
      var bytes = try Files.read(folder + "/" + name)
      for _ in 0..<random.number(1...200) {
        bytes[random.number(0...bytes.count - 1)] = UInt8(random.number(0...255))
      }
      if random.once(in: 3) { bytes.removeLast(random.number(0...bytes.count)) }
      try Files.remove(folder + "/" + name)
      try Files.create(bytes, at: folder + "/" + name)
    }
    let damaged = PackedObjects(in: folder, format: .sha1)
    for (id, kind) in all {
      let content = damaged.content(of: id, kind, limit: .max)
      guard let content, seed % 2 == 1 || !differences.contains(id.hex[...]) else { continue }
      // An index may point to another object.
      #expect(stored.values.contains(content))
    }
  }
}
