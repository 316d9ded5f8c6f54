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
package struct Tip: Hashable, Sendable {
  package let reference: SessionReference
  package let commit: ObjectID

  package init(reference: SessionReference, commit: ObjectID) {
    self.reference = reference
    self.commit = commit
  }
}

extension Repository {
  /// All tips by session. References of another shape are left out.
  package func sessionTips() throws(GitError) -> [SessionID: [Tip]] {
    Dictionary(grouping: try tips(under: SessionReference.prefix), by: \.reference.session)
  }

  package func tips(of session: SessionID) throws(GitError) -> [Tip] {
    try tips(under: "\(SessionReference.prefix)\(session)/")
  }

  private func tips(under prefix: String) throws(GitError) -> [Tip] {
    try references(under: prefix).compactMap { reference in
      SessionReference(reference.name).map { Tip(reference: $0, commit: reference.target) }
    }
  }

  /// What a remote's chains were when they were last fetched or pushed. References of another shape are left out.
  package func tips(ofRemote remote: String) throws(GitError) -> [Tip] {
    let prefix = SessionReference.remotePrefix(remote)
    return try references(under: prefix).compactMap { reference in
      SessionReference(SessionReference.prefix + reference.name.dropFirst(prefix.count)).map {
        Tip(reference: $0, commit: reference.target)
      }
    }
  }
}
