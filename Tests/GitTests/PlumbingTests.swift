import TestSupport
import Testing

@testable import Git

/// Objects as one `git cat-file` gives them.
@Suite struct Plumbing {
  private func write(_ text: String, _ scratch: ScratchRepository) throws -> ObjectID {
    scratch.put("file", .file(text))
    return try #require(ObjectID(try scratch.git("hash-object", "-w", "file").dropLast()))
  }

  @Test func answersOfAnySizeAndOrder() throws {
    let scratch = try ScratchRepository(format: .sha256)
    let repository = try scratch.open()
    let texts = ["", "\n", "small\n", String(repeating: "0123456789\n", count: 100_000), "missing"]
    let ids = try texts.map { try write($0, scratch) }
    var random = Random(1)
    for _ in 0..<30 {
      let (id, text) = random.pick(Array(zip(ids, texts)))
      #expect(try repository.object(id, .blob) == Array(text.utf8))
      #expect(try repository.kind(of: id) == .blob)
      #expect(throws: GitError.self) { try repository.object(ObjectFormat.sha256.none, .blob) }
    }
  }

  /// Also when that is a pack that appears after the process was started.
  @Test func whatIsAddedLaterIsFound() throws {
    let scratch = try ScratchRepository(format: .sha256)
    let repository = try scratch.open()
    let loose = try write("loose\n", scratch)
    #expect(try repository.contains(loose))
    let packed = try write("packed\n", scratch)
    try scratch.git(["pack-objects", "-q", ".git/objects/pack/pack"], input: "\(packed)\n\(loose)\n")
    try scratch.git("prune-packed")
    for id in [packed, loose] { #expect(try repository.contains(id)) }
  }

  /// Git gives up at a damaged object; who asks next gets a new process.
  @Test func aDamagedObjectIsNotTheEnd() throws {
    let scratch = try ScratchRepository(format: .sha256)
    let (whole, damaged) = (try write("whole\n", scratch), try write("damaged\n", scratch))
    let file = try scratch.looseFile(damaged)
    try scratch.run("chmod", ["u+w", scratch.path + "/" + file])
    var bytes = try #require(scratch.bytes(file))
    for index in 4..<bytes.count { bytes[index] ^= 0x5a }
    try scratch.write(file, bytes: bytes)
    let repository = try scratch.open()
    for _ in 0..<2 {
      let error = #expect(throws: GitError.self) { try repository.object(damaged, .blob) }
      #expect(error?.kind == .missing || error?.kind == .other)
      #expect(try repository.object(whole, .blob) == Array("whole\n".utf8))
    }
  }

  @Test func gitThatIsNotThereIsAnError() throws {
    let scratch = try ScratchRepository(format: .sha256)
    let id = try write("whole\n", scratch)
    let objects = PlumbingObjects(
      git: GitExecutable(path: "/nowhere/git", environment: scratch.environment),
      gitDirectory: scratch.path + "/.git", format: .sha256)
    #expect(throws: GitError.self) { try objects.header(of: id) }
    let silent = PlumbingObjects(
      git: GitExecutable(path: "/bin/false", environment: scratch.environment),
      gitDirectory: scratch.path + "/.git", format: .sha256)
    let error = #expect(throws: GitError.self) { try silent.header(of: id) }
    #expect(error?.kind == .command(status: 1))
  }

  /// What a partial clone lacks is not fetched to be looked at.
  @Test func readingDoesNotGoToTheNetwork() throws {
    let scratch = try ScratchRepository(format: .sha256)
    let lost = try write("lost\n", scratch)
    try scratch.commit("base")
    try scratch.git("config", "uploadpack.allowFilter", "true")
    let clone = scratch.root + "/clone"
    try scratch.git(
      "clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://" + scratch.path, clone)
    let repository = try scratch.open(at: clone)
    #expect(try !repository.contains(lost))
    try scratch.git("-C", clone, "checkout", "--quiet")
    #expect(try repository.contains(lost))
  }

  @Test(
    arguments: [
      ("0", 0), ("12", 12), ("1k", 1024), ("2M", 2 << 20), ("1g", 1 << 30), ("-1", -1), ("", nil), ("k", nil),
      ("9999999999g", nil), ("1kk", nil),
    ] as [(String, Int?)])
  func numbersOfTheConfiguration(text: String, value: Int?) {
    #expect(Configuration.number(text) == value)
  }
}
