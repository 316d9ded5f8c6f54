import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A repository through git's plumbing, for those that libgit2 cannot open: it knows SHA-1 names alone.
///
/// One `git cat-file` stays for as long as objects are read; all else is one run of git each.
final class PlumbingBackend: Backend {
  let objects: any ObjectSource
  private var known: Configuration?

  init(git: GitExecutable, gitDirectory: String, format: ObjectFormat) {
    objects = PlumbingObjects(git: git, gitDirectory: gitDirectory, format: format)
  }

  func objects(inQuarantine path: String, of repository: Repository) -> any ObjectSource {
    PlumbingObjects(
      git: repository.git, gitDirectory: repository.gitDirectory, format: repository.objectFormat,
      environment: ["GIT_OBJECT_DIRECTORY": path])
  }

  func setting(_ key: String, of repository: Repository) throws(GitError) -> String? {
    let configuration = if let known { known } else { try repository.configuration() }
    known = configuration
    return configuration.string(key)
  }

  /// Objects of other repositories that this one borrows from count as missing: no date is set there.
  func freshen(_ ids: [ObjectID], of repository: Repository) throws(GitError) -> [ObjectID] {
    guard !ids.isEmpty else { return [] }
    let packs = try Self.packs(in: repository.objectDirectory + "/pack")
    return ids.filter { id in
      if Self.touch(repository.looseFile(of: id)) { return false }
      return !packs.contains {
        PackIndex.offset(of: id, in: $0.index.bytes, format: repository.objectFormat) != nil
          && Self.touch($0.path)
      }
    }
  }

  /// The packs whose objects are as old as their file; one with dates of its own for its objects keeps nothing alive.
  private static func packs(in folder: String) throws(GitError) -> [(path: String, index: MappedFile)] {
    try withFiles { () throws(FileError) in
      let names = Set(try Files.list(folder))
      var packs: [(path: String, index: MappedFile)] = []
      for name in names.sorted() where name.hasSuffix(".idx") {
        let stem = String(name.dropLast(4))
        guard names.contains(stem + ".pack"), !names.contains(stem + ".mtimes"),
          let index = try MappedFile("\(folder)/\(name)")
        else { continue }
        packs.append(("\(folder)/\(stem).pack", index))
      }
      return packs
    }
  }

  private static func touch(_ path: String) -> Bool { utimes(path, nil) == 0 }

  func change(
    _ name: String, from old: ObjectID?, to new: ObjectID?, log message: String, of repository: Repository
  ) throws(GitError) {
    let expected = old ?? repository.objectFormat.none
    let line = new.map { "update \(name) \($0) \(expected)\n" } ?? "delete \(name) \(expected)\n"
    let log = message.isEmpty ? [] : ["-m", message]
    do {
      // The caller waits for locks.
      try repository.run(
        ["-c", "core.filesRefLockTimeout=0", "update-ref"] + log + ["--no-deref", "--stdin"],
        input: Array(line.utf8))
    } catch {
      throw Self.explained(error, name)
    }
  }

  /// Git tells in words alone why a reference did not change.
  private static func explained(_ error: GitError, _ name: String) -> GitError {
    let moved = ["but expected", "reference already exists", "unable to resolve reference"]
    if moved.contains(where: error.description.contains) { return GitError(.moved, "\(name) has moved") }
    if error.description.contains(".lock': File exists") { return GitError(.locked, error.description) }
    return error
  }

  func diffAttributes(
    of paths: [RepositoryPath], in repository: Repository
  ) throws(GitError) -> [DiffAttribute] {
    guard !paths.isEmpty else { return [] }
    let input = Array(paths.map(\.bytes).joined(separator: [0])) + [0]
    let fields = try repository.run(["check-attr", "-z", "--stdin", "diff"], input: input).fields
    guard fields.count == 3 * paths.count else {
      throw GitError(.other, "git check-attr said nothing of some files")
    }
    return stride(from: 2, to: fields.count, by: 3).map { index in
      switch String(decoding: fields[index], as: UTF8.self) {
      case "unspecified": .unspecified
      case "set": .set
      case "unset": .unset
      case let driver: .driver(driver)
      }
    }
  }
}
