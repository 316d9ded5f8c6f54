import Files
import Git

/// What stands around the paths that a restore wants to write: the folders above them and, where a folder is in
/// the way, what it holds. Each folder is looked at once.
struct Surroundings {
  private let top: String
  /// What the restore removes before it writes.
  private let removed: Set<RepositoryPath>
  private var judged: [RepositoryPath: RestorePlan.Obstacle?] = [:]

  init(top: String, removed: Set<RepositoryPath>) {
    self.top = top
    self.removed = removed
  }

  /// What forbids to create `path` in the folders above it.
  mutating func obstacle(above path: RepositoryPath) throws(GitError) -> RestorePlan.Obstacle? {
    for folder in path.ancestors {
      let verdict: RestorePlan.Obstacle?
      if let known = judged[folder] {
        verdict = known
      } else {
        verdict = try judge(folder)
        judged[folder] = .some(verdict)
      }
      if let verdict { return verdict }
    }
    return try isWritable(path.ancestors.last)
      ? nil : .init(path: path, reason: "its folder cannot be written")
  }

  private func judge(_ folder: RepositoryPath) throws(GitError) -> RestorePlan.Obstacle? {
    guard let status = try Directory.status(of: folder, below: top) else { return nil }
    guard status.kind == .directory else {
      if removed.contains(folder) { return nil }
      return .init(path: folder, reason: "a file that is not saved stands where a folder must go")
    }
    let marker = RepositoryPath(folder.bytes + Array("/.git".utf8))
    guard try Directory.status(of: marker, below: top) != nil else { return nil }
    return .init(path: folder, reason: "it is a repository of its own")
  }

  /// Whether entries may be made in the nearest folder that exists at or above `folder`.
  private func isWritable(_ folder: RepositoryPath?) throws(GitError) -> Bool {
    guard let folder else { return try withFiles { () throws(FileError) in try Directory(top).isWritable() } }
    guard let status = try Directory.status(of: folder, below: top), status.kind == .directory else {
      return try isWritable(folder.parent)
    }
    return try withFiles { () throws(FileError) in
      try Directory.withParent(of: folder, below: top) { (parent, name) throws(FileError) in
        try parent.open(name).isWritable()
      }
    }
  }

  /// What a folder that must make way for a file holds besides what is removed anyway. Empty folders go with it.
  func obstacles(inFolder folder: RepositoryPath) throws(GitError) -> [RestorePlan.Obstacle] {
    var found: [RestorePlan.Obstacle] = []
    for name in try names(in: folder) {
      let path = RepositoryPath(folder.bytes + [UInt8(ascii: "/")] + name)
      if name == Array(".git".utf8) { return [.init(path: folder, reason: "it is a repository of its own")] }
      if try Directory.status(of: path, below: top)?.kind == .directory {
        found += try obstacles(inFolder: path)
      } else if !removed.contains(path) {
        found.append(.init(path: path, reason: "it is not saved and its folder must make way for a file"))
      }
    }
    return found
  }

  private func names(in folder: RepositoryPath) throws(GitError) -> [[UInt8]] {
    try withFiles { () throws(FileError) in
      try Directory.withParent(of: folder, below: top) { (parent, name) throws(FileError) in
        try parent.open(name).names()
      }
    }
  }
}
