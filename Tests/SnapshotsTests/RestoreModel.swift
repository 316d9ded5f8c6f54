import Git
import Sessions
import Snapshots
import TestSupport

/// What a restore must do, told in the words of the rules and from files alone:
///
/// - saved now and not in the target: removed, unless either state ignores it or the target left it out;
/// - in the target with another content, mode or kind: written, whatever file or link is in its way;
/// - all else stays;
/// - nothing at all happens where a file that stays would have to become a folder, a folder that holds something
///   that stays a file, where a pipe is in the way, or where the path lies in a repository of its own.
struct RestoreModel {
  let before: FileTree
  /// What the snapshot of `before` holds.
  let current: [RepositoryPath: TreeEntry]
  let target: Lab.Saved

  var removals: Set<RepositoryPath> {
    let rules = [IgnoreModel(before), IgnoreModel(target.files.filter { target.tree[$0] != nil })]
    let leftOut = Set(target.snapshot.leftOut.compactMap { RepositoryPath(quoted: $0.path) })
    return Set(
      current.keys.filter { path in
        target.tree[path] == nil && !leftOut.contains(path) && !rules.contains { $0.ignores(path) }
          && before[path] != nil
      })
  }

  var writes: Set<RepositoryPath> { Set(target.tree.keys.filter { target.tree[$0] != current[$0] }) }

  var isForbidden: Bool {
    let (removals, writes) = (removals, writes)
    let blocksFile = { (path: RepositoryPath) in before[path] != nil && !removals.contains(path) }
    return writes.contains { path in
      before[path] == .fifo || isNested(path) || path.ancestors.contains(where: blocksFile)
        || before.paths.contains { $0.isInside(path) && !removals.contains($0) }
    } || removals.contains { before[$0] == .fifo || isNested($0) }
  }

  private func isNested(_ path: RepositoryPath) -> Bool {
    path.ancestors.contains { before[RepositoryPath($0.bytes + Array("/.git/HEAD".utf8))] != nil }
  }

  var after: FileTree {
    var files = before
    for path in removals { files[path] = nil }
    for path in writes { files[path] = target.files[path] }
    return files
  }
}

/// The few patterns that ``GeneratedTree`` writes into `.gitignore` files.
struct IgnoreModel {
  private var patterns: [(folder: [UInt8], pattern: String)] = []

  init(_ files: FileTree) {
    for folder in ["", "a/"] {
      guard case .file(let text, _)? = files[RepositoryPath(Array((folder + ".gitignore").utf8))] else {
        continue
      }
      patterns += text.split(separator: "\n").map { (Array(folder.utf8), String($0)) }
    }
  }

  func ignores(_ path: RepositoryPath) -> Bool {
    (path.ancestors + [path]).contains { place in
      patterns.contains { folder, pattern in
        guard place.bytes.starts(with: folder), place.bytes.count > folder.count else { return false }
        switch pattern {
        case "*.o", "*.p": return place.name.suffix(2) == Array(pattern.utf8.dropFirst())[...]
        case "/out/": return place.bytes == Array("out".utf8) && place != path
        case "a/b": return place.bytes == Array("a/b".utf8)
        default: return place.name == Array(pattern.utf8)
        }
      }
    }
  }
}
