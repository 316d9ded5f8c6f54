import Git
import Storage

/// In what the files of the last handoff differed. Most of what is not committed is still the same at the next one, and
/// need not be read and compared again.
final class DifferencesOfHandoffs {
  let known: KnownDifferences
  private var found: KnownDifferences = [:]
  private let repository: Repository

  init(_ repository: Repository) {
    self.repository = repository
    known = repository.knownDifferences
  }

  /// Takes down what was found of `files`, and the headers of the hunks of some of them.
  func note(
    _ files: [TreeDifference], _ some: [TreeDifference], _ headers: [[[UInt8]]?], in batch: ObjectBatch
  ) throws {
    for file in files {
      if let (contents, difference) = try batch.found(file, nil), found[contents] == nil {
        found[contents] = difference
      }
    }
    for (file, headers) in zip(some, headers) {
      if let headers, let (contents, difference) = try batch.found(file, headers) {
        found[contents] = difference
      }
    }
  }

  /// For the next handoff.
  func keep() {
    if found != known { repository.remember(found) }
  }
}
