import Clibgit2

/// A repository as libgit2 sees it.
final class LibraryBackend: Backend {
  private let handle: Handle
  let objects: any ObjectSource
  /// Whether libgit2 has an empty index instead of the user's.
  private var hasOwnIndex = false

  init(opening gitDirectory: String) throws(GitError) {
    let opened = try Handle("open '\(gitDirectory)'", release: git_repository_free) {
      git_repository_open(&$0, gitDirectory)
    }
    let repository = opened.pointer
    let database = try Handle("open the object database", release: git_odb_free) {
      git_repository_odb(&$0, repository)
    }
    // By itself it understands a relative path in the first list alone. What it has already, it does not add again.
    let own = git_repository_commondir(repository).map { String(cString: $0) } ?? gitDirectory
    for folder in Alternates.all(of: own + "/objects") {
      try check(git_odb_add_disk_alternate(database.pointer, folder), "borrow objects from '\(folder)'")
    }
    objects = LibraryObjects(database)
    handle = opened
  }

  func objects(inQuarantine path: String, of repository: Repository) throws(GitError) -> any ObjectSource {
    let opened = try Handle("open a quarantine", release: git_odb_free) { git_odb_new(&$0) }
    try check(git_odb_add_disk_alternate(opened.pointer, path), "open a quarantine")
    return LibraryObjects(opened)
  }

  func setting(_ key: String, of repository: Repository) -> String? {
    var configuration: OpaquePointer?
    defer {
      git_config_free(configuration)
      git_error_clear()
    }
    guard git_repository_config(&configuration, handle.pointer) == 0 else { return nil }
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    return git_config_get_string_buf(&buffer, configuration, key) == 0
      ? buffer.ptr.map { String(cString: $0) } ?? "" : nil
  }

  func freshen(_ ids: [ObjectID], of repository: Repository) throws(GitError) -> [ObjectID] {
    guard let objects = objects as? LibraryObjects else { return ids }
    return try objects.freshen(ids)
  }

  /// Compares and changes under the reference's lock. libgit2's own calls that create a reference look before
  /// they lock, so that of two processes that create one at the same time the second overwrites the first.
  func change(
    _ name: String, from old: ObjectID?, to new: ObjectID?, log message: String, of repository: Repository
  ) throws(GitError) {
    let pointer = handle.pointer
    let transaction = try Handle("change \(name)", release: git_transaction_free) {
      git_transaction_new(&$0, pointer)
    }
    try check(git_transaction_lock_ref(transaction.pointer, name), "lock \(name)")
    guard try repository.reference(name) == old else { throw GitError(.moved, "\(name) has moved") }
    if let new {
      var target = try new.raw
      try check(
        git_transaction_set_target(transaction.pointer, name, &target, nil, message), "move \(name)")
    } else {
      try check(git_transaction_remove(transaction.pointer, name), "delete \(name)")
    }
    try check(git_transaction_commit(transaction.pointer), "change \(name)")
  }

  func diffAttributes(
    of paths: [RepositoryPath], in repository: Repository
  ) throws(GitError) -> [DiffAttribute] {
    try avoidIndex()
    var found: [DiffAttribute] = []
    for path in paths {
      var value: UnsafePointer<CChar>?
      let name = path.bytes.map(CChar.init(bitPattern:)) + [0]
      try check(git_attr_get(&value, handle.pointer, 0, name, "diff"), "read the attributes of '\(path)'")
      switch git_attr_value(value) {
      case GIT_ATTR_VALUE_TRUE: found.append(.set)
      case GIT_ATTR_VALUE_FALSE: found.append(.unset)
      case GIT_ATTR_VALUE_STRING: found.append(value.map { .driver(String(cString: $0)) } ?? .unspecified)
      default: found.append(.unspecified)
      }
    }
    return found
  }

  /// Gives libgit2 an empty index of its own. It would read the user's to look up an attribute, which takes longer than
  /// all else where there are many files.
  private func avoidIndex() throws(GitError) {
    guard !hasOwnIndex else { return }
    let index = try Handle("make an index", release: git_index_free) { git_index_new(&$0) }
    try check(git_repository_set_index(handle.pointer, index.pointer), "make an index")
    hasOwnIndex = true
  }
}

/// An object database as libgit2 sees it.
private final class LibraryObjects: ObjectSource {
  private let database: Handle

  init(_ database: consuming Handle) { self.database = database }

  func header(of id: ObjectID) throws(GitError) -> ObjectHeader? {
    var oid = try id.raw
    var size = 0
    var type = GIT_OBJECT_INVALID
    guard try found(git_odb_read_header(&size, &type, database.pointer, &oid), "read object \(id)") else {
      return nil
    }
    guard let kind = [ObjectKind.commit, .tree, .blob, .tag].first(where: { $0.raw == type }) else {
      throw GitError(.invalid, "object \(id) is of no known kind")
    }
    return ObjectHeader(kind: kind, size: size)
  }

  func content(of id: ObjectID) throws(GitError) -> [UInt8] {
    var oid = try id.raw
    let pointer = database.pointer
    let object = try Handle("read object \(id)", release: git_odb_object_free) {
      git_odb_read(&$0, pointer, &oid)
    }
    return Array(
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer)))
  }

  func freshen(_ ids: [ObjectID]) throws(GitError) -> [ObjectID] {
    var backends: [UnsafeMutablePointer<git_odb_backend>] = []
    for index in 0..<git_odb_num_backends(database.pointer) {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      try check(git_odb_get_backend(&backend, database.pointer, index), "open the object database")
      if let backend { backends.append(backend) }
    }
    defer { git_error_clear() }
    var missing: [ObjectID] = []
    for id in ids {
      var oid = try id.raw
      if !backends.contains(where: { $0.pointee.freshen?($0, &oid) == 0 }) { missing.append(id) }
    }
    return missing
  }
}
