import Files
import Git

/// Makes an object of one file.
struct FileReading {
  enum Outcome {
    case stored(ObjectID)
    /// Attributes may change the content: git has to write it. With what decides how.
    case needsGit(FileStatus, Checksum)
    case gone
    case unreadable
  }

  let scan: WorkTreeScan
  let name: ScannedName
  /// What the index holds under this name.
  let known: ObjectID?

  /// How often a file is read again that changes meanwhile. After that, what was read last is what is saved: what
  /// its writer has left there at that moment.
  private static let attempts = 3

  /// Files above this many bytes are not read into memory as a whole.
  static let wholeFileLimit: Int64 = 4 << 20

  func read(_ first: FileStatus, into report: inout ScanReport) throws(GitError) -> Outcome {
    var status = first
    for number in 1...Self.attempts {
      do throws(GitError) {
        if let outcome = try attempt(status, isLast: number == Self.attempts, into: &report) {
          return outcome
        }
      } catch {
        switch error.kind {
        case .missing: return .gone
        case .notPermitted: return .unreadable
        case .changed: break
        default: throw error
        }
      }
      guard let now = try name.status() else { return .gone }
      status = now
    }
    return .unreadable
  }

  /// Nil if the file has changed meanwhile.
  private func attempt(
    _ status: FileStatus, isLast: Bool, into report: inout ScanReport
  ) throws(GitError) -> Outcome? {
    switch status.kind {
    case .file: break
    case .link: return .stored(try scan.batch.write(try target(), as: .blob))
    case .directory, .other: return .unreadable
    }
    if let id = scan.cache?.id(of: name.path, status, conversions) {
      remember(id, status, in: &report)
      return .stored(id)
    }
    if name.folder.conversions.ofAll { return .needsGit(status, conversions) }
    let file = try open()
    if file.status.size > Self.wholeFileLimit {
      if !name.folder.conversions.isEmpty { return .needsGit(status, conversions) }
      return .stored(try stream(file, status, into: &report))
    }
    let content = try withFiles { () throws(FileError) in try file.readToEnd() }
    let after = try withFiles { () throws(FileError) in try file.currentStatus() }
    guard after == status || isLast else { return nil }
    if name.folder.conversions.matter(to: content) { return .needsGit(status, conversions) }
    let id = try scan.batch.write(content, as: .blob)
    if after == status { remember(id, status, in: &report) }
    return .stored(id)
  }

  /// Where git looks at what the index holds to decide, that counts too.
  private var conversions: Checksum {
    var checksum = name.folder.conversions.checksum
    if let known, !name.folder.conversions.isEmpty { checksum.add(known.hex) }
    return checksum
  }

  private func remember(_ id: ObjectID, _ status: FileStatus, in report: inout ScanReport) {
    report.files[name.path] = .init(status: status, conversions: conversions, id: id)
  }

  private func stream(
    _ file: borrowing OpenFile, _ status: FileStatus, into report: inout ScanReport
  ) throws(GitError) -> ObjectID {
    let id = try scan.batch.writeBlob(
      readingFrom: file.descriptorNumber, size: Int(file.status.size),
      path: RepositoryPath(name.path).description)
    let after = try withFiles { () throws(FileError) in try file.currentStatus() }
    if after == status { remember(id, status, in: &report) }
    return id
  }

  private func open() throws(GitError) -> OpenFile {
    try withSystemErrors { () throws(FileError) in
      try name.opened.directory.openFile(name.pointer)
    }
  }

  private func target() throws(GitError) -> [UInt8] {
    try withSystemErrors { () throws(FileError) in
      try name.opened.directory.linkTarget(name.pointer)
    }
  }

  /// What stands there now is no longer what the status said, or nothing.
  private func withSystemErrors<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(GitError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      if error.isMissing { throw GitError(.missing, error.description) }
      if error.isNoDirectory || error.isOfAnotherKind { throw GitError(.changed, error.description) }
      throw GitError(error)
    }
  }
}
