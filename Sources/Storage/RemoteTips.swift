import Files
package import Git
import Sessions

/// What the chains of remotes that have references there were when they were last fetched or pushed. For those in
/// archives see ``RemoteSessions``.
///
/// Each has a reference below `refs/sessions-remote/`, except where the session is archived here and holds all that the
/// remote has of it: those stand together in one file, so that ten thousand of them cost git nothing. If a chain stands
/// in both, the reference counts. The file is written before references are deleted; cut off in between, it means the
/// same. What is lost of either is learned again from the remote.
package struct RemoteTips {
  private static let prefix = "refs/sessions-remote/"

  private let repository: Repository
  private var list: ReferenceList { ReferenceList(repository.cloneState + "/remote-tips") }

  package init(_ repository: Repository) { self.repository = repository }

  package func all(of remote: String) throws -> [Tip] {
    let prefix = SessionReference.remotePrefix(remote)
    // What leaves the references meanwhile is in the file before.
    let references = try repository.references(under: prefix)
    return Self.union(references, try list.references(under: prefix)).compactMap { Self.tip($0, prefix) }
  }

  /// Those that have references: all of which something may not be here.
  package func referenced(of remote: String) throws -> [Tip] {
    let prefix = SessionReference.remotePrefix(remote)
    return try repository.references(under: prefix).compactMap { Self.tip($0, prefix) }
  }

  /// Nil for a reference of another shape.
  private static func tip(_ reference: Reference, _ prefix: String) -> Tip? {
    SessionReference(SessionReference.prefix + reference.name.dropFirst(prefix.count)).map {
      Tip(reference: $0, commit: reference.target)
    }
  }

  /// Remembers what a remote has been sent.
  package func note(_ tips: [Tip], of remote: String) throws {
    func reference(_ tip: Tip) -> Reference {
      Reference(name: tip.reference.name(of: remote), target: tip.commit)
    }
    try repository.set(tips.filter { $0.archive == nil }.map(reference))
    let archived = tips.filter { $0.archive != nil }.map(reference)
    guard !archived.isEmpty else { return }
    try changing { listed in
      listed = Self.union(archived, listed)
      let names = Set(archived.map(\.name))
      return try repository.references(under: Self.prefix).filter { names.contains($0.name) }
    }
  }

  // MARK: - Fetching

  /// Compares what a remote has by now with what is known of it: forgets what it has no more, and notes what is archived
  /// here anyway. Gives the chains that have to be fetched.
  package func missing(of there: [Tip], at remote: String, known: [Tip]) throws -> [SessionReference] {
    let present = Set(there.map(\.reference))
    try forget(known.filter { !present.contains($0.reference) }, of: remote)
    let referenced = Set(try referenced(of: remote))
    let others = there.filter { !referenced.contains($0) }
    let local = try repository.tips(of: Set(others.map(\.reference.session)))
    func isHere(_ tip: Tip) -> Bool {
      local[tip.reference.session]?.contains { $0.reference == tip.reference } ?? false
    }
    let known = Set(known)
    // Of what only the file knows, all must be here: it keeps nothing.
    let new = others.filter { !(known.contains($0) && isHere($0)) }
    let archived = new.compactMap { tip in
      local[tip.reference.session]?.first { $0 == tip && $0.archive != nil }
    }
    try note(archived, of: remote)
    return Set(new).subtracting(archived).map(\.reference)
  }

  /// Forgets what a remote has no more.
  package func forget(_ tips: [Tip], of remote: String) throws {
    guard !tips.isEmpty else { return }
    let gone = Set(tips.map { Reference(name: $0.reference.name(of: remote), target: $0.commit) })
    try changing { listed in
      listed.removeAll(where: gone.contains)
      return try repository.references(under: Self.prefix).filter(gone.contains)
    }
  }

  // MARK: - From references to the file

  /// Moves what belongs there to the file. Gives the number.
  @discardableResult
  package func settle() throws -> Int {
    guard try !settleable().isEmpty else { return 0 }
    var count = 0
    try changing { listed in
      let references = try settleable()
      listed = Self.union(references, listed)
      count = references.count
      return references
    }
    return count
  }

  /// The references of chains that are archived here, at the commit that the remote has or further on.
  package func settleable() throws -> [Reference] {
    let references = try repository.references(under: Self.prefix)
    guard !references.isEmpty else { return [] }
    let own = try repository.unarchivedTips()
    let candidates = references.compactMap { reference in
      Self.chain(reference).flatMap { own[$0.reference.session] == nil ? (reference, $0) : nil }
    }
    guard !candidates.isEmpty else { return [] }
    let archived = try repository.tips(of: Set(candidates.map(\.1.reference.session)))
    return try candidates.filter { _, tip in
      guard let tips = archived[tip.reference.session], tips.contains(where: { $0.archive != nil }) else {
        return false
      }
      if tips.contains(tip) { return true }
      let history = try SessionHistory(tip.reference.session, tips: tips, from: repository)
      return history.arrival(of: tip) == .behind
    }.map(\.0)
  }

  /// The name of a remote may have any number of parts.
  private static func chain(_ reference: Reference) -> Tip? {
    let parts = reference.name.split(separator: "/").dropLast(2)
    return tip(reference, parts.joined(separator: "/") + "/")
  }

  // MARK: - The file

  /// Each name once, as the first has it.
  private static func union(_ first: [Reference], _ second: [Reference]) -> [Reference] {
    let names = Set(first.map(\.name))
    return first + second.filter { !names.contains($0.name) }
  }

  /// Changes the file, and then deletes the references that `body` gives. One process at a time; another one that moves
  /// one of these references meanwhile lets it begin again.
  private func changing(_ body: (inout [Reference]) throws -> [Reference]) throws {
    try repository.makeCloneState()
    try FileLock.held(repository.cloneState + "/remote-tips.lock", milliseconds: 5000) {
      var attempt = 1
      while true {
        let old = try list.references()
        var new = old
        let superfluous = try body(&new)
        if new != old { try list.write(new) }
        do {
          return try repository.delete(superfluous)
        } catch  where attempt < Self.attempts {
          attempt += 1
        }
      }
    }
  }

  private static let attempts = 3
}
