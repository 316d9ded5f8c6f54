import Files
import Git
import Synchronization

/// What is ignored in a work tree. Each ignore file is read once, when a name that git does not know first asks
/// for it; may be asked by several threads.
final class IgnoreLookup: Sendable {
  /// The rules for the names in one folder.
  final class Rules: Sendable {
    /// An ignored folder: nothing below it can be anything else.
    let isIgnored: Bool
    /// The most important first.
    fileprivate let patterns: [IgnorePatterns]

    fileprivate init(isIgnored: Bool, patterns: [IgnorePatterns]) {
      self.isIgnored = isIgnored
      self.patterns = patterns
    }

    func ignores(_ path: Glob.Bytes, name: Glob.Bytes, isFolder: Bool) -> Bool {
      if isIgnored { return true }
      for list in patterns {
        if let verdict = list.verdict(path, name: name, isFolder: isFolder) { return verdict == .ignored }
      }
      return false
    }
  }

  private let workTree: String
  /// Gives what an ignore file holds that is absent on purpose: one outside of a sparse checkout.
  private let absent: @Sendable (_ path: [UInt8]) -> [UInt8]?
  private let shared: Mutex<[[UInt8]: Rules]>
  private let outside: [IgnorePatterns]

  init(
    _ workTree: String, _ settings: WorkTreeSettings,
    absent: @escaping @Sendable (_ path: [UInt8]) -> [UInt8]? = { _ in nil }
  ) throws(FileError) {
    self.workTree = workTree
    self.absent = absent
    shared = Mutex([:])
    var outside: [IgnorePatterns] = []
    for file in settings.ignoreFiles.reversed() where !file.isEmpty {
      if let content = try Files.readIfPresent(file) { outside.append(IgnorePatterns(content, in: [])) }
    }
    self.outside = outside
  }

  func ignores(_ path: RepositoryPath, isFolder: Bool) -> Bool {
    let folder = path.parent.map { $0.bytes + [UInt8(ascii: "/")] } ?? []
    let rules = rules(in: folder)
    return path.bytes.withUnsafeBufferPointer {
      rules.ignores($0, name: Glob.Bytes(rebasing: $0[folder.count...]), isFolder: isFolder)
    }
  }

  /// The rules in `folder`: empty for the top, or a path with a slash at its end.
  func rules(in folder: [UInt8]) -> Rules {
    if let known = shared.withLock({ $0[folder] }) { return known }
    let rules = read(folder)
    return shared.withLock { known in
      // Another thread may have been quicker.
      if let first = known[folder] { return first }
      known[folder] = rules
      return rules
    }
  }

  private func read(_ folder: [UInt8]) -> Rules {
    let own = IgnorePatterns(content(folder + Array(".gitignore".utf8)), in: folder)
    guard !folder.isEmpty else {
      return Rules(isIgnored: false, patterns: (own.isEmpty ? [] : [own]) + outside)
    }
    let path = folder.dropLast()
    let start = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let above = rules(in: Array(path[..<start]))
    let isIgnored = Array(path).withUnsafeBufferPointer { path in
      above.ignores(path, name: Glob.Bytes(rebasing: path[start...]), isFolder: true)
    }
    return Rules(isIgnored: isIgnored, patterns: (own.isEmpty ? [] : [own]) + above.patterns)
  }

  /// A link is no ignore file, and one that cannot be read ignores nothing, as in git.
  private func content(_ path: [UInt8]) -> [UInt8] {
    do throws(FileError) {
      let file = try OpenFile(Array((workTree + "/").utf8) + path)
      return file.status.size <= 1 << 24 ? try file.readToEnd() : []
    } catch {
      return error.isMissing ? absent(path) ?? [] : []
    }
  }
}
