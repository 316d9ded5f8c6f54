import Foundation
import Git
import Sessions
import TestSupport
import Testing

@testable import Snapshots

/// Snapshots that build on what the one before has seen.
@Suite struct Remembering {
  /// Saves as an operation does, and lets the next save make use of it.
  private func save(_ lab: Lab, after last: ObjectID?) throws -> (snapshot: Snapshot, commit: ObjectID) {
    let repository = try lab.scratch.open()
    let batch = try ObjectBatch(repository)
    let capture = try lab.capture(repository, batch)
    let taken = try capture.snapshot(after: last)
    let commit = try commit(taken, after: last, repository, batch)
    try capture.remember(taken, as: commit)
    return (taken.snapshot, commit)
  }

  private func commit(
    _ taken: Capture.Taken, after last: ObjectID?, _ repository: Repository, _ batch: ObjectBatch
  ) throws -> ObjectID {
    let commit = try batch.writeCommit(
      tree: taken.snapshot.tree, parents: last.map { [$0] } ?? [],
      by: Signature(name: "a", email: "b", seconds: 1), message: "m")
    try batch.publish()
    try repository.move("refs/sessions/x", from: last, to: commit, log: "")
    return commit
  }

  /// The writer is faster than the clock by which the file system stamps: two contents of one size get one time.
  @Test func aFileThatChangesWithinATickIsNeverMissed() throws {
    let lab = try Lab()
    lab.scratch.put("tracked", .file("0000\n"))
    try lab.scratch.commit("base")
    var last: ObjectID?
    for round in 0..<150 {
      for name in ["tracked", "new"] {
        // In place, so that the inode stays.
        let handle = try FileHandle(forUpdating: file(lab.scratch.path + "/" + name))
        handle.write(Data(String(format: "%04d\n", round).utf8))
        try handle.close()
      }
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "round \(round)")
    }
  }

  /// While a hook waits for its turn, another one saves, and the user stages and commits.
  @Test func whatWasReadEarlyIsReadAgainIfItHasChanged() throws {
    let lab = try Lab()
    for name in ["one", "two"] { lab.scratch.put(name, .file("\(name)\n")) }
    try lab.scratch.commit("base")
    lab.scratch.put("new", .file("new\n"))
    let first = try save(lab, after: nil).commit
    let repository = try lab.scratch.open()
    let inputs = CaptureInputs(repository)
    _ = try inputs.currentIndex()
    #expect(inputs.cache(after: first) != nil)

    lab.scratch.put("one", .file("changed\n"))
    try lab.scratch.git("add", "one", "new")
    let second = try save(lab, after: first).commit
    lab.scratch.put("two", .file("changed too\n"))
    #expect(inputs.cache(after: second)?.objects.isEmpty == false)
    let batch = try ObjectBatch(repository)
    let taken = try lab.capture(repository, batch, inputs).snapshot(after: second)
    #expect(taken.snapshot.tree.hex == (try lab.treeByAddAll()))
    let staged = try lab.scratch.git("write-tree")
    #expect(taken.snapshot.staged.tree.hex + "\n" == staged)

    try lab.scratch.run("rm", [lab.scratch.path + "/.git/index"])
    #expect(try inputs.currentIndex().value?.count == 0)
  }

  /// A folder that changes again within the tick in which it was listed has the same time as before.
  @Test func aNameThatComesWithinATickIsNeverMissed() throws {
    let lab = try Lab()
    lab.scratch.put("folder/tracked", .file("1\n"))
    try lab.scratch.commit("base")
    var last: ObjectID?
    for round in 0..<60 {
      for name in ["one", "two", "three"] {
        lab.scratch.put("folder/\(name)\(round % 2)", .file("\(name)\n"))
        FileTree.remove(RepositoryPath("folder/\(name)\(1 - round % 2)".utf8), below: lab.scratch.path)
        last = try save(lab, after: last).commit
      }
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "round \(round)")
    }
  }

  /// None of this gives the folder another time.
  @Test func aFolderThatStandsAsItWasMayHoldOtherTrackedNames() throws {
    let lab = try Lab()
    for name in ["one", "two", "link", "folder/below"] { lab.scratch.put("in/\(name)", .file("\(name)\n")) }
    lab.scratch.put("in/.gitignore", .file("ignored*\n"))
    lab.scratch.put("in/ignored", .file("not seen\n"))
    try lab.scratch.commit("base")
    usleep(20_000)
    var last = try save(lab, after: nil).commit
    let file = try lab.scratch.open().statCache
    let cache = try #require(StatCache(readingFrom: file, of: last))
    #expect(cache.folders.count == 3)
    for change in [
      ["rm", "--quiet", "--cached", "in/one"], ["add", "--force", "in/ignored"],
      ["rm", "-r", "--quiet", "--cached", "in"],
      ["update-index", "--add", "--cacheinfo", "160000,\(last),in/two"], ["reset", "--quiet"],
      ["update-index", "--skip-worktree", "in/two"], ["update-index", "--no-skip-worktree", "in/two"],
    ] {
      try lab.scratch.git(change)
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "\(change)")
    }
  }

  /// Not every file system keeps such a time, but some that are common do.
  @Test(arguments: ["2300-01-01", "2445-12-31T23:59:59.5", "1600-01-01", "1950-01-01T00:00:00.5"])
  func timesFarFromNow(date: String) throws {
    let lab = try Lab()
    for name in ["tracked", "folder/tracked", "new", "folder/new"] { lab.scratch.put(name, .file("1\n")) }
    try lab.scratch.git("add", "tracked", "folder/tracked")
    try lab.scratch.git("commit", "--quiet", "-m", "base")
    let dated = ["tracked", "folder/new", "folder", ".git/index"].map { lab.scratch.path + "/" + $0 }
    try lab.scratch.run("touch", ["-d", date] + dated)
    usleep(20_000)
    var last = try save(lab, after: nil).commit
    let file = try lab.scratch.open().statCache
    let cache = try #require(StatCache(readingFrom: file, of: last))
    #expect(cache.files[Array("folder/new".utf8)] != nil)
    for name in ["tracked", "folder/new"] {
      lab.scratch.put(name, .file("2\n"))
      try lab.scratch.run("touch", ["-d", date] + dated)
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()))
      lab.engine = .plumbing
      #expect(try lab.save().snapshot == saved.snapshot)
    }
  }

  private func file(_ path: String) -> URL {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    return URL(fileURLWithPath: path)
  }

  @Test(arguments: 0..<10) func theSameAsALookAtEverything(seed: Int) throws {
    let lab = try Lab()
    var generator = GeneratedTree(scratch: lab.scratch, random: Random(seed))
    generator.isPlain = true
    var last: ObjectID?
    for step in 0..<6 {
      try generator.change()
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "seed \(seed), step \(step)")
    }
    try lab.scratch.git("fsck", "--strict", "--no-dangling")
  }

  @Test func whatDecidesHowAFileIsStoredMayChange() throws {
    let lab = try Lab()
    lab.scratch.put("dos.txt", .file("one\r\ntwo\r\n"))
    let first = try save(lab, after: nil)
    lab.scratch.put(".gitattributes", .file("*.txt text\n"))
    let second = try save(lab, after: first.commit)
    #expect(second.snapshot.tree.hex == (try lab.treeByAddAll()))
    try lab.scratch.git("config", "filter.up.clean", "tr a-z A-Z")
    lab.scratch.put(".gitattributes", .file("*.txt filter=up\n"))
    let third = try save(lab, after: second.commit)
    #expect(third.snapshot.tree.hex == (try lab.treeByAddAll()))
    try lab.scratch.git("config", "filter.up.clean", "tr a-z b-za")
    let fourth = try save(lab, after: third.commit)
    #expect(fourth.snapshot.tree.hex == (try lab.treeByAddAll()))
  }

  @Test(arguments: ["stat-cache", "last-capture"]) func damageIsNoticed(name: String) throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    var last = try save(lab, after: nil).commit
    let path = lab.scratch.path + "/.git/session/" + name
    let whole = try #require(FileManager.default.contents(atPath: path))
    for length in [0, 1, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: URL(fileURLWithPath: path))
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "\(length) bytes")
    }
    for position in stride(from: 0, to: whole.count, by: 7) {
      var damaged = whole
      damaged[position] ^= 0x55
      try damaged.write(to: URL(fileURLWithPath: path))
      let saved = try save(lab, after: last)
      last = saved.commit
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "byte \(position)")
    }
  }

  // MARK: - Some paths alone

  private func saveSome(_ paths: [String], _ lab: Lab, _ before: Snapshot, after last: ObjectID) throws -> (
    snapshot: Snapshot, commit: ObjectID
  )? {
    let repository = try lab.scratch.open()
    let batch = try ObjectBatch(repository)
    let capture = try lab.capture(repository, batch)
    let names = paths.map { RepositoryPath($0.utf8) }
    guard let taken = try capture.snapshot(of: names, changing: before, after: last) else { return nil }
    let commit = try commit(taken, after: last, repository, batch)
    try capture.remember(taken, as: commit)
    return (taken.snapshot, commit)
  }

  @Test func somePathsGiveTheSameAsAll() throws {
    let lab = try Lab()
    for name in ["a", "dir/b", "dir/deep/c", "gone/d", "other"] { lab.scratch.put(name, .file(name)) }
    lab.scratch.put(".gitignore", .file("*.log\n"))
    try lab.scratch.commit("base")
    let first = try save(lab, after: nil)
    lab.scratch.put("a", .file("changed"))
    lab.scratch.put("dir/deep/c", .link("b"))
    lab.scratch.put("new/folder/e", .file("new", executable: true))
    lab.scratch.put("new/x.log", .file("ignored"))
    lab.scratch.put(".env", .file("secret"))
    try lab.scratch.remove("gone")
    let names = [
      "a", "dir/deep/c", "new/folder/e", "new/x.log", ".env", "gone/d", "never/there", ".git/config",
    ]
    let second = try #require(try saveSome(names, lab, first.snapshot, after: first.commit))
    let whole = try save(lab, after: second.commit)
    #expect(whole.snapshot == second.snapshot)
    #expect(second.snapshot.leftOut.map(\.path) == [".env"])

    // What lies in place of a file, or a folder, of the last checkpoint.
    lab.scratch.put("a/inside", .file("now a folder"))
    #expect(try saveSome(["a"], lab, whole.snapshot, after: whole.commit) == nil)
    let third = try #require(try saveSome(["a/inside"], lab, whole.snapshot, after: whole.commit))
    let fourth = try save(lab, after: third.commit)
    #expect(fourth.snapshot == third.snapshot)
    try lab.scratch.remove("dir")
    lab.scratch.put("dir", .file("now a file"))
    #expect(try saveSome(["dir"], lab, fourth.snapshot, after: fourth.commit) == nil)
  }

  @Test func whatElseHasChangedAsksForALookAtAll() throws {
    let lab = try Lab()
    lab.scratch.put("a", .file("one\n"))
    try lab.scratch.commit("base")
    let first = try save(lab, after: nil)
    lab.scratch.put("a", .file("two\n"))
    #expect(try saveSome(["."], lab, first.snapshot, after: first.commit) == nil)
    try lab.scratch.git("add", "a")
    #expect(try saveSome(["a"], lab, first.snapshot, after: first.commit) == nil, "the index")
    let second = try save(lab, after: first.commit)
    try lab.scratch.git("commit", "--quiet", "-m", "x")
    #expect(try saveSome(["a"], lab, second.snapshot, after: second.commit) == nil, "HEAD")
    let third = try save(lab, after: second.commit)
    lab.scratch.put("dos", .file("one\r\n"))
    #expect(try saveSome(["dos"], lab, third.snapshot, after: third.commit) != nil)
    lab.scratch.put(".gitattributes", .file("dos text\n"))
    #expect(try saveSome(["dos"], lab, third.snapshot, after: third.commit) == nil, "attributes")
  }

  @Test func aBigFileIsNotReadAsAWhole() throws {
    let lab = try Lab()
    lab.limits.maxUntrackedSize = 1 << 30
    let big = String(repeating: "0123456789abcdef\n", count: 400_000)
    lab.scratch.put("big", .file(big))
    lab.scratch.put("bigger", .file(big + big))
    let saved = try save(lab, after: nil)
    #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()))
    try lab.scratch.git("fsck", "--strict", "--no-dangling")
  }
}
