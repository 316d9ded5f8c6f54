import Files
import Foundation
import Git
import TestSupport
import Testing

/// References as files, against what git makes of the same files.
@Suite struct ReferenceFilesSuite {
  /// A repository with a commit for references to name.
  private struct Lab {
    let scratch: ScratchRepository
    let repository: Repository
    let commits: [ObjectID]

    init(_ arguments: String..., format: ObjectFormat = .sha1) throws {
      scratch = try ScratchRepository(format: format)
      if let shared = arguments.first { try scratch.git("init", "--quiet", "--shared=" + shared) }
      repository = try scratch.open()
      let batch = try ObjectBatch(repository)
      let tree = try batch.writeTree([])
      commits = try (1...3).map {
        let ada = Signature(name: "Ada", email: "ada@example.test", seconds: Int64($0))
        return try batch.writeCommit(tree: tree, parents: [], by: ada, message: "\($0)")
      }
      try batch.publish()
    }

    func listed(_ prefix: String) throws -> [Reference] {
      try scratch.git("for-each-ref", "--format=%(objectname) %(refname)", prefix)
        .split(separator: "\n").compactMap { line in
          let words = line.split(separator: " ")
          return ObjectID(words[0]).map { Reference(name: String(words[1]), target: $0) }
        }
    }
  }

  /// A value that was prepared is the reference's own file afterwards, made under git's lock, and a lock of others
  /// stands in its way.
  @Test(arguments: ["umask", "group"]) func aPreparedValueTakesTheLock(sharing: String) throws {
    let lab = try Lab(sharing)
    let name = "refs/sessions/a/b"
    let path = lab.scratch.path + "/.git/" + name
    let batch = try ObjectBatch(lab.repository)
    let commit = lab.commits[0]
    let value = try batch.prepareValue(commit)
    // Twice is once.
    _ = try batch.prepareValue(commit)
    try batch.publish()
    try Files.makeDirectory(lab.scratch.path + "/.git/refs/sessions/a")
    try Files.create([], at: path + ".lock")
    #expect(throws: GitError.self) {
      try lab.repository.move(name, from: nil, to: value, log: "x")
    }
    #expect(try Files.read(path + ".lock").isEmpty)
    #expect(try lab.listed("refs/sessions/").isEmpty)
    try Files.remove(path + ".lock")

    try lab.repository.move(name, from: nil, to: value, log: "x")
    #expect(throws: GitError.self) { try lab.repository.move(name, from: nil, to: value, log: "x") }
    #expect(try lab.listed("refs/sessions/") == [Reference(name: name, target: commit)])
    #expect(try Files.list(lab.scratch.path + "/.git/refs/sessions/a") == ["b"])
    #expect(try Files.status(path)?.permissions == (sharing == "group" ? 0o664 : 0o666 & ~Files.mask))
    // git moves it as any other.
    try lab.scratch.git("update-ref", name, lab.commits[1].hex, commit.hex)
    #expect(try lab.repository.reference(name) == lab.commits[1])
  }

  @Test(arguments: 1...3, ObjectFormat.allCases)
  func arePackedOrNotAndFoundAsGitFindsThem(seed: Int, format: ObjectFormat) throws {
    let lab = try Lab(format: format)
    var random = Random(seed)
    let folders = ["refs/sessions/a/", "refs/sessions/ab/", "refs/sessions/b/", "refs/tags/", "refs/zz/"]
    for _ in 0..<4 {
      let lines = (0..<random.number(0...60)).map { _ in
        "update \(random.pick(folders))\(random.number(0...40)) \(random.pick(lab.commits))\n"
      }
      // Each name once in a transaction.
      let once = Dictionary(lines.map { ($0.split(separator: " ")[1], $0) }) { first, _ in first }
      try lab.scratch.git(["update-ref", "--stdin"], input: once.values.joined())
      if random.once(in: 2) {
        try lab.scratch.git("tag", "-f", "-a", "-m", "x", "v\(seed)", lab.commits[0].hex)
      }
      if random.once(in: 2) { try lab.scratch.git("pack-refs", "--all") }
      for prefix in folders + ["refs/", "refs/none/"] {
        let expected = try lab.listed(prefix)
        #expect(try lab.repository.references(under: prefix) == expected)
        for reference in expected {
          #expect(try lab.repository.reference(reference.name) == reference.target)
        }
      }
      for number in 0...40 where try lab.listed("refs/sessions/a/\(number)").isEmpty {
        #expect(try lab.repository.reference("refs/sessions/a/\(number)") == nil)
      }
    }
  }

  /// Old versions of git, and other programs, write the file in another order and say nothing of it.
  @Test func anUnsortedFileIsReadToItsEnd() throws {
    let lab = try Lab()
    let lines = ["refs/sessions/b/x", "refs/sessions/a/x", "refs/heads/y", "refs/sessions/a/w"].map {
      "\(lab.commits[0]) \($0)\n"
    }
    try lab.scratch.write(".git/packed-refs", "# pack-refs with: peeled \n" + lines.joined())
    #expect(
      try lab.repository.references(under: "refs/sessions/").map(\.name)
        == ["refs/sessions/a/w", "refs/sessions/a/x", "refs/sessions/b/x"])
    #expect(try lab.repository.reference("refs/heads/y") == lab.commits[0])
    #expect(try lab.repository.reference("refs/heads/z") == nil)
    try lab.scratch.write(".git/packed-refs", "")
    #expect(try lab.repository.references(under: "refs/sessions/").isEmpty)
    try lab.scratch.write(".git/packed-refs", "nonsense\n")
    #expect(throws: GitError.self) { try lab.repository.references(under: "refs/sessions/") }
  }

  @Test func aFileHidesWhatIsPacked() throws {
    let lab = try Lab()
    let name = "refs/sessions/a/b"
    try lab.repository.move(name, from: nil, to: lab.commits[0], log: "")
    try lab.scratch.git("pack-refs", "--all")
    #expect(throws: GitError.self) { try lab.repository.move(name, from: nil, to: lab.commits[1], log: "") }
    try lab.repository.move(name, from: lab.commits[0], to: lab.commits[1], log: "")
    #expect(try lab.repository.reference(name) == lab.commits[1])
    #expect(try lab.repository.references(under: "refs/sessions/a/").map(\.target) == [lab.commits[1]])
    try lab.scratch.git("symbolic-ref", "refs/sessions/a/c", name)
    #expect(try lab.repository.reference("refs/sessions/a/c") == lab.commits[1])
    #expect(try lab.repository.references(under: "refs/sessions/a/").map(\.name) == [name])
    try lab.scratch.git("symbolic-ref", "refs/sessions/a/d", "refs/sessions/a/d")
    #expect(throws: GitError.self) { try lab.repository.reference("refs/sessions/a/d") }
  }

  /// Names of which one is the folder of the other cannot both be, wherever they are kept.
  @Test(arguments: [false, true]) func noneStandsInTheFolderOfAnother(isPacked: Bool) throws {
    let lab = try Lab()
    try lab.repository.move("refs/sessions/a/b", from: nil, to: lab.commits[0], log: "")
    if isPacked { try lab.scratch.git("pack-refs", "--all") }
    for name in ["refs/sessions/a", "refs/sessions/a/b/c"] {
      let error = #expect(throws: GitError.self) {
        try lab.repository.move(name, from: nil, to: lab.commits[1], log: "")
      }
      #expect(error?.kind == .other)
    }
    #expect(try lab.listed("refs/").map(\.name) == ["refs/sessions/a/b"])
    // What is left of folders is no obstacle.
    try lab.repository.delete("refs/sessions/a/b", expecting: lab.commits[0])
    try FileManager.default.createDirectory(
      atPath: lab.scratch.path + "/.git/refs/sessions/a/b/c", withIntermediateDirectories: true)
    try lab.repository.move("refs/sessions/a", from: nil, to: lab.commits[1], log: "")
    #expect(try lab.listed("refs/").map(\.name) == ["refs/sessions/a"])
    for name in ["refs/sessions/../../../x", "refs/sessions/a.lock", "refs/sessions//a"] {
      #expect(throws: GitError.self) { try lab.repository.move(name, from: nil, to: lab.commits[1], log: "") }
    }
  }

  @Test(arguments: ObjectFormat.allCases) func logsAreKeptWhereGitKeepsThem(format: ObjectFormat) throws {
    let lab = try Lab(format: format)
    try lab.repository.move("refs/sessions/a/b", from: nil, to: lab.commits[0], log: "first")
    #expect(lab.scratch.read(".git/logs/refs/sessions/a/b") == nil)
    try lab.repository.move("refs/notes/sessions", from: nil, to: lab.commits[0], log: "first")
    try lab.repository.move("refs/notes/sessions", from: lab.commits[0], to: lab.commits[1], log: "second")
    #expect(
      try lab.scratch.git("reflog", "show", "--format=%H %gs", "refs/notes/sessions")
        == "\(lab.commits[1]) second\n\(lab.commits[0]) first\n"
    )
    try lab.scratch.git("config", "core.logAllRefUpdates", "always")
    let repository = try lab.scratch.open()
    try repository.move("refs/sessions/a/b", from: lab.commits[0], to: lab.commits[1], log: "second")
    #expect(try lab.scratch.git("reflog", "show", "--format=%gs", "refs/sessions/a/b") == "second\n")
    try lab.scratch.git("config", "core.logAllRefUpdates", "false")
    let silent = try lab.scratch.open()
    try silent.move("refs/notes/other", from: nil, to: lab.commits[0], log: "first")
    #expect(lab.scratch.read(".git/logs/refs/notes/other") == nil)
    try silent.move("refs/sessions/a/b", from: lab.commits[1], to: lab.commits[2], log: "a log goes on")
    #expect(
      try lab.scratch.git("reflog", "show", "--format=%gs", "refs/sessions/a/b") == "a log goes on\nsecond\n")
  }

  @Test func aSharedRepositoryStaysShared() throws {
    let lab = try Lab("group")
    try lab.repository.move("refs/sessions/a/b", from: nil, to: lab.commits[0], log: "")
    let files = FileManager.default
    func mode(_ name: String) throws -> Int {
      try #require(
        try files.attributesOfItem(atPath: lab.scratch.path + "/.git/" + name)[.posixPermissions] as? Int)
    }
    #expect(try mode("refs/sessions/a/b") & 0o060 == 0o060)
    #expect(try mode("refs/sessions/a") & 0o2070 == 0o2070)
  }

  /// Packing moves references from one place to another while they are read and moved.
  @Test(.timeLimit(.minutes(1))) func packingLosesNothing() throws {
    let lab = try Lab()
    let (path, commits) = (lab.scratch.path, lab.commits)
    let names = (0..<3).map { "refs/sessions/\($0)/w" }
    for name in names { try lab.repository.move(name, from: nil, to: commits[0], log: "") }
    try lab.scratch.write(
      "../pack", "while kill -0 $PPID && [ -e \"$0\" ]; do git -C \(path) pack-refs --all; done\n")
    let packing = try RunningProgram(
      "/bin/sh", [lab.scratch.root + "/pack"], environment: lab.scratch.environment)
    // It must not be at work in the repository when that goes: what it writes then would keep both alive.
    defer {
      try? lab.scratch.remove("../pack")
      _ = packing.wait()
    }
    var current = 0
    for round in 1...15 {
      for name in names {
        try lab.repository.move(name, from: commits[current], to: commits[round % 3], log: "")
        #expect(try lab.repository.reference(name) == commits[round % 3])
      }
      current = round % 3
      #expect(
        try lab.repository.references(under: "refs/sessions/").map(\.target)
          == names.map { _ in commits[current] })
    }
  }
}
