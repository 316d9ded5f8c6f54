package import Git
package import Sessions

/// What a remote has by now, asked of it: the names and values of its references, without what they hold.
package struct RemoteListing {
  /// The chains that have references of their own.
  package var tips: [Tip] = []
  /// The commits of archives, by writer.
  package var archives: [WriterID: ObjectID] = [:]

  package init(of remote: String, in repository: Repository) throws(GitError) {
    let patterns = [SessionReference.prefix + "*", SessionArchive.prefix + "*"]
    for reference in try repository.references(of: remote, matching: patterns) {
      if let name = SessionReference(reference.name) {
        tips.append(Tip(reference: name, commit: reference.target))
      } else if reference.name.hasPrefix(SessionArchive.prefix),
        let writer = WriterID(reference.name.dropFirst(SessionArchive.prefix.count))
      {
        archives[writer] = reference.target
      }
    }
  }

  /// Compares the archives with those that were fetched: forgets what the remote has no more, and gives those that have
  /// to be fetched, by their names there and here.
  package func missingArchives(
    of remote: String, in repository: Repository
  ) throws(GitError) -> [(there: String, here: String)] {
    let prefix = SessionArchive.remotePrefix(remote)
    var known: [WriterID: ObjectID] = [:]
    for reference in try repository.references(under: prefix) {
      let writer = WriterID(reference.name.dropFirst(prefix.count))
      if let writer, archives[writer] != nil {
        known[writer] = reference.target
      } else {
        try repository.forget(reference)
      }
    }
    return archives.filter { known[$0.key] != $0.value }.keys.sorted().map {
      (SessionArchive.reference(of: $0), SessionArchive.arrivalPrefix(remote) + $0.description)
    }
  }
}

extension Repository {
  /// Looks at the archives that have been fetched from a remote and takes over what are some; the others are as good as
  /// not there, and returned with the reason.
  package func acceptArchives(of remote: String) throws -> [ForeignCommit] {
    var flaws: [ForeignCommit] = []
    let prefix = SessionArchive.arrivalPrefix(remote)
    for arrival in try references(under: prefix) {
      if let writer = WriterID(arrival.name.dropFirst(prefix.count)) {
        let name = SessionArchive.reference(of: writer, at: remote)
        let known = try reference(name).map { try SessionArchive(of: writer, at: $0, in: self) }
        let archive = try SessionArchive(of: writer, at: arrival.target, in: self)
        let flaw = try archive.flaw(since: known, in: self)
        flaws += flaw.map { [$0] } ?? []
        try replace(name, known?.commit, with: flaw == nil ? archive.commit : nil)
      }
      try forget(arrival)
    }
    return flaws
  }

  private func replace(_ name: String, _ old: ObjectID?, with new: ObjectID?) throws(GitError) {
    guard let new else {
      if let old { try forget(Reference(name: name, target: old)) }
      return
    }
    guard old != new else { return }
    do {
      try move(name, from: old, to: new, log: "session: fetch")
    } catch {
      // What another process has just written there is as good.
      guard error.kind == .moved else { throw error }
    }
  }

  /// Deletes a reference, unless another process has just been there.
  fileprivate func forget(_ reference: Reference) throws(GitError) {
    do {
      try delete(reference.name, expecting: reference.target)
    } catch {
      guard error.kind == .moved else { throw error }
    }
  }
}

/// What a remote is known to have: chains with references of their own, and archives.
package struct RemoteSessions {
  package let references: [SessionID: [Tip]]
  package let archives: [SessionArchive]
  private let repository: Repository

  package init(of remote: String, in repository: Repository) throws {
    self.init(try RemoteTips(repository).all(of: remote), try repository.archives(of: remote), repository)
  }

  private init(_ tips: [Tip], _ archives: [SessionArchive], _ repository: Repository) {
    references = Dictionary(grouping: tips, by: \.reference.session)
    (self.archives, self.repository) = (archives, repository)
  }

  /// What of that the remote says to have by now.
  package func at(_ listing: RemoteListing) -> RemoteSessions {
    RemoteSessions(
      listing.tips, archives.filter { listing.archives[$0.writer] == $0.commit }, repository)
  }

  /// All sessions.
  package func sessions() throws -> Set<SessionID> {
    Set(references.keys).union(try archives.tips(in: repository).map(\.reference.session))
  }

  /// What archives there list of these sessions.
  package func archived(_ sessions: Set<SessionID>) throws -> [SessionID: [Tip]] {
    guard !sessions.isEmpty else { return [:] }
    return Dictionary(grouping: try archives.tips(of: sessions, in: repository), by: \.reference.session)
  }

  /// Of `tips`, which the remote has in references, those that it needs no reference for: an archive of it lists that
  /// commit, or one that descends from it.
  package func superfluous(_ tips: [Tip]) throws -> [Tip] {
    let listed = try archived(Set(tips.map(\.reference.session)))
    return try tips.filter { tip in
      let same = listed[tip.reference.session]?.filter { $0.reference == tip.reference } ?? []
      return try same.contains(tip) || isListedLater(tip, among: same)
    }
  }

  private func isListedLater(_ tip: Tip, among others: [Tip]) throws -> Bool {
    guard !others.isEmpty else { return false }
    let session = tip.reference.session
    let history = try SessionHistory(session, tips: try repository.tips(of: session), from: repository)
    return others.contains { history.descends($0.commit, from: tip.commit) }
  }
}
