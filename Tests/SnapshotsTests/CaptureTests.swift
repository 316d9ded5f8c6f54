import Git
import Snapshots
import TestSupport
import Testing

@Suite struct CaptureSuite {
  @Test func recordsWhatAddAllWouldRecord() throws {
    let scratch = try ScratchRepository()
    try scratch.write("kept.txt", "one\n")
    try scratch.write("gone.txt", "two\n")
    try scratch.commit("base")
    try scratch.write("kept.txt", "changed\n")
    try scratch.remove("gone.txt")
    try scratch.write("new/file.txt", "three\n")

    let repository = try scratch.open()
    let batch = try ObjectBatch(repository)
    let snapshot = try Capture(repository, limits: SnapshotLimits(), batch: batch).snapshot()
    try scratch.git("add", "--all")
    #expect(try scratch.git("write-tree") == snapshot.tree.hex + "\n")
  }
}
