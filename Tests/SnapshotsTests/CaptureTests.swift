import Git
import Sessions
import Snapshots
import TestSupport
import Testing

/// Git's own result is the measure: `git add --all` into an index of its own, and `git write-tree`.
@Suite struct CaptureEqualsAddAll {
  @Test(arguments: 0..<25, Lab.Engine.allCases) func onGeneratedTrees(seed: Int, engine: Lab.Engine) throws {
    try onGeneratedTrees(seed, engine, .sha1)
  }

  @Test(arguments: 100..<103, Lab.Engine.allCases) func withLongNames(seed: Int, engine: Lab.Engine) throws {
    try onGeneratedTrees(seed, engine, .sha256)
  }

  private func onGeneratedTrees(_ seed: Int, _ engine: Lab.Engine, _ format: ObjectFormat) throws {
    let lab = try Lab(format)
    lab.engine = engine
    var generator = GeneratedTree(scratch: lab.scratch, random: Random(seed))
    generator.isPlain = true
    for step in 0..<4 {
      try generator.change()
      let saved = try lab.save()
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "seed \(seed), step \(step)")
      #expect(saved.snapshot.leftOut.allSatisfy { !$0.reason.hasContent })
    }
  }

  /// A scan says in what the work tree differs as long as that is not too much to be held.
  @Test func moreDifferencesThanAnybodyAsksFor() throws {
    let lab = try Lab(.sha1)
    let repository = try lab.scratch.open()
    for number in 0..<1999 { lab.scratch.put("\(number % 40)/\(number)", .file("\(number)\n")) }
    #expect(try lab.capture(repository, ObjectBatch(repository)).snapshot().unstaged?.count == 1999)
    lab.scratch.put("one more", .file("\n"))
    #expect(try lab.capture(repository, ObjectBatch(repository)).snapshot().unstaged == nil)
    #expect(try lab.save().snapshot.tree.hex == lab.treeByAddAll())
  }

  @Test(arguments: Corner.all, Lab.Engine.allCases) func inCorners(corner: Corner, engine: Lab.Engine) throws
  {
    try inCorner(corner, engine, .sha1)
  }

  /// Each compares the engines with one another.
  @Test(arguments: Corner.all) func inCornersWithLongNames(corner: Corner) throws {
    try inCorner(corner, .own, .sha256)
  }

  private func inCorner(_ corner: Corner, _ engine: Lab.Engine, _ format: ObjectFormat) throws {
    let lab = try Lab(format)
    lab.engine = engine
    try corner.make(lab.scratch)
    let before = FileTree(of: lab.scratch.path + "/.git")
    let work = lab.scratch.files

    let snapshot = try capture(lab)
    #expect(FileTree(of: lab.scratch.path + "/.git").differences(from: before).isEmpty, "without publishing")
    #expect(lab.scratch.files == work)
    #expect(snapshot.tree.hex == (try lab.treeByAddAll()))
    #expect(snapshot.leftOut.allSatisfy { !$0.reason.hasContent })

    let saved = try lab.save()
    #expect(saved.snapshot == snapshot)
    lab.engine = engine == .own ? .plumbing : .own
    #expect(try capture(lab) == snapshot, "by the other engine")
    try lab.scratch.git("fsck", "--strict", "--no-dangling")
  }

  /// The snapshot of a batch that is never published.
  private func capture(_ lab: Lab) throws -> Snapshot {
    let repository = try lab.scratch.open()
    return try lab.snapshot(repository, ObjectBatch(repository))
  }
}
