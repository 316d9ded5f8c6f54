import Git
import Sessions

/// Reads the commits of one session from tips down, without recursion, since a chain has no bound.
struct ChainReader {
  let session: SessionID
  let source: any ObjectReader
  private(set) var valid: [ObjectID: ChainCommit] = [:]
  /// Those of ``valid`` that were read here, each after those that it stands on.
  private(set) var added: [ChainCommit] = []
  /// The commits that do not count, with the reason.
  private(set) var foreign: [ObjectID: String] = [:]
  /// False if an object could not be read.
  private(set) var isComplete = true
  /// So many bytes of documents may still be read; more is `.tooLarge`.
  var rest = Int.max

  /// A writer's clock may not run away: a commit that jumps further is foreign.
  private static let largestClockStep: Int64 = 1_000_000

  /// How many commits are looked at below one that is foreign. It may be the user's, with all history behind it.
  private static let searchLimit = 64

  init(session: SessionID, source: any ObjectReader) {
    self.session = session
    self.source = source
  }

  /// Goes on from what is known of the session.
  init(_ known: SessionHistory, source: any ObjectReader) {
    self.init(session: known.id, source: source)
    valid = known.valid
    foreign = Dictionary(known.foreign.map { ($0.id, $0.reason) }) { $1 }
    isComplete = known.isComplete
  }

  mutating func read(_ tip: ObjectID) throws {
    var starts = [tip]
    while let start = starts.popLast() {
      var decoded: [ObjectID: ChainCommit] = [:]
      var stack = [start]
      while let id = stack.last {
        guard isUnread(id) else {
          stack.removeLast()
          continue
        }
        guard let commit = try decoded[id] ?? decode(id) else {
          // What is foreign may stand on what is not, and that must not be lost with it.
          starts += try candidates(below: id)
          continue
        }
        decoded[id] = commit
        let unread = commit.chainParents.filter(isUnread)
        stack += unread
        if unread.isEmpty { judge(commit) }
      }
    }
  }

  private func isUnread(_ id: ObjectID) -> Bool { valid[id] == nil && foreign[id] == nil }

  /// Nil for a commit that is foreign by itself. A damaged object is no reason to lose sight of all the others.
  private mutating func decode(_ id: ObjectID) throws -> ChainCommit? {
    do {
      let commit = try ChainCommit(reading: id, of: session, from: source)
      rest -= commit.document.bytes.count
      if rest >= 0 { return commit }
    } catch let error as ForeignCommit {
      foreign[id] = error.reason
      return nil
    } catch let error as GitError {
      guard error.isOfObject else { throw error }
      if error.kind != .invalid && error.kind != .tooLarge { isComplete = false }
      foreign[id] = error.description
      return nil
    }
    throw GitError(.tooLarge, "there is more in session \(session) than is read of what others made")
  }

  /// Takes a commit up whose parents are all read, or rejects it.
  private mutating func judge(_ commit: ChainCommit) {
    let parents = commit.chainParents.compactMap { valid[$0] }
    // The root record may have any clock that the largest step allows, counted from nothing.
    let reached = parents.map(\.clock).max() ?? -1
    let previous = commit.previous.flatMap { valid[$0] }
    if parents.count < commit.chainParents.count {
      foreign[commit.id] = "it stands on a foreign commit"
    } else if commit.clock <= reached {
      foreign[commit.id] = "its clock does not exceed that of its parents"
    } else if commit.clock - Self.largestClockStep > reached {
      foreign[commit.id] = "its clock jumps too far"
    } else if !commit.isCheckpoint, let previous, commit.tree != previous.tree {
      foreign[commit.id] = "it is a record with a tree of its own"
    } else {
      valid[commit.id] = commit
      added.append(commit)
    }
  }

  /// The nearest commits below one that say that they belong to the session.
  private func candidates(below id: ObjectID) throws(GitError) -> [ObjectID] {
    var found: [ObjectID] = []
    var queue = try parents(of: id)
    var position = 0
    while position < min(queue.count, Self.searchLimit) {
      let id = queue[position]
      position += 1
      if let message = try readable(id)?.message,
        TrailerBlock(readingFrom: message)?.one(.id) == session.description
      {
        found.append(id)
      } else {
        queue += try parents(of: id)
      }
    }
    return found
  }

  private func parents(of id: ObjectID) throws(GitError) -> [ObjectID] { try readable(id)?.parents ?? [] }

  /// One that is too large for a chain may stand on one that is not.
  private func readable(_ id: ObjectID) throws(GitError) -> Commit? {
    do {
      return try source.commit(id, limit: 16 * ChainCommit.commitLimit)
    } catch  where error.isOfObject {
      return nil
    }
  }
}

extension GitError {
  /// An object is missing, damaged, too large or of another kind: nothing that is true of the repository as a whole.
  var isOfObject: Bool { kind == .missing || kind == .invalid || kind == .tooLarge || kind == .other }
}
