import Clibgit2
import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The objects of one operation, written together and durable together.
///
/// They are gathered in a quarantine, a folder of ours that only this batch looks into, and moved into the
/// object database by ``publish()``. A batch that is dropped leaves nothing behind.
package final class ObjectBatch {
  private let repository: Repository
  private let directory: String
  private let database: Handle
  /// Files beside packs that keep `git repack` from deleting them before a reference names their objects.
  private var keeps: [String] = []

  /// `temporary` is used where the repository's own folder cannot be written, for work that is never published.
  package init(_ repository: Repository, temporary: String? = nil) throws(GitError) {
    self.repository = repository
    let directory = try withFiles { () throws(FileError) in
      try Files.makeTemporaryDirectory(
        in: temporary ?? repository.cloneState, prefix: "quarantine-\(getpid())-")
    }
    self.directory = directory
    let made = try Handle("open a quarantine", release: git_odb_free) { git_odb_new(&$0) }
    var backend: UnsafeMutablePointer<git_odb_backend>?
    try check(git_odb_backend_loose(&backend, directory, -1, 0, 0, 0), "open a quarantine")
    try check(git_odb_add_backend(made.pointer, backend, 100), "open a quarantine")
    try check(
      git_odb_add_disk_alternate(made.pointer, repository.objectDirectory), "open the object database")
    database = made
  }

  deinit {
    // What cannot be removed is of no use to anybody; `doctor` finds what lies in the repository.
    try? Files.removeTree(directory)
    for keep in keeps { try? Files.remove(keep) }
  }

  /// Makes git write into this batch and read from it.
  package var environment: [String: String] {
    [
      "GIT_OBJECT_DIRECTORY": directory,
      "GIT_ALTERNATE_OBJECT_DIRECTORIES": Self.quoted(repository.objectDirectory),
    ]
  }

  /// A path for a file that is gone with the batch.
  package func temporaryFile(_ name: String) -> String { directory + "/" + name + ".tmp" }

  package func write(_ bytes: [UInt8], as kind: ObjectKind) throws(GitError) -> ObjectID {
    var oid = git_oid()
    try check(git_odb_write(&oid, database.pointer, bytes, bytes.count, kind.raw), "write an object")
    return ObjectID(oid)
  }

  /// `entries` in any order; each name once.
  package func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    // git sorts folders as if their names ended with a slash.
    func key(_ entry: TreeEntry) -> [UInt8] { entry.isTree ? entry.name + [UInt8(ascii: "/")] : entry.name }
    var bytes: [UInt8] = []
    for entry in entries.sorted(by: { key($0).lexicographicallyPrecedes(key($1)) }) {
      bytes += Array("\(entry.mode) ".utf8) + entry.name + [0]
      entry.id.append(to: &bytes)
    }
    return try write(bytes, as: .tree)
  }

  /// Never signed, whatever the user's configuration says of commits.
  package func writeCommit(
    tree: ObjectID, parents: [ObjectID], by signature: Signature, message: String
  ) throws(GitError) -> ObjectID {
    var lines = ["tree \(tree)"] + parents.map { "parent \($0)" }
    lines += ["author \(signature.header)", "committer \(signature.header)", "", message]
    return try write(Array(lines.joined(separator: "\n").utf8), as: .commit)
  }

  /// Moves all objects into the repository's database; they are durable when this returns.
  package func publish() throws(GitError) {
    try withFiles { () throws(FileError) in
      var touched: Set<String> = [repository.objectDirectory]
      for name in try Files.list(directory).sorted() where name.utf8.count == 2 {
        // What a program left that died while it wrote has another name.
        for object in try Files.list(directory + "/" + name) where object.utf8.count == 38 {
          try adopt(name + "/" + object, into: &touched)
        }
      }
      // An index makes its pack visible, so it comes last.
      let packFiles = try Files.list(directory + "/pack").sorted {
        !$0.hasSuffix(".idx") && $1.hasSuffix(".idx")
      }
      for name in packFiles where name.hasSuffix(".pack") {
        try Files.makeDirectory(
          repository.objectDirectory + "/pack", permissionsOf: repository.objectDirectory)
        let keep = repository.objectDirectory + "/pack/" + name.dropLast(5) + ".keep"
        do throws(FileError) {
          try Files.create(Array("git-session \(getpid())\n".utf8), at: keep)
          keeps.append(keep)
        } catch  where error.isExisting {
          // The user keeps a pack of the same objects.
        }
      }
      for name in packFiles { try adopt("pack/" + name, into: &touched) }
      for folder in touched { try Files.synchronizeDirectory(folder) }
    }
  }

  private func adopt(_ name: String, into touched: inout Set<String>) throws(FileError) {
    let (source, target) = (directory + "/" + name, repository.objectDirectory + "/" + name)
    try Files.makeDirectory(Files.parent(of: target), permissionsOf: repository.objectDirectory)
    try Files.synchronize(source)
    do {
      try Files.rename(source, to: target)
    } catch  where error.code == EXDEV {
      try Files.copy(source, to: target + ".tmp")
      try Files.rename(target + ".tmp", to: target)
    }
    touched.insert(Files.parent(of: target))
  }

  /// The variable holds a list; a path that would be taken for one is quoted, as git reads it.
  private static func quoted(_ path: String) -> String {
    guard path.contains(":") || path.hasPrefix("\"") else { return path }
    return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension Repository {
  var objectDirectory: String { commonDirectory + "/objects" }
}
