import Files
import Git

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Folders and files of our own that processes have left behind which are no more.
struct Leftovers {
  private let repository: Repository

  init(_ repository: Repository) { self.repository = repository }

  func paths() throws(FileError) -> [String] {
    let packs = repository.commonDirectory + "/objects/pack"
    var found: [String] = []
    for name in try Files.list(packs) where name.hasSuffix(".keep") {
      if try isDeadKeep(packs + "/" + name) { found.append(packs + "/" + name) }
    }
    for folder in Set([repository.cloneState, repository.worktreeState]) {
      found += try Files.list(folder).filter(isAbandoned).map { folder + "/" + $0 }
    }
    return found.sorted()
  }

  /// Removes what is older than a day: a process of another machine, or of another container, that works in the same
  /// folder cannot be seen by its number.
  func sweep() {
    do throws(FileError) {
      for path in try paths() {
        guard let status = try Files.status(path), status.modified < Int64(time(nil) - 86_400) * 1_000_000_000
        else { continue }
        try Files.removeTree(path)
      }
    } catch {
      // They are in nobody's way, and `doctor` says what is wrong with them.
    }
  }

  private func isDeadKeep(_ path: String) throws(FileError) -> Bool {
    // Git may have removed it meanwhile.
    guard let bytes = try Files.readIfPresent(path) else { return false }
    let words = String(decoding: bytes.prefix(100), as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return words.first == "git-session" && !isRunning(words.last.map(String.init))
  }

  /// True of a name, in our own folders, that a process gave to something it has not lived to use.
  private func isAbandoned(_ name: String) -> Bool {
    let words = name.split(whereSeparator: { "-.".contains($0) }).map(String.init)
    if name.hasPrefix("quarantine-") || name.hasPrefix("staging-") {
      return !isRunning(words.dropFirst().first)
    }
    return name.hasSuffix(".tmp") && !isRunning(words.dropLast().last)
  }

  private func isRunning(_ process: String?) -> Bool {
    guard let number = process.flatMap({ pid_t($0) }) else { return false }
    return kill(number, 0) == 0 || errno == EPERM
  }
}
