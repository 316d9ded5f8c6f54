import Clibgit2

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A reference and the object that it names.
package struct Reference: Hashable, Sendable {
  package let name: String
  package let target: ObjectID

  package init(name: String, target: ObjectID) {
    self.name = name
    self.target = target
  }
}

/// Where HEAD stands.
package struct Head: Hashable, Sendable {
  /// `refs/heads/main`; nil if detached.
  package let branch: String?
  /// Nil on an unborn branch.
  package let commit: ObjectID?

  package init(branch: String?, commit: ObjectID?) {
    self.branch = branch
    self.commit = commit
  }
}

extension Repository {
  /// How long a lock of another process is waited for.
  private static let patience = Duration.milliseconds(500)

  var referenceFiles: ReferenceFiles {
    ReferenceFiles(gitDirectory: gitDirectory, commonDirectory: commonDirectory)
  }

  package func reference(_ name: String) throws(GitError) -> ObjectID? {
    try requireValid(name)
    return try referenceFiles.object(of: name)
  }

  /// The references whose names start with `prefix`, which ends with a slash, sorted by name. Left out are symbolic
  /// ones and those that cannot be read.
  package func references(under prefix: String) throws(GitError) -> [Reference] {
    try referenceFiles.list(under: prefix)
  }

  package func head() throws(GitError) -> Head {
    switch try referenceFiles.value(of: "HEAD") {
    case .object(let id): return Head(branch: nil, commit: id)
    case .symbolic(let branch): return Head(branch: branch, commit: try reference(branch))
    case nil: throw GitError(.missing, "this repository has no HEAD")
    }
  }

  /// Whether git takes this for the name of a reference.
  package func isReferenceName(_ name: String) throws(GitError) -> Bool {
    var isValid: Int32 = 0
    try check(git_reference_name_is_valid(&isValid, name), "look at the name '\(name)'")
    return isValid == 1
  }

  /// A name becomes the path of a file.
  private func requireValid(_ name: String) throws(GitError) {
    guard try isReferenceName(name) else { throw GitError(.invalid, "'\(name)' is no name of a reference") }
  }

  /// Moves a reference from the value that was read to a new one; nil stands for a reference that does not exist.
  ///
  /// Throws `.moved` if it has another value by now, and `.locked` if a lock does not yield within half a second.
  package func move(_ name: String, from old: ObjectID?, to new: ObjectID, log message: String)
    throws(GitError)
  {
    try move(name, from: old, to: ReferenceValue(new), log: message)
  }

  /// The same with a value that may have been prepared.
  package func move(
    _ name: String, from old: ObjectID?, to value: ReferenceValue, log message: String
  ) throws(GitError) {
    let new = value.id
    if ReferenceFiles.moves(name) {
      try requireValid(name)
      let entry = try logEntry(of: name, from: old, to: new, message)
      return try retryingWhileLocked { () throws(GitError) in
        try referenceFiles.move(name, from: old, to: value, log: entry)
      }
    }
    try requireValid(name)
    try retryingWhileLocked { () throws(GitError) in
      try backend.change(name, from: old, to: new, log: message, of: self)
    }
  }

  /// Deletes a reference that still has the value `expected`; throws `.moved` otherwise.
  package func delete(_ name: String, expecting expected: ObjectID) throws(GitError) {
    try requireValid(name)
    try retryingWhileLocked { () throws(GitError) in
      try backend.change(name, from: expected, to: nil, log: "", of: self)
    }
  }

  /// Deletes those references that still have these values, all at once or, if one of them has moved, none.
  package func delete(_ references: [Reference]) throws(GitError) {
    guard !references.isEmpty else { return }
    let lines = references.map { "delete \($0.name) \($0.target)\n" }.joined()
    try run(["update-ref", "--stdin"], input: Array(lines.utf8))
  }

  private func retryingWhileLocked(_ body: () throws(GitError) -> Void) throws(GitError) {
    let end = ContinuousClock.now + Self.patience
    while true {
      do {
        return try body()
      } catch  where error.kind == .locked && ContinuousClock.now < end {
        usleep(10_000)
      }
    }
  }
}
