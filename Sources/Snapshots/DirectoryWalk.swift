import Files
import Git

/// Reaching a path of the repository from the top of a work tree, one real folder after the other.
extension Directory {
  /// What is at `path` below the folder `top`; nil if it, or a folder above it, is not there or is no folder.
  static func status(of path: RepositoryPath, below top: String) throws(GitError) -> FileStatus? {
    try withFiles { () throws(FileError) -> FileStatus? in
      do throws(FileError) {
        return try withParent(of: path, below: top) { (parent, name) throws(FileError) -> FileStatus? in
          try parent.status(name)
        }
      } catch  where error.isMissing || error.isNoDirectory {
        return nil
      }
    }
  }

  /// Gives `body` the folder that holds `path`. A link on the way is `ENOTDIR` or `ELOOP`.
  static func withParent<Result>(
    of path: RepositoryPath, below top: String, creating: Bool = false,
    _ body: (borrowing Directory, [UInt8]) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    try descend(into: path.components.dropLast()[...], from: Directory(top), creating: creating) {
      (parent) throws(FileError) in try body(parent, path.name)
    }
  }

  private static func descend<Result>(
    into components: ArraySlice<ArraySlice<UInt8>>, from directory: borrowing Directory, creating: Bool,
    _ body: (borrowing Directory) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    guard let component = components.first.map(Array.init) else { return try body(directory) }
    if creating, try directory.status(component) == nil { try directory.makeDirectory(component) }
    let next = try directory.open(component)
    return try descend(into: components.dropFirst(), from: next, creating: creating, body)
  }
}
