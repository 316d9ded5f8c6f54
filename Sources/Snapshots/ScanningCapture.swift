import Files
import Git
import Sessions

/// Takes snapshots by a scan of our own, which costs a look at each file and the reading of those that changed.
struct ScanningCapture {
  private let repository: Repository
  private let settings: WorkTreeSettings
  private let limits: SnapshotLimits
  private let batch: ObjectBatch
  private let index: IndexFile
  /// Of the user's index; nil if there is none.
  let indexStatus: FileStatus?

  /// Nil where git itself has to look: its index, its settings or the file system are not plain.
  init?(
    _ repository: Repository, _ inputs: CaptureInputs, settings: WorkTreeSettings, limits: SnapshotLimits,
    batch: ObjectBatch
  ) throws(GitError) {
    guard settings.isPlain else { return nil }
    let read = try withFiles { () throws(FileError) in try inputs.currentIndex() }
    var index = read.value
    if index == nil { index = try Self.whole(read.file, of: repository, batch: batch) }
    guard let index else { return nil }
    indexStatus = read.file?.status
    self.repository = repository
    self.settings = settings
    self.limits = limits
    self.batch = batch
    self.index = index
  }

  /// Of an index that is split or sparse git writes the same as one whole.
  private static func whole(
    _ file: MappedFile?, of repository: Repository, batch: ObjectBatch
  ) throws(GitError) -> IndexFile? {
    let copy = try PrivateIndex.copyOfUserIndex(repository, batch: batch, name: "whole")
    let output = try copy.run(
      [
        "-c", "index.sparse=false", "update-index", "--no-split-index", "--index-version=3",
        "--force-write-index",
      ], accepting: [0, 128])
    guard output.status == 0, let file,
      let whole = try withFiles({ () throws(FileError) in try MappedFile(copy.path) })
    else { return nil }
    return IndexFile(whole, hashLength: repository.objectFormat.byteCount, written: file.status.modified)
  }

  /// A snapshot, the files in which it differs from what is staged, and what the next one can make use of. Files whose
  /// content would be one of `lost` are read.
  func snapshot(
    _ cache: StatCache?, rereading lost: Set<ObjectID> = []
  ) throws(GitError) -> (snapshot: Snapshot, unstaged: [TreeDifference]?, cache: StatCache) {
    if let cache { batch.assume(cache.objects) }
    let workTree = try repository.requireWorkTree()
    let ignore = try ignoreLookup(workTree)
    let scan = try WorkTreeScan(
      workTree, index: index, settings: settings, limits: limits, ignore: ignore, cache: cache, batch: batch,
      ownFolders: repository.foldersInWorkTree, lost: lost)
    let result = try scan.run()
    var report = result.report
    try ConvertedFiles(repository: repository, index: index, batch: batch).store(
      report.converted, into: &report)
    try Submodules(repository: repository, batch: batch).record(report.submodules, into: &report)

    var builder = TreeBuilder(index: index, batch: batch)
    let staged = try stagedState(by: &builder)
    let snapshot = Snapshot(
      tree: try builder.tree(of: result.top), head: try repository.head(), staged: staged,
      operation: try repository.operationInProgress(), leftOut: report.leftOut.sorted { $0.path < $1.path })
    var next = StatCache()
    next.files = report.files.filter { !StatRules.mayHaveChanged($0.value.status, after: batch.began) }
    next.folders = report.folders.filter { !StatRules.mayHaveChanged($0.status, after: batch.began) }
    next.objects = Set(builder.made + report.files.values.map(\.id))
    return (snapshot, builder.differences, next)
  }

  func stagedState() throws(GitError) -> StagedState {
    var builder = TreeBuilder(index: index, batch: batch)
    return try stagedState(by: &builder)
  }

  private func stagedState(by builder: inout TreeBuilder) throws(GitError) -> StagedState {
    var unmerged: [IndexEntry] = []
    var announced: [RepositoryPath] = []
    // Where git knows the tree of all there is neither.
    if index.knownTrees.first?.entries != index.count {
      for position in 0..<index.count {
        if index[position].stage > 0 { unmerged.append(IndexEntry(index, position)) }
        if index[position].isIntentToAdd { announced.append(RepositoryPath(index.path(position))) }
      }
    }
    return StagedState(
      tree: try builder.stagedTree(), conflict: try repository.conflictTree(of: unmerged, batch: batch),
      intentToAdd: announced)
  }

  /// The ignore files that a sparse work tree leaves out hold all the same, where they are in the repository at all.
  private func ignoreLookup(_ workTree: String) throws(GitError) -> IgnoreLookup {
    let absent = absentIgnoreFiles()
    return try withFiles { () throws(FileError) in
      try IgnoreLookup(workTree, settings) { [batch] path in
        do {
          return try absent[path].map { (id) throws(GitError) in try batch.stored(blob: id, limit: 1 << 24) }
        } catch {
          return nil
        }
      }
    }
  }

  private func absentIgnoreFiles() -> [[UInt8]: ObjectID] {
    guard index.hasSkipped else { return [:] }
    var found: [[UInt8]: ObjectID] = [:]
    for position in 0..<index.count where index[position].isSkipped {
      let path = index.path(position)
      guard path.suffix(10).elementsEqual(".gitignore".utf8),
        path.count == 10 || path[path.count - 11] == UInt8(ascii: "/")
      else { continue }
      found[Array(path)] = index[position].id
    }
    return found
  }
}
