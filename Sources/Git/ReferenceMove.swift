import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a reference is to name.
package struct ReferenceValue: Sendable {
  package let id: ObjectID
  /// A durable file that holds it in git's form; nil if there is none yet.
  let file: String?

  package init(_ id: ObjectID) { self.init(id, file: nil) }

  fileprivate init(_ id: ObjectID, file: String?) { (self.id, self.file) = (id, file) }

  fileprivate var bytes: [UInt8] { Array("\(id)\n".utf8) }
}

extension ObjectBatch {
  /// Prepares the move of a reference to an object of this batch: its new value becomes durable together with the
  /// objects, by ``publish()``, instead of while the reference is locked.
  package func prepareValue(_ id: ObjectID) throws(GitError) -> ReferenceValue {
    let value = ReferenceValue(id, file: temporaryFile("\(id).value"))
    try withFiles { () throws(FileError) in try prepare(value.bytes, at: temporaryFile("\(id).value")) }
    return value
  }
}

extension ReferenceFiles {
  /// Whether a reference is moved here; branches, which work trees stand on, are left to the backend.
  static func moves(_ name: String) -> Bool {
    name.hasPrefix("refs/sessions") || name.hasPrefix("refs/notes/")
  }

  /// Moves a reference as git does: under its lock, if it still has the value that was read, and durable; those of
  /// notes, which chains tell as well, may be as before after a crash.
  ///
  /// Throws `.moved` if it has another value by now, `.locked` if another process has the lock, and `.other` if
  /// references of other names stand in the way.
  func move(
    _ name: String, from old: ObjectID?, to new: ReferenceValue, log entry: String?
  ) throws(GitError) {
    let path = path(of: name)
    var lock = try lock(path, prepared: new.file)
    guard try current(name) == old.map(Value.object) else { throw GitError(.moved, "\(name) has moved") }
    if old == nil { try requireRoom(for: name) }
    do {
      if let entry { try append(entry, toLogOf: name) }
      try lock.replace(with: new.bytes, isLasting: !name.hasPrefix("refs/notes/"))
    } catch  where error.isDirectory || error.isExisting {
      throw GitError(.other, "cannot write \(name): references have names below it")
    } catch {
      throw GitError(error)
    }
  }

  private func current(_ name: String) throws(GitError) -> Value? {
    do {
      return try value(of: name)
    } catch  where error.kind == .invalid {
      // What is broken is nobody's to overwrite.
      throw GitError(.other, error.description)
    }
  }

  /// git removes folders that have become empty, also the one that was just made.
  private func lock(_ path: String, prepared: String?) throws(GitError) -> LockFile {
    let model = commonDirectory + "/refs"
    for _ in 0..<Self.attempts {
      do throws(FileError) {
        return try LockFile(path, permissionsOf: model, prepared: prepared)
      } catch {
        if error.isExisting { throw GitError(.locked, "'\(path).lock' exists") }
        guard error.isMissing, !error.isNoDirectory else { throw GitError(error) }
      }
      do throws(FileError) {
        try Files.makeDirectories(Files.parent(of: path), permissionsOf: model)
      } catch {
        guard error.isMissing, !error.isNoDirectory else { throw GitError(error) }
      }
    }
    throw GitError(.locked, "cannot make '\(path).lock'")
  }

  private static let attempts = 20

  /// A reference cannot stand where others have their folder, nor below another one; among the packed ones no file
  /// system sees to it.
  private func requireRoom(for name: String) throws(GitError) {
    let parts = name.split(separator: "/")
    for count in 2..<parts.count {
      let above = parts.prefix(count).joined(separator: "/")
      guard try value(of: above) == nil else {
        throw GitError(.other, "cannot write \(name): there is a reference \(above)")
      }
    }
    guard try list(under: name + "/").isEmpty else {
      throw GitError(.other, "cannot write \(name): references have names below it")
    }
    // What is left of references that are gone.
    try withFiles { () throws(FileError) in try Files.removeEmptyDirectories(path(of: name)) }
  }

  // MARK: - Logs

  func logPath(of name: String) -> String { commonDirectory + "/logs/" + name }

  private func append(_ entry: String, toLogOf name: String) throws(FileError) {
    let path = logPath(of: name)
    try Files.makeDirectories(Files.parent(of: path), permissionsOf: commonDirectory + "/refs")
    try Files.append(Array(entry.utf8), to: path)
    Files.share(path)
  }
}

extension Repository {
  /// The line for the log of a reference; nil if git keeps none of it.
  ///
  /// Kept are those that exist and, unless `core.logAllRefUpdates` says otherwise, those of notes.
  /// Format: https://git-scm.com/docs/gitrepository-layout, `logs`.
  func logEntry(
    of name: String, from old: ObjectID?, to new: ObjectID, _ message: String
  ) throws(GitError) -> String? {
    let path = referenceFiles.logPath(of: name)
    let exists = try withFiles { () throws(FileError) in try Files.status(path) != nil }
    if !exists {
      guard try makesLog(of: name) else { return nil }
    }
    let values = "\(old ?? objectFormat.none) \(new)"
    return "\(values) \(try author)\t\(message)\n"
  }

  /// Who moves references, and when. Where no name is set there is one all the same, as for commits: git does not
  /// show an entry without a time.
  private var author: String {
    get throws(GitError) {
      let unnamed = Signature.unnamed
      return Signature(
        name: try setting("user.name") ?? unnamed.name, email: try setting("user.email") ?? unnamed.email,
        seconds: Int64(time(nil))
      ).header
    }
  }

  private func makesLog(of name: String) throws(GitError) -> Bool {
    let text = try setting("core.logallrefupdates") ?? "true"
    if text.lowercased() == "always" { return true }
    return name.hasPrefix("refs/notes/") && Configuration.boolean(text) != false
  }
}
