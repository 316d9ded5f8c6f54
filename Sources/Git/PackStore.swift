import Files

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
    try Files.makeDirectory(packList, permissionsOf: sharedModel)
    for name in packs {
      do throws(FileError) {
        try Files.create([], at: "\(packList)/\(name)", isLasting: false)
      } catch  where error.isExisting {}
    }
  }

  /// `core.compression`, from 0 to 9; nil where it is not set, or means zlib's own.
  var compressionLevel: Int32? {
    get throws(GitError) {
      let number = try setting("core.compression").flatMap(Configuration.number)
      return number.flatMap { (0...9).contains($0) ? Int32($0) : nil }
    }
  }

  /// A setting of few consequence. What decides anything is read from ``configuration()``.
  func setting(_ key: String) throws(GitError) -> String? { try backend.setting(key, of: self) }

  /// Gives the objects a new date, so that a concurrent `git gc` takes them for used. Returns those that are not
  /// there, or only as an empty file, as a crash may leave one, or whose date cannot be set.
  package func freshen(_ ids: [ObjectID]) throws(GitError) -> [ObjectID] {
    let missing = Set(try backend.freshen(ids, of: self))
    return ids.filter { missing.contains($0) || isEmptyFile($0) }
  }

  private func isEmptyFile(_ id: ObjectID) -> Bool {
    (try? Files.status(looseFile(of: id)))?.size == 0
  }

  /// Where the object lies if it is in a file of its own.
  func looseFile(of id: ObjectID) -> String {
    "\(objectDirectory)/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
  }
}
