import Files
import Git

/// What stands around the paths that a restore wants to change: the folders above them and, where a folder is in
/// the way, what it holds. Each folder is looked at once.
struct Surroundings {
  private let top: String
  /// The folder below the top where the user stands.
  private let current: RepositoryPath?
  /// What the restore removes before it writes.
  private let removed: Set<RepositoryPath>
  private let submodules: Set<RepositoryPath>
  private var judged: [RepositoryPath: RestorePlan.Obstacle?] = [:]

  /// What the plan removes and keeps is known; its writes need not be.
  init(_ repository: Repository, plan: RestorePlan) throws(GitError) {
    top = try repository.requireWorkTree()
    current = repository.currentFolder
    removed = Set(plan.removals.map(\.path))
    submodules = Set(plan.kept.filter { $0.reason == .submodule }.map(\.path))
  }

  /// What forbids to remove the file at `path`.
  mutating func obstacle(toRemoving path: RepositoryPath) throws(GitError) -> RestorePlan.Obstacle? {
    try obstacle(above: path)
  }

  /// What forbids to put a file at `path`, where `existing` is now.
  mutating func obstacles(
    toWriting path: RepositoryPath, over existing: FileStatus.Kind?
  ) throws(GitError) -> [RestorePlan.Obstacle] {
    if let submodule = path.ancestors.first(where: submodules.contains) {
      return [.init(path: submodule, reason: "it is a submodule")]
    }
    if let obstacle = try obstacle(above: path) { return [obstacle] }
    switch existing {
    case .directory: return try obstacles(inFolder: path)
    case .other: return [.init(path: path, reason: "a device, socket or pipe is in the way")]
    case .file, .link, nil: return []
    }
  }

  private mutating func obstacle(above path: RepositoryPath) throws(GitError) -> RestorePlan.Obstacle? {
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
    return try isWritable(path.parent) ? nil : .init(path: path, reason: "its folder cannot be written")
  }

  private func judge(_ folder: RepositoryPath) throws(GitError) -> RestorePlan.Obstacle? {
    guard let status = try Directory.status(of: folder, below: top) else { return nil }
    guard status.kind == .directory else {
      if removed.contains(folder) { return nil }
      return .init(path: folder, reason: "it stays, but stands where a folder must go")
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
    return try withFolder(folder) { (folder) throws(FileError) -> Bool in folder.isWritable() }
  }

  /// What a folder that must make way for a file holds besides what is removed anyway. Empty folders go with it.
  private func obstacles(inFolder folder: RepositoryPath) throws(GitError) -> [RestorePlan.Obstacle] {
    if let current, current == folder || current.isInside(folder) {
      return [.init(path: folder, reason: "you stand in this folder, and it must make way for a file")]
    }
    let names = try withFolder(folder) { (folder) throws(FileError) -> [[UInt8]] in try folder.names() }
    if names.contains(Array(".git".utf8)) {
      return [.init(path: folder, reason: "it is a repository of its own")]
    }
    let isWritable = try isWritable(folder)
    guard names.isEmpty || isWritable else {
      return [.init(path: folder, reason: "it must make way for a file, but cannot be written")]
    }
    var found: [RestorePlan.Obstacle] = []
    for name in names {
      let path = RepositoryPath(folder.bytes + [UInt8(ascii: "/")] + name)
      if try Directory.status(of: path, below: top)?.kind == .directory {
        found += try obstacles(inFolder: path)
      } else if !removed.contains(path) {
        found.append(.init(path: path, reason: "it is not saved and its folder must make way for a file"))
      }
    }
    return found
  }

  private func withFolder<Result>(
    _ folder: RepositoryPath, _ body: (borrowing Directory) throws(FileError) -> Result
  ) throws(GitError) -> Result {
    try withFiles { () throws(FileError) -> Result in
      try Directory.withParent(of: folder, below: top) { (parent, name) throws(FileError) -> Result in
        let folder = try parent.open(name)
        return try body(folder)
      }
    }
  }
}

extension Repository {
  /// The folder below the top of the work tree where the user stands; nil at the top itself.
  var currentFolder: RepositoryPath? {
    let top = Array(((workTree ?? "") + "/").utf8)
    let current = Array((Files.canonical(currentDirectory) ?? currentDirectory).utf8)
    return current.starts(with: top) ? RepositoryPath(current.dropFirst(top.count)) : nil
  }
}
