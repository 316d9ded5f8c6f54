import Files
import Git
import Sessions

/// Scans folders, one after the other, for one thread.
struct FolderScanner {
  private let scan: WorkTreeScan
  private let listing = FolderListing()
  private var children: [IndexChild] = []
  private var isSeen: [Bool] = []
  /// The child behind the one that was found last: the names of a known folder come in the order of the index.
  private var expected = 0
  /// The rules of the folder that is being scanned, once a name has asked for them.
  private var rules: IgnoreLookup.Rules?
  private(set) var report = ScanReport()

  init(_ scan: WorkTreeScan) { self.scan = scan }

  private var index: IndexFile { scan.index }

  /// Looks at what lies directly in a folder, and returns the folders below it that are to be looked at.
  mutating func scan(_ task: WorkTreeScan.Task) throws(GitError) -> [WorkTreeScan.Task] {
    let folder = task.folder
    index.children(
      of: folder.entries, prefix: folder.path.count, knownTree: folder.knownTree, into: &children)
    let opened: WorkTreeScan.OpenFolder
    let status: FileStatus
    let known: KnownFolder?
    do throws(FileError) {
      opened = try .init(task.open())
      status = try opened.directory.status()
      known = try list(opened, status)
    } catch {
      if error.isMissing || error.isNoDirectory {
        markMissing(folder)
        return []
      }
      guard error.isNotPermitted else { throw GitError(error) }
      report.leaveOut(folder.path, .unreadable)
      for position in folder.entries { report.leaveOut(Array(index.path(position)), .unreadable) }
      return []
    }
    if folder.entries.isEmpty, !folder.path.isEmpty, isNestedRepository(opened) {
      report.leaveOut(folder.path, .nestedRepository)
      return []
    }
    if listing.entries.isEmpty, !folder.path.isEmpty { report.leaveOut(folder.path, .emptyFolder) }
    isSeen = Array(repeating: false, count: children.count)
    expected = 0
    rules = nil
    try readAttributes(in: opened, of: folder)

    var below: [WorkTreeScan.Task] = []
    for entry in listing.entries {
      guard let name = ScannedName(listing.name(entry), in: folder, opened: opened), !name.isGitDirectory,
        let found = try visit(name, kind: entry.kind)
      else { continue }
      below.append(WorkTreeScan.Task(folder: found, parent: opened, name: Array(name.bytes)))
    }
    for (child, isSeen) in zip(children, isSeen) where !isSeen { markMissing(child, in: folder) }
    if let known = known ?? knowing(status) { report.folders.append(known) }
    return below
  }

  /// Finds what is in a folder. Gives what was known of it, if that is still so.
  private func list(
    _ opened: WorkTreeScan.OpenFolder, _ status: FileStatus
  ) throws(FileError) -> KnownFolder? {
    if let known = scan.cache?.folder(status), known.list(into: listing, children: children, in: index) {
      return known
    }
    try opened.directory.list(into: listing)
    return nil
  }

  /// What is now known of the folder that was scanned, for the next time.
  private mutating func knowing(_ status: FileStatus) -> KnownFolder? {
    guard status.device == scan.trusted else { return nil }
    return KnownFolder(listing, status: status, children: children, isSeen: isSeen, in: index) { entry in
      let name = listing.name(entry)
      return find(name, isFolder: entry.kind == .directory) != nil
        || entry.kind == .directory && findSubmodule(name) != nil
    }
  }

  // MARK: - One name

  /// The folder that is to be scanned, if the name is that of one.
  private mutating func visit(_ name: ScannedName, kind: FileStatus.Kind?) throws(GitError) -> ScannedFolder?
  {
    var kind = kind
    if kind == nil { kind = try name.status()?.kind }
    guard let kind else { return nil }
    guard kind == .directory else {
      if let child = find(name.bytes, isFolder: false) {
        isSeen[child] = try visitTracked(name, children[child])
      } else {
        try visitUntracked(name)
      }
      return nil
    }
    if let child = find(name.bytes, isFolder: true) {
      isSeen[child] = true
      return name.folder.folder(
        name.bytes, entries: children[child].entries, knownTree: children[child].knownTree)
    }
    if let child = findSubmodule(name.bytes) {
      isSeen[child] = true
      let id = index[children[child].entries.lowerBound].id
      report.submodules.append(.init(folder: name.folder, name: Array(name.bytes), id: id))
      return nil
    }
    guard !isIgnored(name, isFolder: true), !scan.ownFolders.contains(name.path) else { return nil }
    return name.folder.folder(name.bytes, entries: 0..<0, knownTree: nil)
  }

  private mutating func findSubmodule(_ name: Glob.Bytes) -> Int? {
    find(name, isFolder: false).flatMap { children[$0].isDirectory(in: index) ? $0 : nil }
  }

  private mutating func find(_ name: Glob.Bytes, isFolder: Bool) -> Int? {
    var (low, high) = (0, children.count)
    var middle = expected < high ? expected : high / 2
    while low < high {
      let order = TreeOrder.compare(children[middle].name, children[middle].isFolder, name, isFolder)
      if order == 0 {
        expected = middle + 1
        return middle
      }
      if order < 0 { low = middle + 1 } else { high = middle }
      middle = (low + high) / 2
    }
    return nil
  }

  /// False if the file is gone by now.
  private mutating func visitTracked(_ name: ScannedName, _ child: IndexChild) throws(GitError) -> Bool {
    let position = child.entries.lowerBound
    let entry = index[position]
    guard let status = try name.status() else { return false }
    if entry.isSkipped, !scan.settings.looksAtSkipped {
      if !entry.matches(status, scan.settings.stat) { report.leaveOut(name.path, .skipped) }
      return true
    }
    let isPlain =
      child.entries.count == 1 && entry.stage == 0 && !entry.isIntentToAdd && !entry.isSubmodule
    let isLost = !scan.lost.isEmpty && scan.lost.contains(entry.id)
    if isPlain, !isLost, entry.matches(status, scan.settings.stat),
      !StatRules.mayHaveChanged(status, after: index.written)
    {
      return true
    }
    let mode = scan.settings.mode(of: status, instead: isPlain ? entry.mode : nil)
    // What the index holds is stored already.
    if isPlain, !isLost { scan.batch.assume(entry.id) }
    let known = isPlain ? entry.id : nil
    switch try FileReading(scan: scan, name: name, known: known).read(status, into: &report) {
    case .stored(let id):
      if !isPlain || id != entry.id || mode != entry.mode {
        name.folder.found[Array(name.bytes)] = .file(mode: mode, id: id)
      }
    case .needsGit(let status, let conversions):
      report.converted.append(
        .init(
          folder: name.folder, name: Array(name.bytes), entry: isPlain ? position : nil, status: status,
          conversions: conversions))
    case .gone: return false
    case .unreadable: report.leaveOut(name.path, .unreadable)
    }
    return true
  }

  private mutating func visitUntracked(_ name: ScannedName) throws(GitError) {
    guard !isIgnored(name, isFolder: false), let status = try name.status(), status.kind != .directory else {
      return
    }
    let path = RepositoryPath(name.path)
    if scan.neverSave.matches(path) { return report.leaveOut(name.path, .neverSave) }
    if status.kind == .other { return report.leaveOut(name.path, .specialFile) }
    if status.size > scan.limits.maxUntrackedSize {
      return report.leaveOut(name.path, .tooLarge, size: status.size)
    }
    // git refuses such a name too, since it could not be checked out again.
    guard SafePath.isSafe(path) else { return report.leaveOut(name.path, .unreadable) }
    let mode = scan.settings.mode(of: status, instead: nil)
    switch try FileReading(scan: scan, name: name, known: nil).read(status, into: &report) {
    case .stored(let id): name.folder.found[Array(name.bytes)] = .file(mode: mode, id: id)
    case .needsGit(let status, let conversions):
      report.converted.append(
        .init(
          folder: name.folder, name: Array(name.bytes), entry: nil, status: status, conversions: conversions))
    case .gone: break
    case .unreadable: report.leaveOut(name.path, .unreadable)
    }
  }

  private mutating func isIgnored(_ name: ScannedName, isFolder: Bool) -> Bool {
    let rules = self.rules ?? scan.ignore.rules(in: name.folder.path)
    self.rules = rules
    return name.path.withUnsafeBufferPointer { rules.ignores($0, name: name.bytes, isFolder: isFolder) }
  }

  // MARK: - What is not there

  private func markMissing(_ child: IndexChild, in folder: ScannedFolder) {
    if child.isFolder {
      markMissing(folder.folder(child.name, entries: child.entries, knownTree: child.knownTree))
    } else if !index[child.entries.lowerBound].isSkipped {
      folder.found[Array(child.name)] = .nothing
    }
  }

  /// What git leaves out of a sparse work tree is not missing.
  private func markMissing(_ folder: ScannedFolder) {
    var children: [IndexChild] = []
    index.children(
      of: folder.entries, prefix: folder.path.count, knownTree: folder.knownTree, into: &children)
    for child in children { markMissing(child, in: folder) }
  }

  // MARK: - What a folder brings along

  private func holds(_ name: StaticString, kinds: [FileStatus.Kind?]) -> Bool {
    let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return listing.entries.contains { entry in
      let name = listing.name(entry)
      return name.count == wanted.count && kinds.contains(entry.kind) && name.elementsEqual(wanted)
    }
  }

  private func isNestedRepository(_ opened: WorkTreeScan.OpenFolder) -> Bool {
    holds(".git", kinds: [.directory, .file, .link, nil]) && NestedRepository.isThere(in: opened.directory)
  }

  /// An attribute file that is in the index alone holds as well.
  private func readAttributes(
    in opened: WorkTreeScan.OpenFolder, of folder: ScannedFolder
  ) throws(GitError) {
    let name: StaticString = ".gitattributes"
    if holds(name, kinds: [.file, nil]) {
      let content = try withFiles { () throws(FileError) -> [UInt8] in
        do throws(FileError) {
          return try opened.directory.openFile(
            name.utf8Start.withMemoryRebound(to: CChar.self, capacity: 15) { $0 }
          )
          .readToEnd()
        } catch  where error.isMissing || error.isNotPermitted || error.isNoDirectory {
          return []
        }
      }
      folder.conversions.add(attributes: content)
      folder.hasAttributes = true
    } else if let child = children.first(where: {
      !$0.isFolder
        && $0.name.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }) {
      folder.conversions.add(unread: index[child.entries.lowerBound].id)
      folder.hasAttributes = true
    }
  }
}

extension WorkTreeSettings {
  /// The mode that git gives to a file; where the permission to execute does not count, the one it had.
  func mode(of status: FileStatus, instead known: UInt32?) -> UInt32 {
    if status.kind == .link { return 0o120000 }
    guard stat.trustsMode else {
      return known.flatMap { $0 & 0o170000 == 0o100000 ? $0 : nil } ?? 0o100644
    }
    return status.isExecutable ? 0o100755 : 0o100644
  }
}

extension ScanReport {
  mutating func leaveOut(_ path: [UInt8], _ reason: LeftOut.Reason, size: Int64? = nil) {
    leftOut.append(LeftOut(path: RepositoryPath(path).description, reason: reason, size: size))
  }
}
