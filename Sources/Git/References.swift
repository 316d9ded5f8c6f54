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
  private static let patience = 500

  package func reference(_ name: String) throws(GitError) -> ObjectID? {
    var oid = git_oid()
    guard try found(git_reference_name_to_id(&oid, handle.pointer, name), "read \(name)") else { return nil }
    return ObjectID(oid)
  }

  /// The references whose names start with `prefix`, sorted by name.
  package func references(under prefix: String) throws(GitError) -> [Reference] {
    let repository = handle.pointer
    let iterator = try Handle("list references", release: git_reference_iterator_free) {
      git_reference_iterator_glob_new(&$0, repository, prefix + "*")
    }
    var references: [Reference] = []
    while true {
      var next: OpaquePointer?
      let code = git_reference_next(&next, iterator.pointer)
      if code == GIT_ITEROVER.rawValue { break }
      try check(code, "list references")
      defer { git_reference_free(next) }
      guard let target = git_reference_target(next) else { continue }
      references.append(
        Reference(name: String(cString: git_reference_name(next)), target: ObjectID(target.pointee)))
    }
    return references.sorted { $0.name < $1.name }
  }

  package func head() throws(GitError) -> Head {
    let repository = handle.pointer
    let head = try Handle("read HEAD", release: git_reference_free) {
      git_reference_lookup(&$0, repository, "HEAD")
    }
    let branch = git_reference_symbolic_target(head.pointer).map { String(cString: $0) }
    return Head(branch: branch, commit: try reference("HEAD"))
  }

  /// Moves a reference from the value that was read to a new one; nil stands for a reference that does not exist.
  ///
  /// Throws `.moved` if it has another value by now, and `.locked` if a lock does not yield within half a second.
  package func move(_ name: String, from old: ObjectID?, to new: ObjectID, log message: String)
    throws(GitError)
  {
    var target = try new.raw
    try changing(name, from: old) { transaction throws(GitError) in
      try check(git_transaction_set_target(transaction, name, &target, nil, message), "move \(name)")
    }
  }

  /// Deletes a reference that still has the value `expected`; throws `.moved` otherwise.
  package func delete(_ name: String, expecting expected: ObjectID) throws(GitError) {
    try changing(name, from: expected) { transaction throws(GitError) in
      try check(git_transaction_remove(transaction, name), "delete \(name)")
    }
  }

  /// Compares and changes under the reference's lock. libgit2's own calls that create a reference look before
  /// they lock, so that of two processes that create one at the same time the second overwrites the first.
  private func changing(
    _ name: String, from old: ObjectID?, _ change: (OpaquePointer) throws(GitError) -> Void
  ) throws(GitError) {
    try retryingWhileLocked { () throws(GitError) in
      let repository = handle.pointer
      let transaction = try Handle("change \(name)", release: git_transaction_free) {
        git_transaction_new(&$0, repository)
      }
      try check(git_transaction_lock_ref(transaction.pointer, name), "lock \(name)")
      guard try reference(name) == old else { throw GitError(.moved, "\(name) has moved") }
      try change(transaction.pointer)
      try check(git_transaction_commit(transaction.pointer), "change \(name)")
    }
  }

  private func retryingWhileLocked(_ body: () throws(GitError) -> Void) throws(GitError) {
    var waited = 0
    while true {
      do {
        return try body()
      } catch  where error.kind == .locked && waited < Self.patience {
        usleep(10_000)
        waited += 10
      }
    }
  }
}
