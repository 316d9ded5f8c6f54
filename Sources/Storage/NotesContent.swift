package import Git
package import Sessions

/// That a commit of the user belongs to a session, by the commit of its chain that says so.
package struct CommitLink: Hashable, Sendable {
  package let session: SessionID
  let label: String
  let commit: ObjectID
  let isCheckpoint: Bool
  let clock: Int64

  /// The line in the notes.
  var line: String { "Session: \(label) \(session) \(commit)" }

  /// A checkpoint tells more than a record, and what is later tells more than what was before.
  func tellsMore(than other: CommitLink) -> Bool {
    if isCheckpoint != other.isCheckpoint { return isCheckpoint }
    return (clock, commit.hex) > (other.clock, other.commit.hex)
  }

  /// The session that a line of a note speaks of; nil for any other line.
  static func session(ofLine line: some StringProtocol) -> SessionID? {
    let words = line.split(separator: " ")
    return words.count == 4 && words[0] == "Session:" ? SessionID(String(words[2])) : nil
  }
}

/// What the notes have to say, gathered from the histories of sessions.
package struct NotesContent {
  private typealias Links = [SessionID: CommitLink]

  private var documents: [ObjectID: ObjectID] = [:]
  private var links: [ObjectID: Links] = [:]
  /// By the old commit, those that took its place.
  private var successors: [ObjectID: Set<ObjectID>] = [:]

  package init() {}

  /// Takes in all that a session says.
  package mutating func add(_ history: SessionHistory) {
    for commit in history.commits {
      if commit.isCheckpoint, let blob = commit.documentBlob { documents[commit.id] = blob }
      // Most say nothing of commits, and need not be parsed for that.
      for event in commit.linksCommits ? commit.events : [] {
        switch event.fact {
        case .commitMade(let hex, _, _):
          // Said twice, a commit belongs to where it was said first, in the fold as well.
          guard let made = ObjectID(hex), links[made]?[history.id] == nil else { continue }
          links[made, default: [:]][history.id] = CommitLink(
            session: history.id, label: history.state.label, commit: commit.id,
            isCheckpoint: commit.isCheckpoint, clock: commit.clock)
        case .commitRewritten(let old, let new, _):
          guard let old = ObjectID(old), let new = ObjectID(new) else { continue }
          successors[old, default: []].insert(new)
        default: continue
        }
      }
    }
  }

  /// Takes in what other sessions say of commits.
  package mutating func add(_ others: [ObjectID: [CommitLink]]) {
    for (commit, found) in others {
      for link in found where links[commit]?[link.session] == nil {
        links[commit, default: [:]][link.session] = link
      }
    }
  }

  /// All notes.
  package var notes: [ObjectID: NotesView.Note] {
    inherited.mapValues { NotesView.Note.lines(Set($0.values.map(\.line))) }
      .merging(documents.mapValues(NotesView.Note.document)) { $1 }
  }

  /// What all that was taken in says of some commits of the user.
  package func links(of commits: Set<ObjectID>) -> [ObjectID: [CommitLink]] {
    inherited.filter { commits.contains($0.key) }.mapValues { Array($0.values) }
  }

  /// The notes that differ because of some commits of a chain.
  package func notes(changedBy commits: [ChainCommit]) -> [ObjectID: NotesView.Note] {
    var changed: Set<ObjectID> = []
    for commit in commits {
      changed.insert(commit.id)
      for event in commit.events {
        switch event.fact {
        case .commitMade(let hex, _, _), .commitRewritten(_, let hex, _):
          if let id = ObjectID(hex) { changed.formUnion(reachable(from: id)) }
        default: continue
        }
      }
    }
    return notes.filter { changed.contains($0.key) }
  }

  /// What is said of a commit holds for all that took its place, one after the other.
  private var inherited: [ObjectID: Links] {
    var all = links
    for (commit, own) in links where successors[commit] != nil {
      for later in reachable(from: commit) {
        all[later, default: [:]].merge(own) { $0.tellsMore(than: $1) ? $0 : $1 }
      }
    }
    return all
  }

  private func reachable(from commit: ObjectID) -> Set<ObjectID> {
    var reached: Set = [commit]
    var stack = [commit]
    while let next = stack.popLast() {
      for later in successors[next] ?? [] where reached.insert(later).inserted { stack.append(later) }
    }
    return reached
  }
}

extension NotesView {
  /// The notes that a session's history asks for; `commits` limits them to those that differ because of these.
  ///
  /// `others` is what other sessions say of commits whose place others took in this one.
  package static func notes(
    of history: SessionHistory, for commits: [ChainCommit]? = nil, others: [ObjectID: [CommitLink]] = [:]
  ) -> [ObjectID: Note] {
    var content = NotesContent()
    content.add(history)
    content.add(others)
    return commits.map(content.notes(changedBy:)) ?? content.notes
  }
}
