import Files
import Git
import Sessions
import Synchronization

/// A look at a whole work tree beside its index, by all cores: what differs, what is new, what must stay out.
///
/// Changed and new files are hashed, and go into the batch, where they are found.
final class WorkTreeScan: Sendable {
  let index: IndexFile
  let settings: WorkTreeSettings
  let limits: SnapshotLimits
  let neverSave: NeverSave
  let ignore: IgnoreLookup
  let cache: StatCache?
  let batch: ObjectBatch
  /// Git dirs that lie in the work tree under names of their own.
  let ownFolders: Set<[UInt8]>
  /// Objects that the index names and that are nowhere.
  let lost: Set<ObjectID>
  private let top: OpenFolder
  /// The file system for whose folders it is known when something in them changes; nil if there is none.
  let trusted: UInt64?
  private let failure = Mutex<GitError?>(nil)

  /// A folder that stays open for as long as those below it are to be opened.
  final class OpenFolder: Sendable {
    let directory: Directory
    init(_ directory: consuming Directory) { self.directory = directory }
  }

  /// A folder that is to be scanned, to be opened from the one above it.
  struct Task: Sendable {
    let folder: ScannedFolder
    let parent: OpenFolder
    /// Nil for the folder `parent` itself.
    let name: [UInt8]?

    func open() throws(FileError) -> Directory {
      guard let name else { return try parent.directory.reopen() }
      return try parent.directory.open(name)
    }
  }

  init(
    _ workTree: String, index: IndexFile, settings: WorkTreeSettings, limits: SnapshotLimits,
    ignore: IgnoreLookup, cache: StatCache?, batch: ObjectBatch, ownFolders: [RepositoryPath],
    lost: Set<ObjectID> = []
  ) throws(GitError) {
    self.index = index
    self.settings = settings
    self.limits = limits
    neverSave = NeverSave(adding: limits.neverSave)
    self.ignore = ignore
    self.cache = cache
    self.batch = batch
    self.ownFolders = Set(ownFolders.map(\.bytes))
    self.lost = lost
    let top = OpenFolder(try withFiles { () throws(FileError) in try Directory(workTree) })
    trusted = try withFiles { () throws(FileError) in
      try top.directory.keepsFolderTimes() ? top.directory.status().device : nil
    }
    self.top = top
  }

  struct Result {
    var top: ScannedFolder
    var report: ScanReport
  }

  func run() throws(GitError) -> Result {
    let conversions = try withFiles { () throws(FileError) in try Conversions(settings) }
    let folder = ScannedFolder(
      path: [], entries: 0..<index.count, knownTree: index.knownTrees.isEmpty ? nil : 0,
      conversions: conversions, hasAttributes: false)
    let workers = Workers.count(limit: 8)
    let stack = WorkStack([Task(folder: folder, parent: top, name: nil)])
    let reports = Mutex<[ScanReport]>([])
    Workers.run(workers) { _ in
      var scanner = FolderScanner(self)
      stack.run { task in
        // After a failure the rest is only taken off the stack.
        guard self.failure.withLock({ $0 == nil }) else { return [] }
        do throws(GitError) {
          return try scanner.scan(task)
        } catch {
          self.failure.withLock { $0 = $0 ?? error }
          return []
        }
      }
      reports.withLock { $0.append(scanner.report) }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return Result(top: folder, report: reports.withLock { $0.reduce(into: ScanReport()) { $0.add($1) } })
  }
}

/// What a scan has to tell beside the folders.
struct ScanReport: Sendable {
  /// A file that git must write, since attributes may change its content.
  struct Converted: Sendable {
    let folder: ScannedFolder
    let name: [UInt8]
    /// Its entry in the index.
    let entry: Int?
    let status: FileStatus
    let conversions: Checksum
  }

  /// A submodule that is there.
  struct Submodule: Sendable {
    let folder: ScannedFolder
    let name: [UInt8]
    let id: ObjectID
  }

  var leftOut: [LeftOut] = []
  var files: [[UInt8]: StatCache.File] = [:]
  var folders: [KnownFolder] = []
  var converted: [Converted] = []
  var submodules: [Submodule] = []

  mutating func add(_ other: ScanReport) {
    leftOut += other.leftOut
    files.merge(other.files) { $1 }
    folders += other.folders
    converted += other.converted
    submodules += other.submodules
  }
}
