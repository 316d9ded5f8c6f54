import Files
import Git
import Sessions

/// Brings the last checkpoint's snapshot up to date with some files alone, at a cost that does not grow with the
/// repository.
///
/// It knows no index: what the last checkpoint holds counts as tracked, and is saved; what it does not hold is saved
/// unless it is ignored or left out by the usual rules. Whatever may not be decided that way gives nil, and a whole
/// snapshot has to be taken: a folder, a submodule, a file that attributes may convert.
struct PathsCapture {
  private let repository: Repository
  private let settings: WorkTreeSettings
  private let limits: SnapshotLimits
  private let batch: ObjectBatch

  init(
    _ repository: Repository, settings: WorkTreeSettings, limits: SnapshotLimits, batch: ObjectBatch
  ) {
    self.repository = repository
    self.settings = settings
    self.limits = limits
    self.batch = batch
  }

  /// What becomes of one path.
  private enum Change {
    case file(mode: UInt32, id: ObjectID)
    case nothing
    case leftOut(LeftOut)
    case asBefore
  }

  /// `last` is what the last checkpoint holds.
  func snapshot(
    of paths: [RepositoryPath], changing last: Snapshot
  ) throws(GitError) -> Snapshot? {
    guard settings.isPlain, !settings.looksAtSkipped, try repository.head() == last.head,
      try repository.operationInProgress() == last.operation
    else { return nil }
    let workTree = try repository.requireWorkTree()
    let ignore = try withFiles { () throws(FileError) in try IgnoreLookup(workTree, settings) }
    let conversions = try withFiles { () throws(FileError) in try Conversions(settings) }
    var leftOut = last.leftOut
    var edit = TreeEdit(repository, batch: batch)
    for path in Set(paths).sorted() {
      let known = try edit.entry(path, in: last.tree)
      guard !repository.foldersInWorkTree.contains(where: { path == $0 || path.isInside($0) }),
        !path.components.contains(Array(".git".utf8)[...])
      else { continue }
      if known?.mode == TreeChange.submoduleMode || known?.isTree == true { return nil }
      guard let change = try change(path, known, last.tree, &edit, workTree, ignore, conversions) else {
        return nil
      }
      leftOut.removeAll { $0.path == path.description }
      switch change {
      case .file(let mode, let id):
        edit.set(path, TreeEntry(mode: String(mode, radix: 8), name: path.name, id: id))
      case .nothing: edit.set(path, nil)
      case .leftOut(let reason): leftOut.append(reason)
      case .asBefore: break
      }
    }
    return Snapshot(
      tree: try edit.apply(to: last.tree), head: last.head, staged: last.staged, operation: last.operation,
      leftOut: leftOut.sorted { $0.path < $1.path })
  }

  private func change(
    _ path: RepositoryPath, _ known: TreeEntry?, _ tree: ObjectID, _ edit: inout TreeEdit, _ workTree: String,
    _ ignore: IgnoreLookup, _ outer: Conversions
  ) throws(GitError) -> Change? {
    var conversions = outer
    var isBelowKnown = true
    for folder in [nil] + path.ancestors.map(Optional.init) {
      let entry = try folder.map { (folder) throws(GitError) in try edit.entry(folder, in: tree) }
      isBelowKnown = entry == nil || entry??.isTree == true
      if let folder, !isBelowKnown, try isRepository(folder, workTree) { return nil }
      guard try addAttributes(of: folder, tree, &edit, workTree, to: &conversions) else { return nil }
    }
    guard let status = try Directory.status(of: path, below: workTree) else {
      return known == nil ? .asBefore : .nothing
    }
    func leaveOut(_ reason: LeftOut.Reason, size: Int64? = nil) -> Change {
      .leftOut(LeftOut(path: path.description, reason: reason, size: size))
    }
    if status.kind == .directory { return nil }
    if known == nil {
      if ignore.ignores(path, isFolder: false) { return .asBefore }
      if NeverSave(adding: limits.neverSave).matches(path) { return leaveOut(.neverSave) }
      if status.kind == .other { return leaveOut(.specialFile) }
      if status.size > limits.maxUntrackedSize { return leaveOut(.tooLarge, size: status.size) }
      guard SafePath.isSafe(path) else { return leaveOut(.unreadable) }
    }
    return try store(path, status, known, workTree, conversions)
  }

  private func isRepository(_ folder: RepositoryPath, _ workTree: String) throws(GitError) -> Bool {
    try Directory.status(of: RepositoryPath(folder.bytes + Array("/.git".utf8)), below: workTree) != nil
  }

  /// False if the attributes are not to be had here.
  private func addAttributes(
    of folder: RepositoryPath?, _ tree: ObjectID, _ edit: inout TreeEdit, _ workTree: String,
    to conversions: inout Conversions
  ) throws(GitError) -> Bool {
    let path = RepositoryPath(
      (folder.map { $0.bytes + [UInt8(ascii: "/")] } ?? []) + Array(".gitattributes".utf8))
    guard let status = try Directory.status(of: path, below: workTree) else {
      return try edit.entry(path, in: tree) == nil
    }
    guard status.kind == .file else { return true }
    let content = try withFiles { () throws(FileError) in
      try Directory.withParent(of: path, below: workTree) { (parent, name) throws(FileError) in
        try parent.read(name)
      }
    }
    conversions.add(attributes: content)
    return true
  }

  private func store(
    _ path: RepositoryPath, _ status: FileStatus, _ known: TreeEntry?, _ workTree: String,
    _ conversions: Conversions
  ) throws(GitError) -> Change? {
    let mode = settings.mode(of: status, instead: known.flatMap { UInt32($0.mode, radix: 8) })
    do {
      let content = try Directory.withParent(of: path, below: workTree) {
        (parent, name) throws(FileError) -> [UInt8]? in
        if status.kind == .link { return try parent.linkTarget(name) }
        return status.size > FileReading.wholeFileLimit ? nil : try parent.read(name)
      }
      guard let content, status.kind == .link || !conversions.matter(to: content) else { return nil }
      return .file(mode: mode, id: try batch.write(content, as: .blob))
    } catch {
      return nil
    }
  }
}
