import Files
package import Git

/// What a capture of a whole work tree begins with: the user's index, and what the last capture has left. Threads of
/// its own read it, so that whoever knows that a capture comes can find out meanwhile what it is for.
package final class CaptureInputs {
  /// The user's index; without a value where git has to make it whole first.
  struct Index: Sendable {
    /// Nil if there is none.
    let file: MappedFile?
    let value: IndexFile?
  }

  private let repository: Repository
  private let index: Future<Index, FileError>
  private let last: Future<(capture: LastCapture, cache: StatCache?)?, Never>

  package init(_ repository: Repository) {
    self.repository = repository
    let (file, hashLength) = (repository.userIndex, repository.objectFormat.byteCount)
    index = Future { () throws(FileError) in try Self.index(file, hashLength: hashLength) }
    last = Future { [capture = repository.lastCapture, cache = repository.statCache] in
      LastCapture(readingFrom: capture).map { ($0, StatCache(readingFrom: cache, of: $0.whole)) }
    }
  }

  private static func index(_ file: String, hashLength: Int) throws(FileError) -> Index {
    guard let file = try MappedFile(file) else {
      return Index(file: nil, value: .empty(hashLength: hashLength))
    }
    return Index(file: file, value: IndexFile(file, hashLength: hashLength))
  }

  /// The index as it is now.
  func currentIndex() throws(FileError) -> Index {
    let read = try index.value()
    // Git replaces an index; it changes none.
    guard try Files.status(repository.userIndex) != read.file?.status else { return read }
    return try Self.index(repository.userIndex, hashLength: repository.objectFormat.byteCount)
  }

  /// What the capture for the checkpoint `last` has left, if that was the last one.
  func cache(after last: ObjectID) -> StatCache? {
    if let read = self.last.value(), read.capture.checkpoint == last { return read.cache }
    // Another process may have captured the work tree since.
    return LastCapture(readingFrom: repository.lastCapture, of: last).flatMap {
      StatCache(readingFrom: repository.statCache, of: $0.whole)
    }
  }
}

extension Repository {
  var statCache: MemoFile { MemoFile("stat-cache", in: self) }
  var lastCapture: MemoFile { MemoFile("last-capture", in: self) }
}
