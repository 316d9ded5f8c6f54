import Files
import Git
package import Sessions
import Storage

/// The git dir that a hook runs for, found without starting git, and what a hook must know before anything else.
package struct HookPlace: Sendable {
  private let gitDirectory: String

  /// A hook starts at the top of the work tree, or gets `GIT_DIR`. Nil if there is no git dir there.
  package init?(in world: World) {
    let named = world.environment["GIT_DIR"] ?? ".git"
    let path = Self.absolute(named, in: world.currentDirectory)
    // In a linked work tree and in a submodule `.git` is a file that names the folder.
    guard let content = try? Files.read(path, limit: 1 << 14) else {
      gitDirectory = path
      return
    }
    let line = String(decoding: content.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    guard line.hasPrefix("gitdir: ") else { return nil }
    gitDirectory = Self.absolute(String(line.dropFirst(8)), in: Files.parent(of: path))
  }

  private static func absolute(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : folder + "/" + path
  }

  /// Whether this work tree has a session that the hook concerns, as it last knew.
  package func concerns(_ hook: Hook) -> Bool {
    (try? Files.status(gitDirectory + "/session/" + hook.marker)) != nil
  }

  /// True if what git tells the hook is already known or no concern of ours, so that nothing need be read.
  package func hasNothing(for hook: Hook, _ arguments: [String]) -> Bool {
    switch hook {
    case .prePush: return state?.current == nil
    case .postMerge: return arguments.first == "1"
    case .postCheckout:
      // A checkout of paths leaves HEAD; an old HEAD of zeros is that of a new work tree.
      guard arguments.count == 3, arguments[2] == "1", arguments[0].contains(where: { $0 != "0" }) else {
        return true
      }
      return state?.base?.hex == arguments[0]
    case .postRewrite: return state?.current == nil
    case .postCommit, .postApplypatch: return false
    }
  }

  private var state: WorktreeState? { try? WorktreeState(storedIn: gitDirectory + "/session") }

  /// True at most once a day in a clone: a hook that fails says so, but not with each commit.
  package func mayComplain(at now: Timestamp) -> Bool {
    let common = (try? Files.readIfPresent(gitDirectory + "/commondir")).map {
      Self.absolute(String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self), in: gitDirectory)
    }
    return ComplaintStamp(cloneState: (common ?? gitDirectory) + "/sessions").mayComplain(at: now)
  }

  private var slowStamp: String { gitDirectory + "/session/hook-slow" }

  /// Notes that a hook had to be stopped, so that the next ones are spared what took so long.
  func noteSlow(at now: Timestamp) { _ = try? Files.touch(slowStamp, modified: now.seconds) }

  /// Whether a hook had to be stopped in this work tree within a day.
  func isSlow(at now: Timestamp) -> Bool { Files.isOfToday(slowStamp, at: now) }
}

/// When a hook last said that something is wrong, as a clone remembers it.
struct ComplaintStamp: Sendable {
  private let file: String

  /// That of git's hooks, or of those of an agent.
  init(cloneState: String, agent: String? = nil) {
    file = cloneState + "/hook-failed" + (agent.map { "-" + $0 } ?? "")
  }

  /// That of an agent's hooks where this program stands; nil where nothing of ours is.
  init?(of agent: String, around world: World) {
    do {
      let repository = try Repository(discoveringFrom: world.currentDirectory, git: world.git)
      guard try Files.status(repository.cloneState) != nil else { return nil }
      self.init(cloneState: repository.cloneState, agent: agent)
    } catch {
      return nil
    }
  }

  /// True at most once a day: a hook that fails says so, but not each time.
  func mayComplain(at now: Timestamp) -> Bool {
    guard !Files.isOfToday(file, at: now) else { return false }
    do {
      let folder = Files.parent(of: file)
      // The first hook of all may be the one that fails.
      try Files.makeDirectory(folder, permissionsOf: Files.parent(of: folder) + "/refs")
      try Files.touch(file, modified: now.seconds)
      Files.share(file)
      return true
    } catch {
      // What cannot be noted would be said each time.
      return false
    }
  }
}

extension Files {
  /// True for a file that was changed within the last day.
  fileprivate static func isOfToday(_ stamp: String, at now: Timestamp) -> Bool {
    guard let last = try? status(stamp)?.modified else { return false }
    return (0..<86_400).contains(now.seconds - last / 1_000_000_000)
  }
}
