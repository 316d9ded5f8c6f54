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

  /// Below it stand the archives of a remote that were looked at and found to be some. The part behind the remote's name
  /// is no writer, so that no other remote, whose name may go on with any part, has references there.
  static func remotePrefix(_ remote: String) -> String { "refs/sessions-remote-archive/\(remote)/by/" }

  package static func reference(of writer: WriterID, at remote: String) -> String {
    remotePrefix(remote) + writer.description
  }

  /// Below it stand those that were fetched, until somebody has looked at them.
  package static func arrivalPrefix(_ remote: String) -> String {
    "refs/sessions-remote-archive/\(remote)/new/"
  }

  /// The mode of an entry that names a commit, as git writes those of submodules.
  static let entryMode = "160000"

  /// In bytes, of one tree: room for a hundred thousand chains that were begun in one folder's days.
  private static let treeLimit = 8 << 20

  static func folder(of session: SessionID) -> String { String(session.description.prefix(4)) }

  static func entryName(of reference: SessionReference) -> [UInt8] {
    Array("\(reference.session)-\(reference.writer)".utf8)
  }

  /// Anybody may have put anything there: what is not as described counts for nothing.
  package init(of writer: WriterID, at commit: ObjectID, in repository: Repository) throws(GitError) {
    self.writer = writer
    self.commit = commit
    var folders: [String: ObjectID] = [:]
    do {
      for entry in try Self.read(
        try repository.commit(commit, limit: ChainCommit.commitLimit).tree, repository)
      {
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

  static func read(_ folder: ObjectID, _ repository: Repository) throws(GitError) -> [TreeEntry] {
    try repository.tree(folder, limit: treeLimit)
  }

  /// None where there is no such tree.
  func entries(_ folder: ObjectID, _ repository: Repository) throws(GitError) -> [TreeEntry] {
    do {
      return try Self.read(folder, repository)
    } catch  where error.isOfObject {
      return []
    }
  }

  /// The tips that a folder lists and that belong there.
  func tips(in folder: String, where isWanted: (TreeEntry) -> Bool, _ repository: Repository) throws(GitError)
    -> [Tip]
  {
    guard let id = folders[folder] else { return [] }
    return try entries(id, repository).filter(isWanted).compactMap(tip).filter {
      Self.folder(of: $0.reference.session) == folder
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

  /// Nil if it is an archive and keeps all that it lists: these are parents of its commits. Anybody may list what is not,
  /// and whoever believed it would think that a remote has it.
  ///
  /// `known` is one that was found to be without flaw; if this one goes on from it, only what came since is looked at.
  func flaw(since known: SessionArchive?, in repository: Repository) throws(GitError) -> ForeignCommit? {
    if let first = foreign.first { return first }
    var missing = Set(try [self].tips(notIn: known.map { [$0] } ?? [], in: repository).map(\.commit))
    var (next, isReached): (ObjectID?, Bool) = (commit, known == nil)
    while !missing.isEmpty || !isReached, let id = next {
      if id == known?.commit {
        isReached = true
        break
      }
      do {
        let parents = try repository.commit(id, limit: ChainCommit.commitLimit).parents
        missing.subtract(parents)
        next = parents.first
      } catch  where error.isOfObject {
        next = nil
      }
    }
    guard isReached else { return try flaw(since: nil, in: repository) }
    return missing.isEmpty
      ? nil : ForeignCommit(id: commit, reason: "the archive of \(writer) lists what it does not keep")
  }
}

extension [SessionArchive] {
  /// All tips.
  package func tips(in repository: Repository) throws(GitError) -> [Tip] {
    try tips(notIn: [], in: repository)
  }

  /// The tips of these sessions.
  package func tips(of sessions: Set<SessionID>, in repository: Repository) throws(GitError) -> [Tip] {
    // Without taking apart the names of all others.
    let names = Set(sessions.map { [UInt8]("\($0)".utf8) })
    let folders = Set(sessions.map(SessionArchive.folder))
    var found: [Tip] = []
    for archive in self {
      for folder in folders {
        found += try archive.tips(
          in: folder, where: { names.contains([UInt8]($0.name.prefix { $0 != UInt8(ascii: "-") })) },
          repository)
      }
    }
    return found
  }

  /// The tips that none of `others` lists. What is the same in both is not read.
  package func tips(notIn others: [SessionArchive], in repository: Repository) throws(GitError) -> [Tip] {
    var found: [Tip] = []
    for archive in self {
      for (name, folder) in archive.folders where !others.contains(where: { $0.folders[name] == folder }) {
        var listed: Set<TreeEntry> = []
        for other in others {
          if let id = other.folders[name] { listed.formUnion(try other.entries(id, repository)) }
        }
        found += try archive.tips(in: name, where: { !listed.contains($0) }, repository)
      }
    }
    return found
  }
}

extension Repository {
  /// All archives of this clone.
  package func archives() throws(GitError) -> [SessionArchive] { try archives(under: SessionArchive.prefix) }

  /// The archives of a remote, as they were when last fetched or sent. Only what deals with the remote reads them.
  package func archives(of remote: String) throws(GitError) -> [SessionArchive] {
    try archives(under: SessionArchive.remotePrefix(remote))
  }

  func archives(under prefix: String) throws(GitError) -> [SessionArchive] {
    var archives: [SessionArchive] = []
    for reference in try references(under: prefix) {
      guard let writer = WriterID(reference.name.dropFirst(prefix.count)) else { continue }
      archives.append(try SessionArchive(of: writer, at: reference.target, in: self))
    }
    return archives
  }
}
