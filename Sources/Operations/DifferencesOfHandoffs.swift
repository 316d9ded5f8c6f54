import Git
import Storage

/// In what the files and the checkpoints of the last handoff differed. Most of it is still the same at the next one, and
/// need not be read and compared again.
final class DifferencesOfHandoffs {
  let known: KnownDifferences
  private var found = KnownDifferences()
  private let repository: Repository

  init(_ repository: Repository) {
    self.repository = repository
    known = repository.knownDifferences
  }

  /// Takes down what was found of `files`, and the headers of the hunks of some of them.
  func note(
    _ files: [TreeDifference], _ some: [TreeDifference], _ headers: [[[UInt8]]?]
  ) throws {
    let limit = try repository.bigFileThreshold
    for file in files {
      guard let (contents, lines) = file.found(limit: limit), found.contents[contents] == nil else {
        continue
      }
      found.contents[contents] = KnownDifference(lines: lines, headers: nil)
    }
    for (file, headers) in zip(some, headers) {
      guard let headers, let (contents, lines) = file.found(limit: limit) else { continue }
      found.contents[contents] = KnownDifference(lines: lines, headers: headers)
    }
  }

  /// Takes down in which paths two trees differ.
  func note(_ paths: [RepositoryPath], of trees: ComparedTrees) { found.paths[trees] = paths }

  /// For the next handoff.
  func keep() {
    if found != known { repository.remember(found) }
  }
}
