import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ObjectBatch {
  /// Makes git write into this batch and read from it. What is added later is seen with the next environment.
  package var environment: [String: String] {
    get throws(GitError) {
      try show()
      return [
        "GIT_OBJECT_DIRECTORY": quarantine,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": Self.quoted(repository.objectDirectory),
      ]
    }
  }

  /// Writes what is in memory into the quarantine, for others to read.
  func show() throws(GitError) {
    try finishLarge()
    try withFiles { () throws(FileError) in
      guard shown < draft.entries.count else { return }
      copies.insert(try draft.write(skipping: shown, by: packWriter))
      shown = draft.entries.count
    }
  }

  /// Makes a pack in the quarantine of what did not fit into memory.
  func finishLarge() throws(GitError) {
    try largeLock.whileHeld { () throws(GitError) in
      guard large != nil else { return }
      try spill()
      guard let large = large.take(), !large.entries.isEmpty else { return }
      do throws(FileError) {
        copies.remove(try large.finish(by: packWriter))
      } catch {
        // What it held is lost, so nothing of this batch may be published any more.
        failure = GitError(error)
      }
    }
    if let failure { throw failure }
  }

  /// Moves all objects into the repository's database; they are durable when this returns.
  ///
  /// May be called again for what was added since. No other thread may write meanwhile, but any may read.
  package func publish() throws(GitError) {
    let leftLoose = try takeInLooseObjects()
    try finishLarge()
    try withFiles { () throws(FileError) in
      if !draft.isEmpty { copies.remove(try draft.write(by: packWriter)) }
      let names = try Files.list(quarantine + "/pack").filter { $0.hasSuffix(".idx") }.map {
        String($0.dropLast(4))
      }
      let new = Set(names).subtracting(copies).subtracting(published).sorted()
      try repository.rememberPacks(new)
      // Before any of them gets its place, and all at once: each waits for the disk.
      let files = new.flatMap { ["pack/\($0).pack", "pack/\($0).idx"] } + leftLoose
      try Files.synchronize(files.map { quarantine + "/" + $0 } + takePrepared())
      let isFirst = try Files.status(repository.objectDirectory + "/pack") == nil
      for name in new { try publishPack(name) }
      for object in leftLoose { try publishLoose(object) }
      // The folders in it last if they are new.
      if isFirst || !leftLoose.isEmpty { try Files.synchronizeDirectory(repository.objectDirectory) }
    }
    lock.whileHeld { empty() }
  }

  private func publishPack(_ name: String) throws(FileError) {
    let folder = repository.objectDirectory + "/pack"
    try Files.makeDirectory(folder, permissionsOf: repository.objectDirectory)
    let keep = "\(folder)/\(name).keep"
    do throws(FileError) {
      try Files.create(Array("git-session \(getpid())\n".utf8), at: keep, isLasting: false)
      keeps.append(keep)
    } catch  where error.isExisting {
      // Somebody keeps a pack of the same objects.
    }
    // The index makes the pack visible, so it comes last.
    for ending in ["pack", "idx"] { try adopt("pack/\(name).\(ending)") }
    try Files.synchronizeDirectory(folder)
    if !published.contains(name) { published.append(name) }
  }

  private func publishLoose(_ name: String) throws(FileError) {
    let folder = Files.parent(of: repository.objectDirectory + "/" + name)
    try Files.makeDirectory(folder, permissionsOf: repository.objectDirectory)
    try adopt(name)
    try Files.synchronizeDirectory(folder)
  }

  /// Puts a file of the quarantine, which is durable, into the object database as well. It stays here too.
  private func adopt(_ name: String) throws(FileError) {
    let (source, target) = ("\(quarantine)/\(name)", "\(repository.objectDirectory)/\(name)")
    guard try !PackFile.link(source, to: target) else { return }
    // Another disk, or one without links.
    try Files.copy(source, to: target + ".tmp")
    try PackFile.setPermissions(permissions, of: target + ".tmp")
    try Files.rename(target + ".tmp", to: target)
  }

  /// Makes sure that what was published is still there, once references name it: a `git repack` that began before
  /// may have removed it. Gives true if something had to be put back.
  @discardableResult
  package func verifyPublished() throws(GitError) -> Bool {
    try withFiles { () throws(FileError) in
      var isMended = false
      for name in published {
        let path = "\(repository.objectDirectory)/pack/\(name)"
        if try Files.status(path + ".pack") != nil, try Files.status(path + ".idx") != nil { continue }
        try repository.rememberPacks([name])
        try publishPack(name)
        isMended = true
      }
      return isMended
    }
  }

  /// The variable holds a list; a path that would be taken for one is quoted, as git reads it.
  private static func quoted(_ path: String) -> String {
    guard path.contains(":") || path.hasPrefix("\"") else { return path }
    return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
