import Files
import Git

/// Where git looks for hooks here, and who else has a say there.
struct HookFolder {
  /// The folder that holds the files to edit.
  let path: String
  /// True if nothing there may be edited without being asked: it is not of this repository.
  let isOutside: Bool
  /// True if the files are, or may become, part of the repository's content.
  let isShared: Bool
  /// Husky runs the user's files from a script of its own, by `sh`, executable or not.
  let isHusky: Bool
  /// The lines of lefthook's configuration.
  private let lefthook: [Substring]

  init(_ workspace: Workspace) throws {
    let repository = workspace.repository
    let top = try repository.requireWorkTree()
    let found = try Self.find(repository, workspace.configuration)
    isHusky = found.hasSuffix("/.husky/_")
    path = isHusky ? Files.parent(of: found) : found
    let place = Self.canonical(path)
    let isInGitDirectory = Self.isInside(place, Self.canonical(repository.commonDirectory))
    let isInWorkTree = Self.isInside(place, Self.canonical(top))
    isOutside = !isInGitDirectory && !isInWorkTree
    isShared = try isInWorkTree && !isInGitDirectory && !Self.isIgnored(path, repository)
    lefthook = try Self.lefthookLines(in: top)
  }

  /// What `git rev-parse --git-path hooks` says for the user, whereas our own git has hooks off.
  private static func find(_ repository: Repository, _ configuration: Configuration) throws -> String {
    var entries = configuration.entries.filter { $0.key == "core.hookspath" }
    if let last = entries.lastIndex(where: { $0.scope == "command" && $0.value == "/dev/null" }) {
      entries.remove(at: last)
    }
    guard let value = entries.last?.value else { return repository.commonDirectory + "/hooks" }
    let found = try repository.run(["-c", "core.hooksPath=" + value, "rev-parse", "--git-path", "hooks"]).text
    if found.hasPrefix("/") { return found }
    return try repository.requireWorkTree() + "/" + found
  }

  private static func isIgnored(_ path: String, _ repository: Repository) throws -> Bool {
    let file = path + "/" + Hook.postCommit.rawValue
    return try repository.run(["check-ignore", "--quiet", "--", file], accepting: [0, 1, 128]).status == 0
  }

  /// Without links, as far as the path exists.
  private static func canonical(_ path: String) -> String {
    if let found = Files.canonical(path) { return found }
    let parent = Files.parent(of: path)
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    return parent == path || parent == "." ? path : canonical(parent) + "/" + name
  }

  static func isInside(_ path: String, _ folder: String) -> Bool { (path + "/").hasPrefix(folder + "/") }

  /// Whether lefthook is told to run something in this hook: a name at the margin, in any of its notations.
  func isLefthook(_ hook: Hook) -> Bool {
    lefthook.contains { $0.drop { " \t[\"".contains($0) }.hasPrefix(hook.rawValue) }
  }

  /// Whether lefthook is told to call us.
  func lefthookCallsUs(in hook: Hook) -> Bool {
    lefthook.contains { $0.contains("git-session hook \(hook.rawValue)") }
  }

  private static func lefthookLines(in top: String) throws -> [Substring] {
    var lines: [Substring] = []
    for folder in ["", ".config/"] {
      for name in ["lefthook", ".lefthook", "lefthook-local", ".lefthook-local"] {
        for suffix in ["yml", "yaml", "toml", "json"] {
          let bytes = try Files.readIfPresent("\(top)/\(folder)\(name).\(suffix)") ?? []
          lines += String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        }
      }
    }
    return lines
  }
}
