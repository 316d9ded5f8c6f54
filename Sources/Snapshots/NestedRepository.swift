import Files

/// Whether a folder is a repository of its own, by the signs that git goes by. What cannot be looked at is no sign,
/// but for a file `.git` that cannot be read.
enum NestedRepository {
  /// In bytes: no path that a `.git` file may hold is as long.
  private static let limit = 1 << 16

  static func isThere(in folder: borrowing Directory) -> Bool {
    let name = Array(".git".utf8)
    if isGitDirectory(name, from: folder) { return true }
    guard let kind = try? folder.status(name)?.kind, kind == .file || kind == .link else { return false }
    do throws(FileError) {
      let file = try folder.openTarget(name)
      guard file.status.size <= limit else { return false }
      let (content, mark) = (try file.readToEnd(), "gitdir: ".utf8)
      guard content.starts(with: mark) else { return false }
      let path = content.dropFirst(mark.count).prefix {
        ![UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
      }
      return !path.isEmpty && isGitDirectory(Array(path), from: folder)
    } catch {
      return kind == .file && !error.isMissing
    }
  }

  private static func isGitDirectory(_ path: [UInt8], from folder: borrowing Directory) -> Bool {
    func holds(_ name: String) -> Bool { folder.leads(to: path + Array("/\(name)".utf8)) }
    // A linked work tree keeps the rest elsewhere.
    return holds("HEAD") && (holds("commondir") || holds("objects") && holds("refs"))
  }
}
