package import Git
package import Sessions

/// Where one writer keeps the tips of sessions that have ended: `refs/sessions-archive/<writer>`.
///
/// One reference stands for all of them, so that ten thousand sessions cost git no more than ten. It names a commit
/// whose tree lists the tips and whose parents are those that were added with it, behind the archive as it was before.
/// So every tip is reachable, each commit has few parents, and the tree of the last one tells all.
///
/// The tree has a folder for each first four characters of a session's name, which stand for twelve days, and in it a
/// submodule entry `<session>-<writer>` for each tip: adding some writes one or two folders anew, finding one session
/// reads one.
package struct SessionArchive {
  package static let prefix = "refs/sessions-archive/"

  package let writer: WriterID
  package let commit: ObjectID
  /// The folders of the tree by their names.
  let folders: [String: ObjectID]
  /// What is no archive, or no entry of one, with the reason.
  package private(set) var foreign: [ForeignCommit] = []

  package static func reference(of writer: WriterID) -> String { prefix + writer.description }

  /// The mode of an entry that names a commit, as git writes those of submodules.
  static let entryMode = "160000"

  static func folder(of session: SessionID) -> String { String(session.description.prefix(4)) }

  static func entryName(of reference: SessionReference) -> [UInt8] {
    Array("\(reference.session)-\(reference.writer)".utf8)
  }

  /// Anybody may have put anything there: what is not as described counts for nothing.
  init(of writer: WriterID, at commit: ObjectID, in repository: Repository) throws(GitError) {
    self.writer = writer
    self.commit = commit
    var folders: [String: ObjectID] = [:]
    do {
      for entry in try repository.tree(try repository.commit(commit).tree) {
        let name = String(decoding: entry.name, as: UTF8.self)
        if entry.isTree, name.utf8.count == 4 {
          folders[name] = entry.id
        } else {
          foreign.append(ForeignCommit(id: commit, reason: "the archive of \(writer) holds another entry"))
        }
      }
    } catch  where error.isOfObject {
      foreign.append(ForeignCommit(id: commit, reason: "the archive of \(writer) cannot be read: \(error)"))
    }
    self.folders = folders
  }

  /// The tips of one session.
  func tips(of session: SessionID, in repository: Repository) throws(GitError) -> [Tip] {
    guard let folder = folders[Self.folder(of: session)] else { return [] }
    let name = Array("\(session)-".utf8)
    return try entries(folder, repository).filter { $0.name.starts(with: name) }.compactMap(tip)
  }

  /// All tips.
  func tips(in repository: Repository) throws(GitError) -> [Tip] {
    var tips: [Tip] = []
    for folder in folders.values { tips += try entries(folder, repository).compactMap(tip) }
    return tips
  }

  func entries(_ folder: ObjectID, _ repository: Repository) throws(GitError) -> [TreeEntry] {
    do {
      return try repository.tree(folder)
    } catch  where error.isOfObject {
      return []
    }
  }

  private func tip(_ entry: TreeEntry) -> Tip? {
    let parts = String(decoding: entry.name, as: UTF8.self).split(
      separator: "-", omittingEmptySubsequences: false)
    guard entry.mode == Self.entryMode, parts.count == 2, let session = SessionID(parts[0]),
      let writer = WriterID(parts[1])
    else { return nil }
    return Tip(
      reference: SessionReference(session: session, writer: writer), commit: entry.id, archive: self.writer)
  }
}

extension Repository {
  /// All archives that are here.
  package func archives() throws(GitError) -> [SessionArchive] {
    var archives: [SessionArchive] = []
    for reference in try references(under: SessionArchive.prefix) {
      guard let writer = WriterID(reference.name.dropFirst(SessionArchive.prefix.count)) else { continue }
      archives.append(try SessionArchive(of: writer, at: reference.target, in: self))
    }
    return archives
  }
}
