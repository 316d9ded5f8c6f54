import Clibgit2
import Files

/// Settings of few consequence, read through libgit2. What decides anything is read by git itself: see
/// ``configuration()``.
extension Repository {
  func setting(_ key: String) -> String? {
    withSettings { configuration in
      var buffer = git_buf()
      defer { git_buf_dispose(&buffer) }
      return git_config_get_string_buf(&buffer, configuration, key) == 0 ? String(cString: buffer.ptr) : nil
    }
  }

  func numericSetting(_ key: String) -> Int64? {
    withSettings { configuration in
      var number: Int64 = 0
      return git_config_get_int64(&number, configuration, key) == 0 ? number : nil
    }
  }

  private func withSettings<Value>(_ body: (OpaquePointer?) -> Value?) -> Value? {
    var configuration: OpaquePointer?
    guard git_repository_config(&configuration, handle.pointer) == 0 else {
      git_error_clear()
      return nil
    }
    defer {
      git_config_free(configuration)
      git_error_clear()
    }
    return body(configuration)
  }

  /// Gives libgit2 an empty index of its own. It would read the user's to look up an attribute, which takes longer than
  /// all else where there are many files.
  func avoidIndex() throws(GitError) {
    guard !hasOwnIndex else { return }
    let index = try Handle("make an index", release: git_index_free) { git_index_new(&$0) }
    try check(git_repository_set_index(handle.pointer, index.pointer), "make an index")
    hasOwnIndex = true
  }
}

/// The object database, and which of its packs are ours.
extension Repository {
  var objectDirectory: String { commonDirectory + "/objects" }

  /// For a new file in the object database.
  var objectPermissions: UInt32 { PackFile.objectPermissions(in: objectDirectory) }

  /// A folder with an empty file for each pack that batches of this clone have written. Some may be gone.
  var packList: String { cloneState + "/packs" }

  /// Notes that packs are ours, before they can be seen: only what is noted is ever consolidated.
  func rememberPacks(_ names: [String]) throws(FileError) {
    guard !names.isEmpty else { return }
    do throws(FileError) {
      try note(names)
    } catch  where error.isNoDirectory {
      try replaceByFolder()
      try note(names)
    }
  }

  /// The names in the list.
  func listedPacks() throws(FileError) -> [String] {
    do throws(FileError) {
      return try Files.list(packList)
    } catch  where error.isNoDirectory {
      return []
    }
  }

  /// Nothing of truth is in the list, so whatever else has its name makes room for a folder.
  private func replaceByFolder() throws(FileError) {
    do throws(FileError) {
      try Files.remove(packList)
    } catch  where error.isDirectory {
      // Another process has been quicker.
    }
  }

  private func note(_ packs: [String]) throws(FileError) {
    try Files.makeDirectory(packList)
    for name in packs {
      do throws(FileError) {
        try PackFile.createNote([], at: "\(packList)/\(name)")
      } catch  where error.isExisting {}
    }
  }

  /// `core.compression`, from 0 to 9; nil where it is not set, or means zlib's own.
  var compressionLevel: Int32? {
    numericSetting("core.compression").flatMap { (0...9).contains($0) ? Int32($0) : nil }
  }

  /// Gives the objects a new date, so that a concurrent `git gc` takes them for used. Returns those that are not
  /// there, or whose date cannot be set: they have to be written.
  package func freshen(_ ids: [ObjectID]) throws(GitError) -> [ObjectID] {
    let database = database.pointer
    var backends: [UnsafeMutablePointer<git_odb_backend>] = []
    for index in 0..<git_odb_num_backends(database) {
      var backend: UnsafeMutablePointer<git_odb_backend>?
      try check(git_odb_get_backend(&backend, database, index), "open the object database")
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
