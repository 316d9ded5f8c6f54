package import Files

/// Something that git, libgit2 or the file system below them refused.
package struct GitError: Error, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    case notRepository, bareRepository, unsupported
    /// The repository cannot be opened. Whoever passes over an object that is damaged must not pass over that.
    case unopened
    /// An object or reference that should be there is not.
    case missing
    case invalid
    /// More than is taken from others.
    case tooLarge
    /// A reference is locked by another process.
    case locked
    /// A reference no longer has the value that was expected.
    case moved
    /// A file changed while it was read.
    case changed
    case fullDisk, notPermitted
    /// The `git` executable ended with this status.
    case command(status: Int32)
    case other
  }

  package let kind: Kind
  package let description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  package init(_ error: FileError) {
    let kind: Kind = error.isFullDisk ? .fullDisk : error.isNotPermitted ? .notPermitted : .other
    self.init(kind, error.description)
  }
}

/// Runs file calls and gives their errors as ``GitError``.
package func withFiles<Result: ~Copyable>(
  _ body: () throws(FileError) -> Result
) throws(GitError) -> Result {
  do {
    return try body()
  } catch {
    throw GitError(error)
  }
}
