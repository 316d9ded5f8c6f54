/// What a repository is read and changed through: libgit2, or git's plumbing where libgit2 cannot open it.
///
/// The one place where the two differ. What both find in the same files, such as references and packs, is read
/// without either of them.
protocol Backend: AnyObject {
  var objects: any ObjectSource { get }

  /// The objects of a quarantine, which lie below the folder `path`.
  func objects(inQuarantine path: String, of repository: Repository) throws(GitError) -> any ObjectSource

  /// What is configured, for settings of few consequence; nil if nothing is. What decides anything is read from
  /// ``Repository/configuration()``.
  func setting(_ key: String, of repository: Repository) throws(GitError) -> String?

  /// Gives objects a new date; returns those that are not there, or whose date cannot be set.
  func freshen(_ ids: [ObjectID], of repository: Repository) throws(GitError) -> [ObjectID]

  /// Moves or, if `new` is nil, deletes a reference that has the value `old`; nil stands for one that does not exist.
  ///
  /// Throws `.moved` if it has another value, `.locked` if another process has the lock.
  func change(
    _ name: String, from old: ObjectID?, to new: ObjectID?, log message: String, of repository: Repository
  ) throws(GitError)

  /// What the attribute `diff` says of files, as the work tree has it, in the order of `paths`.
  func diffAttributes(
    of paths: [RepositoryPath], in repository: Repository
  ) throws(GitError) -> [DiffAttribute]
}

/// Where objects are read from.
protocol ObjectSource: AnyObject {
  /// Nil if there is no such object.
  func header(of id: ObjectID) throws(GitError) -> ObjectHeader?
  /// Throws `.missing` if there is no such object.
  func content(of id: ObjectID) throws(GitError) -> [UInt8]
}

struct ObjectHeader: Hashable {
  let kind: ObjectKind
  /// In bytes.
  let size: Int
}

extension ObjectSource {
  func read(_ id: ObjectID, _ kind: ObjectKind, limit: Int) throws(GitError) -> [UInt8] {
    guard let header = try header(of: id) else {
      throw GitError.notFound(id)
    }
    guard header.kind == kind else { throw GitError(.invalid, "object \(id) is not a \(kind)") }
    guard header.size <= limit else { throw GitError.tooLarge(id, header.size, limit: limit) }
    return try content(of: id)
  }
}

/// What the attribute `diff` says of a file.
enum DiffAttribute: Hashable {
  case unspecified, set, unset
  case driver(String)
}
