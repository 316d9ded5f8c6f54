import Files
import Git
import TestSupport
import Testing

@Suite struct ObjectBatches {
  private let ada = Signature(name: "Ada", email: "ada@example.test", seconds: 1_700_000_000)

  private func objects(_ scratch: ScratchRepository) -> FileTree {
    FileTree(of: scratch.path + "/.git/objects")
  }

  @Test(arguments: [
    (ObjectFormat.sha1, "ce013625030ba8dba906f756967f9e9ca394464a"),
    (.sha256, "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4"),
  ])
  func nothingShowsBeforeItIsPublished(format: ObjectFormat, name: String) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let before = FileTree(of: scratch.path + "/.git")
    var id: ObjectID?
    do {
      let batch = try ObjectBatch(repository)
      id = try batch.write(Array("hello\n".utf8), as: .blob)
      #expect(try !repository.contains(try #require(id)))
      #expect(objects(scratch) == FileTree(of: scratch.path + "/.git/objects"))
      #expect(
        try repository.run(["cat-file", "-t", try #require(id).hex], environment: batch.environment).text
          == "blob")
    }
    #expect(FileTree(of: scratch.path + "/.git") == before)
    #expect(id?.hex == name)
  }

  @Test(arguments: ObjectFormat.allCases) func publishingTwiceIsPublishingOnce(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let blob = try batch.write(Array("hello\n".utf8), as: .blob)
    let tree = try batch.writeTree([TreeEntry(mode: "100644", name: Array("file".utf8), id: blob)])
    try batch.publish()
    let first = objects(scratch)
    try batch.publish()
    #expect(objects(scratch) == first)
    let commit = try batch.writeCommit(tree: tree, parents: [], by: ada, message: "more\n")
    try batch.publish()
    #expect(try repository.commit(commit).tree == tree)
    try scratch.git("fsck", "--strict")
  }

  @Test(arguments: ObjectFormat.allCases) func treesAreSortedAsGitSortsThem(format: ObjectFormat) throws {
    let scratch = try ScratchRepository(format: format)
    for name in ["a-b", "a/b", "a.b", "ab", "a0"] { scratch.put(name, .file("x\n")) }
    try scratch.git("add", ".")
    let expected = String(try scratch.git("write-tree").dropLast())
    let repository = try scratch.open()
    let id = try #require(ObjectID(expected))
    let batch = try ObjectBatch(repository)
    #expect(try batch.writeTree(try repository.tree(id).reversed()) == id)
  }

  @Test(arguments: ObjectFormat.allCases) func aFileAboveTheLimitComesAsAPackThatIsKeptMeanwhile(
    format: ObjectFormat
  ) throws {
    let scratch = try ScratchRepository(format: format)
    try scratch.git("config", "core.bigFileThreshold", "1k")
    try scratch.write("big", String(repeating: "big\n", count: 1000))
    let repository = try scratch.open()
    func packs() -> [String] {
      objects(scratch).paths.map(\.description).filter { $0.hasPrefix("pack/") }.compactMap {
        $0.split(separator: ".").last.map(String.init)
      }.sorted()
    }
    do {
      let batch = try ObjectBatch(repository)
      try repository.run(["hash-object", "-w", "big"], environment: batch.environment)
      try batch.publish()
      #expect(packs() == ["idx", "keep", "pack"])
      try batch.publish()
      #expect(packs() == ["idx", "keep", "pack"])
    }
    #expect(packs() == ["idx", "pack"])
    let id = try #require(ObjectID(try repository.run(["hash-object", "big"]).text))
    #expect(try repository.object(id, .blob).count == 4000)
    try scratch.git("fsck", "--strict")
  }

  @Test func whatTheUserKeepsStaysKept() throws {
    let scratch = try ScratchRepository()
    try scratch.git("config", "core.bigFileThreshold", "1k")
    try scratch.write("big", String(repeating: "big\n", count: 1000))
    let repository = try scratch.open()
    let pack = { (batch: ObjectBatch) in
      try repository.run(["hash-object", "-w", "big"], environment: batch.environment)
    }
    let first = try ObjectBatch(repository)
    let second = try ObjectBatch(repository)
    _ = try (pack(first), pack(second))
    try first.publish()
    let keep = try #require(objects(scratch).paths.first { $0.description.hasSuffix(".keep") }).description
    try second.publish()
    _ = consume second
    #expect(objects(scratch).paths.contains(RepositoryPath(keep.utf8)))
    _ = consume first
  }

  @Test(arguments: ObjectFormat.allCases) func leftoversOfAProgramThatDiedAreNotPublished(
    format: ObjectFormat
  ) throws {
    let scratch = try ScratchRepository(format: format)
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    _ = try batch.write(Array("hello\n".utf8), as: .blob)
    let folder = try #require(try batch.environment["GIT_OBJECT_DIRECTORY"])
    FileTree.put(.file("half"), at: RepositoryPath("ce/tmp_obj_x".utf8), below: folder)
    FileTree.put(.file("half"), at: RepositoryPath("pack/tmp_pack_x".utf8), below: folder)
    FileTree.put(.file("half"), at: RepositoryPath("pack/pack-x.pack".utf8), below: folder)
    try batch.publish()
    let endings = objects(scratch).paths.map { String($0.description.split(separator: ".").last ?? "") }
    #expect(endings.sorted() == ["idx", "keep", "pack"])
    try scratch.git("fsck", "--strict", "--no-dangling")
  }

  @Test(arguments: ObjectFormat.allCases) func commitsAreNeverSignedAndStandAnyName(format: ObjectFormat)
    throws
  {
    let scratch = try ScratchRepository(format: format)
    try scratch.git("config", "commit.gpgSign", "true")
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let names = ["", "A\nB", "<evil> tree 0", "Ünï", "x\0y"]
    for name in names {
      let signature = Signature(name: name, email: name, seconds: 1)
      let commit = try batch.writeCommit(
        tree: try batch.writeTree([]), parents: [], by: signature, message: "m\r\n\r\nb")
      try batch.publish()
      #expect(try repository.commit(commit).message == "m\r\n\r\nb")
      #expect(try repository.commit(commit).subject == "m")
    }
    try scratch.git("fsck", "--strict", "--no-dangling")
  }

  /// Others of the group must be able to write beside our objects.
  @Test func aSharedRepositoryStaysShared() throws {
    let scratch = try ScratchRepository("--shared=group")
    scratch.put("file", .file("shared\n"))
    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    try repository.run(["hash-object", "-w", "file"], environment: batch.environment)
    _ = try batch.write(Array("hello\n".utf8), as: .blob)
    try batch.publish()
    let folders = try scratch.run(
      "find", [scratch.path + "/.git/objects", "-mindepth", "1", "-type", "d", "-printf", "%m %f\n"])
    #expect(folders.split(separator: "\n").allSatisfy { $0.hasPrefix("2775 ") }, "\(folders)")
  }

  /// The user's mask belongs to the whole process, and to the programs that it starts meanwhile.
  @Test func theMaskIsLeftAlone() async throws {
    let scratch = try ScratchRepository()
    let repository = try scratch.open()
    let folder = scratch.root
    async let modes = Task.detached {
      try (0..<300).map { number -> UInt32 in
        try Files.create([], at: "\(folder)/\(number)", isLasting: false)
        return try Files.status("\(folder)/\(number)")?.permissions ?? 0
      }
    }.value
    for _ in 0..<300 { _ = try ObjectBatch(repository) }
    #expect(Set(try await modes) == [0o666 & ~Files.mask])
  }
}
