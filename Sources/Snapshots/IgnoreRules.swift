import Files
import Git

/// The ignore rules of one state of the work tree, as git evaluates them: `.gitignore` files at every level,
/// `info/exclude` and the user's own file.
struct IgnoreRules {
  let repository: Repository
  /// Where the `.gitignore` files lie; nil for the work tree itself.
  let folder: String?

  /// The paths among the given ones that the rules ignore, tracked or not.
  func ignored(_ paths: [RepositoryPath]) throws(GitError) -> Set<RepositoryPath> {
    guard !paths.isEmpty else { return [] }
    let place = folder.map { ["--work-tree=" + $0] } ?? []
    let output = try repository.run(
      place + ["check-ignore", "--no-index", "-z", "--stdin"], input: paths.flatMap { $0.bytes + [0] },
      accepting: [0, 1])
    return Set(output.fields.map { RepositoryPath($0) })
  }
}
