import Files

/// The references of a repository as the files that git keeps them in: one for each below the git dir, `packed-refs`
/// for those that have not moved for a while.
///
/// libgit2 reads all of `packed-refs` before it answers anything. Repositories that keep references in another way
/// (`extensions.refStorage`) are not opened at all.
///
/// `git pack-refs` may run at any time. It writes a reference to `packed-refs` before it removes the file, so what is
/// no longer found as a file is looked for there afterwards, never the other way round.
struct ReferenceFiles {
  /// The git dir of this work tree, for `HEAD` and other names that each work tree has for itself.
  let gitDirectory: String
  let commonDirectory: String

  enum Value: Hashable {
    case object(ObjectID)
    case symbolic(String)
  }

  /// What a reference holds; nil if it does not exist.
  func value(of name: String) throws(GitError) -> Value? {
    if let value = try looseValue(of: name) { return value }
    guard let packed = try packed() else { return nil }
    return try packed.value(of: name).map(Value.object)
  }

  /// The object that a reference names, perhaps through others.
  func object(of name: String) throws(GitError) -> ObjectID? {
    var name = name
    for _ in 0...Self.longestWay {
      switch try value(of: name) {
      case .object(let id): return id
      case .symbolic(let next): name = next
      case nil: return nil
      }
    }
    throw GitError(.invalid, "\(name) is a symbolic reference that leads nowhere")
  }

  /// As many symbolic references in a row as git follows.
  private static let longestWay = 5

  /// The references that start with `prefix`, which ends with a slash; symbolic ones and those that cannot be read
  /// are left out.
  func list(under prefix: String) throws(GitError) -> [Reference] {
    var loose: [String: ObjectID] = [:]
    var names = Set<String>()
    try collect(below: String(prefix.dropLast()), into: &loose, &names)
    let packed = try packed()?.list(under: prefix) ?? []
    var found = loose.map { Reference(name: $0.key, target: $0.value) }
    // A file hides what is packed, unless nothing can be made of it.
    for reference in packed where !names.contains(reference.name) { found.append(reference) }
    return found.sorted { $0.name < $1.name }
  }

  /// The file of a reference.
  func path(of name: String) -> String { (isShared(name) ? commonDirectory : gitDirectory) + "/" + name }

  /// https://git-scm.com/docs/gitrepository-layout: what does not begin with `refs/`, and some that do, belong to
  /// one work tree.
  private func isShared(_ name: String) -> Bool {
    name.hasPrefix("refs/")
      && !["refs/bisect/", "refs/worktree/", "refs/rewritten/"].contains(where: name.hasPrefix)
  }

  private func packed() throws(GitError) -> PackedReferences? {
    do {
      return try PackedReferences(at: commonDirectory + "/packed-refs")
    } catch {
      throw GitError(error)
    }
  }

  private func looseValue(of name: String) throws(GitError) -> Value? {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path(of: name), limit: Self.longestFile)
    } catch  where error.isMissing || error.isDirectory {
      return nil
    } catch {
      throw GitError(error)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if text.hasPrefix("ref:") {
      let target = text.dropFirst(4).drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
      return .symbolic(String(target))
    }
    guard let id = ObjectID(text.prefix { !$0.isWhitespace }) else {
      throw GitError(.invalid, "the reference \(name) is broken: '\(path(of: name))' names no object")
    }
    return .object(id)
  }

  private func entries(of folder: String) throws(GitError) -> [(name: String, isFolder: Bool)] {
    let path = path(of: folder)
    do {
      return try Files.list(path).map { (name) throws(FileError) in
        (name, try Files.status(path + "/" + name)?.kind == .directory)
      }
    } catch  where error.isMissing {
      return []
    } catch {
      throw GitError(error)
    }
  }

  /// Longer than any name that a file system takes.
  private static let longestFile = 1 << 16

  private func collect(
    below folder: String, into values: inout [String: ObjectID], _ names: inout Set<String>
  ) throws(GitError) {
    for entry in try entries(of: folder) where !entry.name.hasSuffix(".lock") {
      let name = folder + "/" + entry.name
      if entry.isFolder {
        try collect(below: name, into: &values, &names)
        continue
      }
      do {
        switch try looseValue(of: name) {
        case .object(let id):
          values[name] = id
          names.insert(name)
        case .symbolic: names.insert(name)
        case nil: break
        }
      } catch  where error.kind == .invalid {
        // A file that a power cut has emptied hides nothing.
      }
    }
  }
}
