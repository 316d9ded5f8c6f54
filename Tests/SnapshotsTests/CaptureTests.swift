import Git
import Snapshots
import TestSupport
import Testing

/// Git's own result is the measure: `git add --all` into an index of its own, and `git write-tree`.
@Suite struct CaptureEqualsAddAll {
  @Test(arguments: 0..<25) func onGeneratedTrees(seed: Int) throws {
    let lab = try Lab()
    var generator = GeneratedTree(scratch: lab.scratch, random: Random(seed))
    generator.isPlain = true
    for step in 0..<4 {
      try generator.change()
      let saved = try lab.save()
      #expect(saved.snapshot.tree.hex == (try lab.treeByAddAll()), "seed \(seed), step \(step)")
      #expect(saved.snapshot.leftOut.isEmpty)
    }
  }

  @Test(arguments: Corner.all) func inCorners(corner: Corner) throws {
    let lab = Lab(try ScratchRepository())
    try corner.make(lab.scratch)
    let before = FileTree(of: lab.scratch.path + "/.git")
    let work = lab.scratch.files

    let snapshot = try capture(lab)
    #expect(FileTree(of: lab.scratch.path + "/.git").differences(from: before).isEmpty, "without publishing")
    #expect(lab.scratch.files == work)
    #expect(snapshot.tree.hex == (try lab.treeByAddAll()))
    #expect(snapshot.leftOut.isEmpty)

    let saved = try lab.save()
    #expect(saved.snapshot.tree == snapshot.tree)
    try lab.scratch.git("fsck", "--strict", "--no-dangling")
  }

  /// The snapshot of a batch that is never published.
  private func capture(_ lab: Lab) throws -> Snapshot {
    let repository = try lab.scratch.open()
    return try Capture(repository, limits: lab.limits, batch: ObjectBatch(repository)).snapshot()
  }
}
