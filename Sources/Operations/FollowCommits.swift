import Files
import Git
import Sessions
import Snapshots
import Storage

/// What a hook of git tells about the user's commits, as far as the session wants to know: a new commit is linked
/// and saved, a rewritten one keeps its links.
///
/// While git itself is in the middle of something no snapshot is taken; links are always recorded.
package struct FollowCommits {
  package var hook: Hook
  package var arguments: [String]
  /// What git wrote to the hook.
  package var input: [UInt8]

  /// Without snapshots only links are recorded.
  package var takesSnapshots: Bool

  package init(_ hook: Hook, arguments: [String], input: [UInt8], takesSnapshots: Bool) {
    self.takesSnapshots = takesSnapshots
    self.hook = hook
    self.arguments = arguments
    self.input = input
  }

  package func run(in workspace: Workspace) throws {
    guard let current = try workspace.currentIfAny(),
      // What was linked stays linked, also where the session rests or has ended before its branch is tidied up.
      hook == .postRewrite || current.history.state.lifecycle == .active
    else { return try workspace.noteLifecycle() }
    let following = Following(workspace: workspace, current: current, takesSnapshots: takesSnapshots)
    switch hook {
    case .postCommit: try following.commitMade()
    case .postApplypatch: try following.patchApplied()
    case .postMerge: try following.merged()
    case .postCheckout: try following.left(arguments.first.flatMap { ObjectID($0) })
    case .postRewrite: try following.rewritten(Self.pairs(in: input))
    case .prePush: break
    }
  }

  /// Lines of `old new`, perhaps with more behind it.
  static func pairs(in input: [UInt8]) -> [(old: ObjectID, new: ObjectID)] {
    String(decoding: input, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 2, let old = ObjectID(words[0]), let new = ObjectID(words[1]), old != new else {
        return nil
      }
      return (old, new)
    }
  }
}

extension Workspace {
  /// Remembers whether the current session is active, which may have changed elsewhere.
  func noteLifecycle() throws {
    guard let state = try state(), let current = state.current,
      let lifecycle = try repository.history(of: current)?.state.lifecycle
    else { return }
    try updateState { if $0.current == current { $0.lifecycle = lifecycle } }
  }
}

/// One hook at work on an active session.
private struct Following {
  let workspace: Workspace
  let current: Workspace.Current
  let takesSnapshots: Bool

  private var repository: Repository { workspace.repository }
  private var state: SessionState { current.history.state }

  /// HEAD is a new commit of the user.
  func commitMade() throws {
    guard let id = try repository.head().commit else { return }
    let commit = try repository.commit(id)
    let sources = PatchSources(workspace, state)
    if try repository.isBusy() {
      let found = try repository.isRebasing() ? [] : sources.find(for: commit)
      return try record(link(commit) + copies(found, commit), in: current)
    }
    guard takesSnapshots else {
      // Those before it too, of which a hook that was stopped could not tell.
      let earlier = try Saving(workspace).commitsMade(until: id, in: current).filter { $0 != commit }
      let found = try sources.find(for: commit)
      return try record(earlier.map { Fact.made($0) } + link(commit) + copies(found, commit), in: current)
    }
    let place = try save(commit, message: commit.subject)
    try record(copies(try sources.find(for: commit), commit), in: place)
  }

  /// `git am` has made a commit and goes on.
  func patchApplied() throws {
    guard let id = try repository.head().commit else { return }
    let commit = try repository.commit(id)
    let found = try repository.isRebasing() ? [] : PatchSources(workspace, state).find(for: commit)
    try record(link(commit) + copies(found, commit), in: current)
  }

  /// HEAD has moved to a merge, or forward to what others have made.
  func merged() throws {
    let head = try repository.head().commit
    guard try head != workspace.state()?.base else { return }
    if try !takesSnapshots || repository.isBusy() {
      return try record(
        Saving(workspace).commitsMade(until: head, in: current).map { Fact.made($0) }, in: current)
    }
    _ = try save(nil, message: nil)
  }

  /// HEAD has gone away from a commit. What no hook has told until then would be missed by the next checkpoint,
  /// which stands elsewhere.
  func left(_ old: ObjectID?) throws {
    guard let old, try repository.contains(old) else { return }
    try record(Saving(workspace).commitsMade(until: old, in: current).map { Fact.made($0) }, in: current)
  }

  /// Commits took the place of others.
  func rewritten(_ pairs: [(old: ObjectID, new: ObjectID)]) throws {
    let elsewhere = try workspace.links(of: Set(pairs.map(\.old)))
    var facts: [Fact] = []
    var linked = state.knownCommits
    for (old, new) in pairs + (try intermediates(of: pairs)) {
      guard linked.contains(old.hex) || elsewhere[old] != nil, try repository.contains(new) else { continue }
      if linked.insert(new.hex).inserted { facts.append(.made(try repository.commit(new))) }
      let rewrite = SessionState.CommitRewrite(old: old.hex, new: new.hex, isCopy: false)
      if !state.rewrites.contains(rewrite) {
        facts.append(.commitRewritten(old: old.hex, new: new.hex, isCopy: false))
      }
    }
    try record(facts, in: current)
  }

  /// Where several commits became one, git has made more of them on the way, which no reference holds any more.
  private func intermediates(
    of pairs: [(old: ObjectID, new: ObjectID)]
  ) throws -> [(old: ObjectID, new: ObjectID)] {
    let old = Set(pairs.map(\.old))
    var found: [(ObjectID, ObjectID)] = []
    for (new, sources) in Dictionary(grouping: pairs, by: \.new) where sources.count > 1 {
      guard try repository.contains(new) else { continue }
      let parents = try repository.commit(new).parents
      for candidate in state.commits.suffix(20).compactMap({ ObjectID($0.id) }) {
        guard candidate != new, !old.contains(candidate), try repository.contains(candidate),
          try repository.commit(candidate).parents == parents,
          try repository.run(["for-each-ref", "--count=1", "--contains", candidate.hex]).text.isEmpty
        else { continue }
        found.append((candidate, new))
      }
    }
    return found
  }

  private func link(_ commit: Commit) -> [Fact] {
    state.knownCommits.contains(commit.id.hex) ? [] : [.made(commit, by: author)]
  }

  /// The agent's run that has made the commit; nil for a person. Whoever commits has started git, which has started
  /// this hook.
  private var author: AgentRun.ID? { AgentRuns(repository).run(of: workspace.world.ancestors()) }

  private func copies(_ sources: [ObjectID], _ commit: Commit) -> [Fact] {
    sources.map { SessionState.CommitRewrite(old: $0.hex, new: commit.id.hex, isCopy: true) }
      .filter { !state.rewrites.contains($0) }
      .map { .commitRewritten(old: $0.old, new: $0.new, isCopy: true) }
  }

  /// A checkpoint with a link to `made`, unless all of that is there.
  private func save(_ made: Commit?, message: String?) throws -> Workspace.Current {
    let saving = try Saving(workspace)
    let taken = try saving.capture(after: current.checkpoint)
    if let latest = current.checkpoint, try repository.holds(latest, all: taken.snapshot) {
      let facts = made.map(link) ?? []
      guard !facts.isEmpty else { return current }
      return Workspace.Current(try saving.record(facts, in: current))
    }
    return Workspace.Current(
      try saving.checkpoint(
        taken, trigger: .commit, message: message.map { PlainText.line($0, limit: 200) }, made: made,
        by: made.flatMap { _ in author }, in: current))
  }

  private func record(_ facts: [Fact], in current: Workspace.Current) throws {
    guard !facts.isEmpty else { return }
    // A record has bounds; a rebase has none.
    var place = current
    for start in stride(from: 0, to: facts.count, by: 2000) {
      place = Workspace.Current(
        try Saving(workspace).record(Array(facts[start..<min(start + 2000, facts.count)]), in: place))
    }
  }
}

extension Workspace.Current {
  fileprivate init(_ appended: ChainWriter.Appended) {
    self.init(history: appended.history, writer: appended.commit.writer, tip: appended.commit)
  }
}

extension Repository {
  /// Whether git is in the middle of something: what the work tree holds now is nobody's work.
  fileprivate func isBusy() throws -> Bool {
    let signs = [
      "rebase-merge", "rebase-apply", "sequencer", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD",
    ]
    return try signs.contains { try Files.status("\(gitDirectory)/\($0)") != nil }
  }

  /// Whether git will tell, when it is done, which commits took the place of which.
  fileprivate func isRebasing() throws -> Bool {
    try ["rebase-merge", "rebase-apply/rebasing"].contains {
      try Files.status("\(gitDirectory)/\($0)") != nil
    }
  }
}
