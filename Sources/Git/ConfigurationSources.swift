import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads the configuration from its files, where git is sure to see the very same.
struct ConfigurationSources {
  let git: GitExecutable

  /// Variables that change nothing about where git finds a repository and its configuration.
  static let harmless: Set<String> = [
    // Git sets it for what it starts.
    "GIT_EXEC_PATH",
    "GIT_OPTIONAL_LOCKS", "GIT_NO_REPLACE_OBJECTS", "GIT_CONFIG_NOSYSTEM", "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_PAGER", "GIT_PAGER_IN_USE", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT", "GIT_SSH", "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_NO_VERIFY",
    "GIT_MERGE_AUTOEDIT", "GIT_REFLOG_ACTION",
    // The folder that git begins with is looked at whatever it says; RepositorySearch goes no further then.
    "GIT_CEILING_DIRECTORIES",
  ]

  /// Whether this process knows what git would do: no variable of git's is set that might change it.
  var isUsual: Bool {
    let names = git.environment.keys.filter { $0.hasPrefix("GIT_") && !$0.hasPrefix("GIT_SESSION_") }
    return git.environment["SUDO_UID"] == nil
      && names.allSatisfy { Self.harmless.contains($0) || $0.hasPrefix("GIT_TRACE") }
      && !(git.environment["HOME"] ?? "").isEmpty
  }

  /// The entries of one file; none if there is no such file, nil if git has to be asked.
  func read(_ path: String, scope: String) -> [Configuration.Entry]? {
    let bytes: [UInt8]
    do {
      bytes = try Files.readIfPresent(path) ?? []
    } catch {
      return nil
    }
    guard let file = ConfigurationFile(bytes) else { return nil }
    let entries = file.entries.map {
      Configuration.Entry(scope: scope, origin: "file:" + path, key: $0.key, value: $0.value)
    }
    let includes = entries.contains { $0.key.hasPrefix("include.") || $0.key.hasPrefix("includeif.") }
    return includes ? nil : entries
  }

  /// What applies everywhere; nil if git has to be asked.
  func readCommon() -> [Configuration.Entry]? {
    guard isUsual, let home = git.environment["HOME"], home.hasPrefix("/"), let system = readSystem() else {
      return nil
    }
    let xdg = git.environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
    guard xdg.hasPrefix("/"), let first = read(xdg + "/git/config", scope: "global"),
      let second = read(home + "/.gitconfig", scope: "global")
    else { return nil }
    return system + first + second
  }

  /// Where the file for all users lies is built into git: a git in its usual place has it in the usual place.
  private func readSystem() -> [Configuration.Entry]? {
    if let switched = git.environment["GIT_CONFIG_NOSYSTEM"] {
      return Configuration.boolean(switched) == true ? [] : nil
    }
    #if os(Linux)
      return Self.usualPrograms.contains(git.path) && isBinary(git.path)
        ? read("/etc/gitconfig", scope: "system") : nil
    #else
      return nil
    #endif
  }

  /// The second is what is found by programs that git itself has started.
  private static let usualPrograms = ["/usr/bin/git", "/usr/lib/git-core/git", "/usr/libexec/git-core/git"]

  /// False of a script, which might give git other settings.
  private func isBinary(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var start: UInt32 = 0
    return pread(descriptor, &start, 4, 0) == 4 && start.littleEndian == 0x464c_457f
  }
}

extension Repository {
  /// The configuration from its files; nil if git has to be asked.
  func readConfiguration() -> Configuration? {
    let sources = ConfigurationSources(git: git)
    guard let common = sources.readCommon(),
      let local = sources.read(commonDirectory + "/config", scope: "local")
    else { return nil }
    var entries = common + local
    let own = local.last { $0.key == "extensions.worktreeconfig" }
    if let own {
      guard let isOn = Configuration.boolean(own.value) else { return nil }
      if isOn {
        guard let worktree = sources.read(gitDirectory + "/config.worktree", scope: "worktree") else {
          return nil
        }
        entries += worktree
      }
    }
    entries += GitExecutable.ownSettings.map { key, value in
      Configuration.Entry(scope: "command", origin: "command line:", key: key.lowercased(), value: value)
    }
    return Configuration(entries: entries)
  }
}
