import Files

/// Whether a folder is a repository of its own, by the signs that git goes by.
enum NestedRepository {
  static func isThere(in folder: borrowing Directory) throws(FileError) -> Bool {
    let name = Array(".git".utf8)
    guard let status = try folder.status(name) else { return false }
    switch status.kind {
    case .directory: return try isGitDirectory(try folder.open(name))
    case .link, .other: return try isGitDirectory(at: folder.path(of: name))
    case .file:
      let content = try Files.read(folder.path(of: name), limit: 1 << 16)
      let text = String(decoding: content, as: UTF8.self)
      guard text.hasPrefix("gitdir: "), let line = text.dropFirst(8).split(separator: "\n").first else {
        return false
      }
      return try isGitDirectory(at: line.hasPrefix("/") ? String(line) : folder.path(of: []) + line)
    }
  }

  private static func isGitDirectory(at path: String) throws(FileError) -> Bool {
    do throws(FileError) {
      return try isGitDirectory(try Directory(path))
    } catch  where error.isMissing || error.isNoDirectory || error.isNotPermitted {
      return false
    }
  }

  private static func isGitDirectory(_ folder: borrowing Directory) throws(FileError) -> Bool {
    guard try folder.status(Array("HEAD".utf8)) != nil else { return false }
    // A linked work tree keeps the rest elsewhere.
    if try folder.status(Array("commondir".utf8)) != nil { return true }
    for name in ["objects", "refs"] where try folder.status(Array(name.utf8)) == nil { return false }
    return true
  }
}
