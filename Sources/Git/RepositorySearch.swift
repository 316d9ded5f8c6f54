import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a repository is.
struct Place: Equatable {
  var gitDirectory: String
  var commonDirectory: String
  var objectFormat: String
  var workTree: String?
}

/// Finds a repository as git does, in the usual cases: a work tree of this user's with `.git` at its top, whether
/// it is a folder or a file that names one. All else, and every mistake, is left to git.
struct RepositorySearch {
  let sources: ConfigurationSources

  /// Nil if git has to be asked.
  func place(of directory: String) -> Place? {
    guard sources.isUsual, let start = Files.canonical(directory), let device = status(start)?.st_dev else {
      return nil
    }
    var folder = start
    while folder != "/" {
      if let entry = linkStatus(folder + "/.git") {
        return place(at: folder, entry)
      }
      // This may be a git dir itself.
      guard errno == ENOENT, linkStatus(folder + "/HEAD") == nil else { return nil }
      guard sources.git.environment["GIT_CEILING_DIRECTORIES"] == nil else { return nil }
      folder = Files.parent(of: folder)
      // Git does not look beyond a file system.
      guard status(folder)?.st_dev == device else { return nil }
    }
    return nil
  }

  private func place(at folder: String, _ entry: stat) -> Place? {
    let user = geteuid()
    guard entry.st_uid == user, status(folder)?.st_uid == user else { return nil }
    let named: String?
    switch entry.st_mode & S_IFMT {
    case S_IFDIR: named = folder + "/.git"
    case S_IFREG: named = target(of: folder + "/.git", in: folder)
    default: named = nil
    }
    guard let named, let gitDirectory = Files.canonical(named), status(gitDirectory)?.st_uid == user,
      let commonDirectory = commonDirectory(of: gitDirectory),
      isGitDirectory(gitDirectory, common: commonDirectory),
      let format = objectFormat(gitDirectory, common: commonDirectory),
      ![folder, gitDirectory, commonDirectory].contains(where: {
        $0.contains("\n") || $0.contains("\u{fffd}")
      })
    else { return nil }
    return Place(
      gitDirectory: gitDirectory, commonDirectory: commonDirectory, objectFormat: format, workTree: folder)
  }

  /// What a file `.git` names: `gitdir: path`.
  private func target(of file: String, in folder: String) -> String? {
    guard let path = line(in: file, after: "gitdir: ") else { return nil }
    return path.hasPrefix("/") ? path : folder + "/" + path
  }

  private func commonDirectory(of gitDirectory: String) -> String? {
    guard linkStatus(gitDirectory + "/commondir") != nil else { return gitDirectory }
    guard let path = line(in: gitDirectory + "/commondir", after: "") else { return nil }
    return Files.canonical(path.hasPrefix("/") ? path : gitDirectory + "/" + path)
  }

  /// The one line of a small file.
  private func line(in file: String, after prefix: String) -> String? {
    guard let bytes = read(file, limit: 1 << 14), let text = String(validating: bytes, as: UTF8.self),
      text.hasPrefix(prefix), text.hasSuffix("\n")
    else { return nil }
    let line = text.dropFirst(prefix.count).dropLast()
    return line.isEmpty || line.contains(where: \.isNewline) || line.contains("\0") ? nil : String(line)
  }

  private func isGitDirectory(_ folder: String, common: String) -> Bool {
    guard access(common + "/objects", X_OK) == 0, access(common + "/refs", X_OK) == 0,
      let kind = linkStatus(folder + "/HEAD")?.st_mode, kind & S_IFMT == S_IFREG,
      let head = read(folder + "/HEAD", limit: 1 << 12)
    else { return false }
    let text = String(decoding: head, as: UTF8.self)
    return text.hasPrefix("ref: refs/") || ObjectID(text.prefix { $0 != "\n" }) != nil
  }

  /// Nil also if the repository's configuration says anything that matters here and is not usual.
  private func objectFormat(_ gitDirectory: String, common: String) -> String? {
    guard var entries = sources.read(common + "/config", scope: "local") else { return nil }
    if entries.contains(where: { $0.key == "extensions.worktreeconfig" }) {
      guard let own = sources.read(gitDirectory + "/config.worktree", scope: "worktree") else { return nil }
      entries += own
    }
    let values = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    let isPlain = entries.allSatisfy { entry in
      entry.key != "core.worktree"
        && (entry.key != "core.bare" || Configuration.boolean(entry.value) == false)
    }
    guard isPlain else { return nil }
    let version = values["core.repositoryformatversion"] ?? "0"
    let known = ["extensions.preciousobjects", "extensions.partialclone", "extensions.worktreeconfig"]
    let format = values["extensions.objectformat"]
    let extensions = entries.map(\.key).filter { $0.hasPrefix("extensions.") && !known.contains($0) }
    guard version == "0" && extensions.isEmpty || version == "1",
      extensions.allSatisfy({ $0 == "extensions.objectformat" }), ["sha1", "sha256", nil].contains(format)
    else { return nil }
    return format ?? "sha1"
  }

  private func read(_ path: String, limit: Int) -> [UInt8]? {
    do { return try Files.read(path, limit: limit) } catch { return nil }
  }

  private func status(_ path: String) -> stat? {
    var raw = stat()
    return stat(path, &raw) == 0 ? raw : nil
  }

  private func linkStatus(_ path: String) -> stat? {
    var raw = stat()
    return lstat(path, &raw) == 0 ? raw : nil
  }
}
