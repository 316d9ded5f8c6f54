import Files
import Git
import Sessions

/// Finds what git has no form for, and does not even mention: empty folders, pipes, sockets and devices.
struct UnsavedEntries {
  private let workTree: String
  private let ignore: IgnoreLookup
  /// What git knows, and the folders above it.
  private let tracked: Set<RepositoryPath>
  private let own: [RepositoryPath]

  init(
    _ workTree: String, ignore: IgnoreLookup, tracked paths: some Sequence<RepositoryPath>,
    own: [RepositoryPath]
  ) {
    self.workTree = workTree
    self.ignore = ignore
    self.own = own
    tracked = paths.reduce(into: []) { known, path in
      known.insert(path)
      for folder in path.ancestors.reversed() where !known.insert(folder).inserted { break }
    }
  }

  func find() throws(GitError) -> [LeftOut] {
    try withFiles { () throws(FileError) in
      var found: [LeftOut] = []
      try look(into: try Directory(workTree), at: nil, &found)
      return found
    }
  }

  private func look(
    into folder: borrowing Directory, at place: RepositoryPath?, _ found: inout [LeftOut]
  ) throws(FileError) {
    let names = try folder.names()
    if let place, names.isEmpty { found.append(LeftOut(path: place.description + "/", reason: .emptyFolder)) }
    for name in names where name != Array(".git".utf8) {
      let path = RepositoryPath((place.map { $0.bytes + [UInt8(ascii: "/")] } ?? []) + name)
      do throws(FileError) {
        guard let status = try folder.status(name), !own.contains(path) else { continue }
        let isKnown = tracked.contains(path)
        if !isKnown, ignore.ignores(path, isFolder: status.kind == .directory) { continue }
        if status.kind == .other, !isKnown {
          found.append(LeftOut(path: path.description, reason: .specialFile))
        } else if status.kind == .directory {
          let below = try folder.open(name)
          if !isKnown, NestedRepository.isThere(in: below) { continue }
          try look(into: below, at: path, &found)
        }
      } catch {
        // It is gone, or may not be looked into, which git has reported.
        guard error.isMissing || error.isNoDirectory || error.isNotPermitted else { throw error }
      }
    }
  }
}
