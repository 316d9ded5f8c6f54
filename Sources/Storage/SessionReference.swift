package import Git
package import Sessions

/// The name of a chain's reference: `refs/sessions/<session>/<writer>`.
package struct SessionReference: Hashable, Sendable {
  package static let prefix = "refs/sessions/"

  package let session: SessionID
  package let writer: WriterID

  package init(session: SessionID, writer: WriterID) {
    self.session = session
    self.writer = writer
  }

  package init?(_ name: String) {
    guard name.hasPrefix(Self.prefix) else { return nil }
    let parts = name.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let session = SessionID(parts[0]), let writer = WriterID(parts[1]) else {
      return nil
    }
    self.init(session: session, writer: writer)
  }

  package var name: String { "\(Self.prefix)\(session)/\(writer)" }

  /// Below it stands what was fetched from a remote, until it is adopted.
  package static func remotePrefix(_ remote: String) -> String { "refs/sessions-remote/\(remote)/" }

  /// Where the value that a remote has for this chain is remembered.
  package func name(of remote: String) -> String { "\(Self.remotePrefix(remote))\(session)/\(writer)" }
}

/// The tip of one chain.
package struct Tip {
  package let reference: SessionReference
  package let commit: ObjectID
  /// Whose archive names it; nil if the reference of the chain itself does.
  package let archive: WriterID?

  package init(reference: SessionReference, commit: ObjectID, archive: WriterID? = nil) {
    self.reference = reference
    self.commit = commit
    self.archive = archive
  }

  /// The name of the reference that holds it.
  package var holder: String { archive.map(SessionArchive.reference(of:)) ?? reference.name }
}

/// Two tips are the same whatever names them.
extension Tip: Hashable {
  package static func == (left: Tip, right: Tip) -> Bool {
    left.reference == right.reference && left.commit == right.commit
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(reference)
    hasher.combine(commit)
  }
}

extension Repository {
  /// All tips by session, in references of their own and in archives. References of another shape are left out.
  package func sessionTips() throws(GitError) -> [SessionID: [Tip]] {
    var all = try unarchivedTips()
    let archives = try self.archives()
    for tip in try archives.tips(in: self) { all[tip.reference.session, default: []].append(tip) }
    return archives.isEmpty ? all : all.mapValues(Self.distinct)
  }

  /// The tips that references of their own name, by session.
  package func unarchivedTips() throws(GitError) -> [SessionID: [Tip]] {
    Dictionary(grouping: try tips(under: SessionReference.prefix), by: \.reference.session)
  }

  /// The tips of one session.
  ///
  /// The archives are looked at last: what leaves its own reference meanwhile is in one before.
  package func tips(of session: SessionID) throws(GitError) -> [Tip] {
    let own = try tips(under: "\(SessionReference.prefix)\(session)/")
    return Self.distinct(own + (try archives().tips(of: [session], in: self)))
  }

  /// The tips of these sessions.
  package func tips(of sessions: Set<SessionID>) throws(GitError) -> [SessionID: [Tip]] {
    guard !sessions.isEmpty else { return [:] }
    var all = try unarchivedTips().filter { sessions.contains($0.key) }
    for tip in try archives().tips(of: sessions, in: self) {
      all[tip.reference.session, default: []].append(tip)
    }
    return all.mapValues(Self.distinct)
  }

  /// Each once, those of references first.
  private static func distinct(_ tips: [Tip]) -> [Tip] {
    var seen: Set<Tip> = []
    return tips.filter { seen.insert($0).inserted }
  }

  private func tips(under prefix: String) throws(GitError) -> [Tip] {
    try references(under: prefix).compactMap { reference in
      SessionReference(reference.name).map { Tip(reference: $0, commit: reference.target) }
    }
  }
}
