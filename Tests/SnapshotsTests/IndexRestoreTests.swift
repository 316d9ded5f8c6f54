import Git
import Snapshots
import TestSupport
import Testing

/// The staged half of a state, and the index file as it was.
@Suite struct StagedRestore {
  /// What git says of HEAD, index and work tree, and the index entry by entry.
  private func view(_ lab: Lab) throws -> [String] {
    [
      try lab.scratch.git("status", "--porcelain=v2", "-z", "--untracked-files=all"),
      try lab.scratch.git("ls-files", "--stage", "-z"), try lab.scratch.git("ls-files", "-t", "-z"),
    ]
  }

  @Test(arguments: 0..<25) func isExactOnGeneratedStates(seed: Int) throws {
    let lab = try Lab()
    lab.scratch.put("base", .file("base\n"))
    try lab.scratch.commit("base")
    var generator = GeneratedTree(scratch: lab.scratch, random: Random(seed))
    generator.isPlain = true
    generator.commits = false
    var states: [(saved: Lab.Saved, view: [String])] = []
    for step in 0..<4 {
      try generator.change()
      if generator.random.once(in: 4) { try unmerge(lab.scratch, random: &generator.random) }
      states.append((try lab.save(), try view(lab)))
      guard let target = states.randomElement(using: &generator.random) else { return }
      let outcome = try lab.restore(target.saved.target, staged: target.saved.snapshot.staged)
      guard outcome.plan.obstacles.isEmpty, outcome.plan.kept.isEmpty, outcome.plan.held.isEmpty else {
        continue
      }
      #expect(try ordinary(view(lab)) == ordinary(target.view), "seed \(seed), step \(step)")
    }
  }

  /// What is not tracked and ignored in one state may stay in the other, and is then listed there.
  private func ordinary(_ view: [String]) -> [String] {
    view.map { $0.split(separator: "\0").filter { !$0.hasPrefix("? ") }.joined(separator: "\n") }
  }

  private func unmerge(_ scratch: ScratchRepository, random: inout Random) throws {
    let blobs = try (1...3).map {
      String(try scratch.git(["hash-object", "-w", "--stdin"], input: "\($0)\n").dropLast())
    }
    let stages = zip(1...3, blobs).filter { _ in !random.once(in: 3) }.map { "100644 \($1) \($0)\tmerge\n" }
    try scratch.git(["update-index", "--index-info"], input: "0 \(blobs[0])\tmerge\n" + stages.joined())
    if random.once(in: 2) { scratch.put("merge", .file("<<<\n")) }
  }

  @Test func intentToAddSurvivesWithAndWithoutTheFile() throws {
    let lab = try Lab()
    lab.scratch.put("base", .file("base\n"))
    try lab.scratch.commit("base")
    for name in ["there", "gone", "deep/there"] { lab.scratch.put(name, .file("x\n")) }
    try lab.scratch.git("add", "--intent-to-add", ".")
    try lab.scratch.remove("gone")
    let (saved, before) = (try lab.save(), try view(lab))
    #expect(saved.snapshot.staged.intentToAdd.map(\.description) == ["deep/there", "gone", "there"])
    try lab.scratch.git("reset", "--quiet")
    try lab.scratch.remove("deep")
    _ = try lab.restore(saved.target, staged: saved.snapshot.staged)
    #expect(try view(lab) == before)
  }

  @Test func skippedFilesStaySkipped() throws {
    let lab = try Lab()
    lab.scratch.put("in/file", .file("one\n"))
    lab.scratch.put("out/file", .file("one\n"))
    try lab.scratch.commit("base")
    try lab.scratch.git("sparse-checkout", "set", "--cone", "in")
    lab.scratch.put("in/file", .file("staged\n"))
    try lab.scratch.git("add", "in/file")
    let (saved, before) = (try lab.save(), try view(lab))
    lab.scratch.put("in/file", .file("other\n"))
    lab.scratch.put("in/new", .file("other\n"))
    try lab.scratch.git("add", "--all")
    _ = try lab.restore(saved.target, staged: saved.snapshot.staged)
    #expect(try view(lab) == before)
    #expect(before[2].contains("S out/file"))
  }

  @Test func anIndexThatWasNotThere() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let saved = try lab.save()
    try lab.scratch.git("add", "file")
    _ = try lab.restore(saved.target, staged: saved.snapshot.staged)
    #expect(try lab.scratch.git("status", "--porcelain") == "?? file\n")
  }

  @Test func aLockOfOthersStopsItBeforeAnythingHappens() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let saved = try lab.save()
    try lab.scratch.git("add", "file")
    lab.scratch.put("file", .file("two\n"))
    lab.scratch.put(".git/index.lock", .file(""))
    let (index, files) = (lab.scratch.bytes(".git/index"), lab.scratch.files)
    let error = #expect(throws: GitError.self) {
      try lab.restore(saved.target, staged: saved.snapshot.staged)
    }
    #expect(error?.kind == .locked)
    #expect(lab.scratch.bytes(".git/index") == index)
    #expect(lab.scratch.files == files)
    #expect(lab.scratch.read(".git/index.lock") == "")
  }

  /// A lock that tells that it is ours is left over: the caller lets but one of us at the index.
  @Test func aLockThatWeHaveLeftIsTakenOver() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.git("add", "file")
    let saved = try lab.save()
    try lab.scratch.git("reset", "--quiet")
    lab.scratch.put(".git/index.lock", .file("git-session 999999\n"))
    _ = try lab.restore(saved.target, staged: saved.snapshot.staged)
    #expect(try lab.scratch.git("status", "--porcelain") == "A  file\n")
    #expect(lab.scratch.read(".git/index.lock") == nil)
  }

  /// All that can fail does so while nothing is changed yet.
  @Test func theIndexIsMadeBeforeAnythingHappens() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let saved = try lab.save()
    lab.scratch.put("file", .file("two\n"))
    let nowhere = try #require(ObjectID(String(repeating: "1", count: 40)))
    let staged = StagedState(tree: nowhere, conflict: nil, intentToAdd: [])
    #expect(throws: GitError.self) { try lab.restore(saved.target, staged: staged) }
    #expect(lab.scratch.read("file") == "two\n")
    #expect(lab.scratch.read(".git/index.lock") == nil)
  }

  @Test func theLockGoesWhenNothingCameOfIt() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let saved = try lab.save()
    lab.scratch.put("file", .file("two\n"))
    #expect(throws: GitError.self) {
      try lab.restore(saved.target, staged: saved.snapshot.staged) {
        lab.scratch.put("file", .file("three\n"))
      }
    }
    #expect(lab.scratch.read(".git/index.lock") == nil)
    #expect(lab.scratch.read(".git/index") == nil)
  }

  /// Another git may take the lock as soon as the index is in place.
  @Test func theNextLockOfOthersStays() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    let saved = try lab.save()
    do {
      let repository = try lab.scratch.open()
      let index = try IndexRestore(
        repository, to: .staged(saved.snapshot.staged), batch: ObjectBatch(repository))
      try index.swap()
      lab.scratch.put(".git/index.lock", .file("theirs\n"))
    }
    #expect(lab.scratch.read(".git/index.lock") == "theirs\n")
  }

  @Test func theIndexIsPutBackByteForByte() throws {
    let lab = try Lab()
    lab.scratch.put("file", .file("one\n"))
    try lab.scratch.git("add", "file")
    let repository = try lab.scratch.open()
    let (bytes, copy) = (lab.scratch.bytes(".git/index"), lab.scratch.root + "/copy")
    #expect(try repository.saveIndex(to: copy))
    lab.scratch.put("other", .file("two\n"))
    try lab.scratch.git("add", "other")
    do {
      let index = try IndexRestore(repository, to: .copy(copy), batch: ObjectBatch(repository))
      try index.swap()
    }
    #expect(lab.scratch.bytes(".git/index") == bytes)
    #expect(lab.scratch.read(".git/index.lock") == nil)
    try lab.scratch.remove(".git/index")
    #expect(try !repository.saveIndex(to: copy))
  }
}
