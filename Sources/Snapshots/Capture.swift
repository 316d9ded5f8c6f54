import Files
package import Git

/// Takes snapshots: by a scan of our own where all is plain, else with git's plumbing. Both give the same.
package struct Capture {
  private let repository: Repository
  private let settings: WorkTreeSettings
  private let limits: SnapshotLimits
  private let batch: ObjectBatch
  /// Nil where they are still to be read.
  private let inputs: CaptureInputs?
  /// Where the user's index is broken, what HEAD holds is taken for staged, rather than that nothing is saved.
  package var survivesBrokenIndex = false
  /// What is staged is about to be saved: it is kept from being collected, and what is lost of it is found out.
  package var keepsStaged = false

  package init(
    _ repository: Repository, settings: WorkTreeSettings, limits: SnapshotLimits, batch: ObjectBatch,
    inputs: CaptureInputs? = nil
  ) {
    self.repository = repository
    self.settings = settings
    self.limits = limits
    self.batch = batch
    self.inputs = inputs
  }

  /// A snapshot whose objects are in the batch and nowhere else yet, and what the next one can make use of.
  package struct Taken: Sendable {
    package let snapshot: Snapshot
    /// The user's index could not be read.
    package fileprivate(set) var lacksIndex = false
    /// Files of which the repository has lost what was staged; HEAD's content stands in its place.
    package fileprivate(set) var lostStaged: [RepositoryPath] = []
    /// The files in which the work tree differs from what is staged, in no order; nil where nobody knows.
    package fileprivate(set) var unstaged: [TreeDifference]?
    fileprivate let gain: Gain

    fileprivate enum Gain {
      case nothing
      case whole(StatCache, index: FileStatus?)
      case paths(LastCapture)
    }

    /// One that does not help the next.
    package init(_ snapshot: Snapshot) { self.init(snapshot, .nothing) }

    fileprivate init(_ snapshot: Snapshot, _ gain: Gain) {
      self.snapshot = snapshot
      self.gain = gain
    }
  }

  /// Captures the whole work tree. `last` is its last checkpoint: what that holds need not be written again.
  package func snapshot(after last: ObjectID? = nil) throws(GitError) -> Taken {
    do throws(GitError) {
      let taken = try whole(after: last)
      return keepsStaged ? try keepingStaged(taken) : taken
    } catch {
      guard survivesBrokenIndex else { throw error }
      // Trees that the index names may be lost as well.
      var isBroken = error.kind == .missing
      if !isBroken { isBroken = try PrivateIndex.isUserIndexBroken(repository, batch: batch) }
      guard isBroken else { throw error }
      let head = try repository.head().commit
      let tree =
        try head.map { id throws(GitError) in try repository.commit(id).tree } ?? repository.emptyTree
      var taken = Taken(try plumbing(replacingIndexBy: tree).snapshot())
      taken.lacksIndex = true
      return taken
    }
  }

  /// Files that still are as they were staged bring back what was lost of it.
  private func keepingStaged(_ taken: Taken) throws(GitError) -> Taken {
    let staged = try StagedObjects(repository, batch: batch, head: taken.snapshot.head)
    let lost = try staged.keep(taken.snapshot.staged)
    guard !lost.isEmpty else { return taken }
    batch.doubt(lost)
    let again = try whole(after: nil, rereading: lost)
    let gone = try staged.keep(again.snapshot.staged)
    guard !gone.isEmpty else { return again }
    let rest = try staged.dropping(gone, from: again.snapshot)
    var without = Taken(rest.snapshot)
    without.lostStaged = rest.paths
    return without
  }

  /// `lost` are objects that the index names and that are nowhere.
  private func whole(
    after last: ObjectID?, rereading lost: Set<ObjectID> = []
  ) throws(GitError) -> Taken {
    let inputs = self.inputs ?? CaptureInputs(repository)
    guard let scanning = try scanning(inputs) else { return Taken(try plumbing().snapshot()) }
    let taken = try scanning.snapshot(last.flatMap(inputs.cache), rereading: lost)
    var whole = Taken(taken.snapshot, .whole(taken.cache, index: scanning.indexStatus))
    whole.unstaged = taken.unstaged
    return whole
  }

  /// Brings the snapshot of the checkpoint `last` up to date with some files alone. Nil if the whole work tree has to
  /// be captured instead: because of what these files are, or because more has changed since.
  package func snapshot(
    of paths: [RepositoryPath], changing snapshot: Snapshot, after last: ObjectID
  ) throws(GitError) -> Taken? {
    guard let known = LastCapture(readingFrom: repository.lastCapture, of: last),
      try withFiles({ () throws(FileError) in try Files.status(repository.userIndex) }) == known.index
    else { return nil }
    let capture = PathsCapture(repository, settings: settings, limits: limits, batch: batch)
    return try capture.snapshot(of: paths, changing: snapshot).map { Taken($0, .paths(known)) }
  }

  /// What the user's index holds, without a look at the work tree.
  package func stagedState() throws(GitError) -> StagedState {
    if let scanning = try scanning(inputs ?? CaptureInputs(repository)) { return try scanning.stagedState() }
    return try plumbing().stagedState()
  }

  /// Makes the next snapshot cheaper, once this one is saved as `checkpoint`, the last one of the work tree.
  package func remember(_ taken: Taken, as checkpoint: ObjectID) throws(GitError) {
    try withFiles { () throws(FileError) in
      switch taken.gain {
      case .nothing: break
      case .whole(let cache, let index):
        try cache.write(to: repository.statCache, as: checkpoint)
        try LastCapture(checkpoint: checkpoint, whole: checkpoint, index: index).write(
          to: repository.lastCapture)
      case .paths(var last):
        last.checkpoint = checkpoint
        try last.write(to: repository.lastCapture)
      }
    }
  }

  private func scanning(_ inputs: CaptureInputs) throws(GitError) -> ScanningCapture? {
    try ScanningCapture(repository, inputs, settings: settings, limits: limits, batch: batch)
  }

  private func plumbing(replacingIndexBy tree: ObjectID? = nil) throws(GitError) -> PlumbingCapture {
    try PlumbingCapture(
      repository, settings: settings, limits: limits, batch: batch, replacingIndexBy: tree)
  }
}
