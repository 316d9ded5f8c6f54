import Files
import Git

/// Room on the disk that is kept for the moment when there is no other: what an agent has done is saved then too.
struct DiskReserve {
  private let repository: Repository
  private let file: String

  init(_ repository: Repository) {
    self.repository = repository
    file = repository.cloneState + "/reserve"
  }

  /// Bytes. A save of some files takes a tenth of it.
  private static let size = 4 << 20

  /// Sets the room aside, unless that is done or there is little of it. Whoever cannot does without.
  func keep() {
    do {
      guard try Files.status(file) == nil else { return }
      try repository.makeCloneState()
      guard try Files.availableSpace(at: repository.cloneState) > 4 * Self.size else { return }
      try Files.allocate(Self.size, at: file)
    } catch {
      // There is none, then.
    }
  }

  /// Runs `body` again with the room that was kept, if the disk is full.
  func spend<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch  where error.isFullDisk {
      guard try Files.status(file) != nil else { throw error }
      try Files.remove(file)
      return try body()
    }
  }
}

extension Error {
  fileprivate var isFullDisk: Bool {
    (self as? GitError)?.kind == .fullDisk || (self as? FileError)?.isFullDisk == true
  }
}
