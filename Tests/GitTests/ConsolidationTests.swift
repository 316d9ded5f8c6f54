import Files
import TestSupport
import Testing

@testable import Git

@Suite struct Consolidations {
  /// Publishes one pack for each text, with a tree that names it.
  private func publish(_ texts: [String], _ repository: Repository) throws -> [ObjectID] {
    try texts.map { text in
      let batch = try ObjectBatch(repository)
      let blob = try batch.write(Array(text.utf8), as: .blob)
      let tree = try batch.writeTree([TreeEntry(mode: "100644", name: Array("file".utf8), id: blob)])
      try batch.publish()
      return tree
    }
  }

  private func packs(_ scratch: ScratchRepository) throws -> [String] {
    try Files.list(scratch.path + "/.git/objects/pack").filter { $0.hasSuffix(".pack") }.map {
      String($0.dropLast(5))
    }.sorted()
  }

  private let versions = (0..<12).map { number in
    (0..<300).map { "line \($0 == number ? "changed" : "\($0 &* 7919)")\n" }.joined()
  }

  @Test func aFileInPlaceOfTheListStopsNothing() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    try Files.makeDirectory(repository.cloneState)
    try Files.writeAtomically(Array("pack-1\n".utf8), to: repository.packList)
    #expect(try !Consolidation(repository).isDue())
    #expect(try !Consolidation(repository).run())
    let trees = try publish(["a", "b"], repository)
    #expect(try trees.map { try scratch.open().tree($0).count } == [1, 1])
    #expect(try Consolidation(repository).packs() == packs(scratch))
  }

  @Test(arguments: ObjectFormat.allCases) func manyBecomeOneAndAllIsThere(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    scratch.put("user", .file("user\n"))
    try scratch.commit("of the user")
    try scratch.git("repack", "-a", "-d", "--quiet")
    let users = try packs(scratch)
    let repository = try scratch.open()
    let trees = try publish(versions, repository)
    let consolidation = Consolidation(repository)
    #expect(try consolidation.isDue())
    let before = try size(scratch)
    #expect(try consolidation.run())
    #expect(try !consolidation.isDue())
    #expect(try packs(scratch).count == 2)
    #expect(try consolidation.packs() == packs(scratch).filter { !users.contains($0) })
    // The versions differ in a line each.
    #expect(try size(scratch) * 4 < before)
    let fresh = try scratch.open()
    for (tree, text) in zip(trees, versions) {
      #expect(try fresh.object(fresh.tree(tree)[0].id, .blob) == Array(text.utf8))
    }
    try scratch.git("fsck", "--full", "--strict", "--no-dangling")
    #expect(try !consolidation.run())
    #expect(try !Files.list(scratch.path + "/.git/objects/pack").contains { $0.hasSuffix(".keep") })
    #expect(try !Files.list(scratch.path + "/.git/sessions").contains { $0.hasPrefix("quarantine") })
  }

  private func size(_ scratch: ScratchRepository) throws -> Int64 {
    try packs(scratch).reduce(0) { sum, name in
      sum + (try Files.status(scratch.path + "/.git/objects/pack/\(name).pack")?.size ?? 0)
    }
  }

  /// Nothing is touched that anybody holds on to.
  @Test(arguments: ["user's keep", "running process", "gc"]) func whatIsHeldStays(by holder: String) throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    _ = try publish(Array(versions.prefix(4)), repository)
    let all = try packs(scratch)
    for name in holder == "gc" ? [] : all.prefix(3) {
      try scratch.write(
        ".git/objects/pack/\(name).keep", holder == "user's keep" ? "mine" : "git-session 1\n")
    }
    if holder == "gc" { try scratch.write(".git/gc.pid", "1 host") }
    #expect(try !Consolidation(repository).run(all: true))
    #expect(try packs(scratch) == all)
  }

  @Test func whatADeadProcessKeptIsFree() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    _ = try publish(Array(versions.prefix(3)), repository)
    for name in try packs(scratch) {
      try scratch.write(".git/objects/pack/\(name).keep", "git-session 99999999\n")
    }
    #expect(try Consolidation(repository).run(all: true))
    #expect(try packs(scratch).count == 1)
    #expect(try !Files.list(scratch.path + "/.git/objects/pack").contains { $0.hasSuffix(".keep") })
  }

  /// As after a run that was killed before it removed the old packs, and one that was killed while it did.
  @Test func anInterruptedOneIsMadeGood() throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let trees = try publish(Array(versions.prefix(4)), repository)
    try scratch.run("cp", ["-r", scratch.path + "/.git/objects/pack", scratch.root + "/old"])
    try scratch.run("cp", ["-r", scratch.path + "/.git/sessions/packs", scratch.root + "/list"])
    #expect(try Consolidation(repository).run(all: true))
    try scratch.run(
      "sh",
      [
        "-c", "cp \"$1\"/old/* \"$2/objects/pack\"; cp \"$1\"/list/* \"$2/sessions/packs\"", "sh",
        scratch.root, scratch.path + "/.git",
      ])
    let half = try #require(try Files.list(scratch.root + "/old").first { $0.hasSuffix(".idx") })
    try Files.remove(scratch.path + "/.git/objects/pack/" + half)
    #expect(try Consolidation(try scratch.open()).run(all: true))
    for tree in trees { #expect(try !(try scratch.open()).tree(tree).isEmpty) }
    try scratch.git("fsck", "--full", "--strict", "--no-dangling")
  }

  @Test func twoAtOnce() async throws {
    let scratch = try ScratchRepository()
    _ = try publish(versions, try scratch.open())
    let environment = scratch.environment
    let path = scratch.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          let git = GitExecutable(environment: environment)
          _ = try Consolidation(try Repository(discoveringFrom: path, git: git)).run(all: true)
        }
      }
      try await group.waitForAll()
    }
    #expect(try packs(scratch).count == 1)
    try scratch.git("fsck", "--full", "--strict", "--no-dangling")
  }

  /// A bitmap of a multi-pack-index makes git read the very packs that it names.
  @Test(arguments: ["one file", "a chain"]) func whatAMultiPackIndexNamesStays(in form: String) throws {
    let scratch = try ScratchRepository()
    try scratch.commit("of the user")
    let repository = try scratch.open()
    for (number, tree) in try publish(Array(versions.prefix(4)), repository).enumerated() {
      let commit = try scratch.git("commit-tree", "-m", "\(number)", tree.hex).dropLast()
      try scratch.git("update-ref", "refs/heads/\(number)", String(commit))
    }
    try scratch.git("multi-pack-index", "write", "--bitmap")
    let folder = scratch.path + "/.git/objects/pack"
    if form == "a chain" {
      try Files.makeDirectory(folder + "/multi-pack-index.d")
      try Files.rename(
        folder + "/multi-pack-index", to: folder + "/multi-pack-index.d/multi-pack-index-1.midx")
    }
    let named = try packs(scratch)
    _ = try publish(Array(versions.dropFirst(4)), repository)
    #expect(try !Consolidation(repository).isDue())
    #expect(try Consolidation(repository).packs().count == 8)
    #expect(try Consolidation(repository).run(all: true))
    #expect(try packs(scratch).count == named.count + 1)
    #expect(try Set(packs(scratch)).isSuperset(of: named))
    try scratch.git("fsck", "--full", "--strict", "--no-dangling")
    try scratch.git("clone", "--quiet", "--no-local", "--bare", scratch.path, scratch.root + "/clone")
  }

  @Test(arguments: ["multi-pack-index", "multi-pack-index.lock"]) func anIndexThatCannotBeReadNamesAll(
    _ name: String
  ) throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    _ = try publish(Array(versions.prefix(4)), repository)
    try scratch.write(".git/objects/pack/" + name, "MIDX of a later version")
    #expect(try !Consolidation(repository).run(all: true))
    #expect(try packs(scratch).count == 4)
  }

  @Test func largePacksAreLeftAlone() throws {
    func chosen(_ sizes: [Int]) throws -> Int {
      let scratch = try ScratchRepository()
      let packs = try sizes.enumerated().map { index, size in
        try scratch.write("\(index)", bytes: [UInt8](repeating: 0, count: size))
        return Consolidation.Pack(
          name: "\(index)", status: try #require(try Files.status(scratch.path + "/\(index)")))
      }
      return Consolidation.chosen(packs.shuffled()).count
    }
    #expect(try chosen([]) == 0)
    #expect(try chosen([5]) == 0)
    #expect(try chosen([1, 2, 4, 8, 16]) == 0)
    #expect(try chosen([1, 1, 100, 1000]) == 2)
    #expect(try chosen([1, 1, 1, 1, 5, 100]) == 5)
    #expect(try chosen([10, 10, 30, 50]) == 4)
  }
}
