import Files
import Git
import Sessions
import Snapshots
import Storage

extension Doctor {
  static let chains = Check(name: "chains", whenGood: "every commit of every session is sound") { workspace in
    var problems: [Problem] = []
    for (session, tips) in try workspace.repository.sessionTips().sorted(by: { $0.key < $1.key }) {
      let history = try SessionHistory(session, tips: tips, from: workspace.repository)
      problems += history.foreign.map { commit in
        Problem(
          sentence: "session \(session): commit \(commit.id.short) is ignored: \(commit.reason)",
          remedy: "What does count stays as it is; 'git show \(commit.id.short)' shows the commit.")
      }
    }
    return try problems + brokenReferences(in: workspace.repository)
  }

  static let hooks = Check(
    name: "hooks", whenGood: "git's hooks are as 'git session init' left them, if it did"
  ) {
    workspace in
    guard workspace.repository.workTree != nil else { return [] }
    let hooks = try InstallHooks(.check).run(in: workspace).hooks
    // Where there is none of ours, nobody has asked for any.
    guard hooks.contains(where: { [.present, .outdated].contains($0.state) }) else { return [] }
    return hooks.filter { [.missing, .outdated].contains($0.state) }.map { hook in
      Problem(
        sentence: "the hook \(hook.hook.rawValue) is \(hook.state.rawValue)", remedy: "git session init"
      ) { _ = try InstallHooks(.install).run(in: $0) }
    }
  }

  static let archives = Check(name: "archives", whenGood: "sessions that ended long ago share one reference")
  {
    workspace in
    let foreign = try workspace.repository.archives().flatMap(\.foreign).map { entry in
      Problem(
        sentence: "commit \(entry.id.short) is ignored: \(entry.reason)",
        remedy: "'git show \(entry.id.short)' shows it.")
    }
    let due = try ArchiveSessions.due(in: workspace)
    let left = try RemoteTips(workspace.repository).settleable()
    let slow = [
      due.isEmpty
        ? nil
        : Problem(
          sentence:
            "\(due.count) sessions that have ended have references of their own, which makes git slow",
          remedy: "put them into an archive"
        ) { _ = try ArchiveSessions(limit: .max).run(in: $0) },
      left.isEmpty
        ? nil
        : Problem(
          sentence:
            "\(left.count) references say what remotes have of archived sessions, which makes git slow",
          remedy: "put them into a file"
        ) { try RemoteTips($0.repository).settle() },
    ]
    return foreign + slow.compactMap(\.self)
  }

  /// libgit2 passes over references that it cannot read; git names them.
  private static func brokenReferences(in repository: Repository) throws -> [Problem] {
    let output = try repository.run(["for-each-ref", "--format=", SessionReference.prefix])
    return output.standardError.split(separator: "\n").compactMap { line in
      guard line.contains("broken ref"), let name = line.split(separator: " ").last else { return nil }
      return Problem(
        sentence: "the reference \(name) is broken", remedy: "Another clone or a backup may still have it.")
    }
  }

  static let notes = Check(name: "notes", whenGood: "the notes say what the chains say") { workspace in
    let batch = try Reading(workspace).batch
    if try workspace.notes.equals(try workspace.allNotes(), batch: batch) { return [] }
    return [
      Problem(
        sentence: "\(NotesView.reference) is missing or differs from the chains", remedy: "rebuild the notes"
      ) {
        try $0.rebuildNotes(batch: try ObjectBatch($0.repository))
      }
    ]
  }

  static let index = Check(name: "index", whenGood: "the index of sessions is readable") { workspace in
    guard try SessionIndex.isDamaged(in: workspace.repository) else { return [] }
    return [
      Problem(sentence: "the index of sessions is damaged", remedy: "delete it; the next list makes it anew")
      {
        try SessionIndex.remove(from: $0.repository)
      }
    ]
  }

  static let state = Check(name: "work tree", whenGood: "this work tree knows where it stands") { workspace in
    let repository = workspace.repository
    if try repository.workTree != nil && repository.isWorktreeStateUnreadable() {
      return [
        Problem(
          sentence: "'\(repository.stateFile)' cannot be read: this work tree has forgotten its session",
          remedy:
            "'git session list' shows the sessions; 'git session continue <session>' goes on with one here.")
      ]
    }
    guard let current = try workspace.state()?.current else { return [] }
    if try workspace.repository.history(of: current) != nil { return [] }
    return [
      Problem(sentence: "the current session of this work tree, \(current), is gone", remedy: "forget it") {
        try $0.updateState { $0.current = nil }
      }
    ]
  }

  /// Folders and files of processes that are no more.
  static let leftovers = Check(name: "leftovers", whenGood: "no process has left anything behind") {
    workspace in
    try (Leftovers(workspace.repository).paths() + forgottenIndexes(workspace)).sorted().map { path in
      Problem(sentence: "'\(path)' was left behind", remedy: "remove it") { _ in try Files.removeTree(path) }
    }
  }

  static let packs = Check(name: "packs", whenGood: "the packs of saved objects are few") { workspace in
    let count = try Consolidation(workspace.repository).packs().count
    // A process may be about to merge them.
    guard count > 2 * Consolidation.limit else { return [] }
    return [
      Problem(sentence: "\(count) packs of saved objects make git slower", remedy: "merge them") {
        let consolidation = Consolidation($0.repository)
        try consolidation.run()
        guard try !consolidation.isDue() else {
          throw SessionError(.fatal, "the packs are in use; try again when no other git command runs here")
        }
      }
    ]
  }

  /// Copies of the index that nothing names which could be undone. One is made a moment before it is named; when that
  /// was, in milliseconds since 1970, its own name tells.
  private static func forgottenIndexes(_ workspace: Workspace) throws -> [String] {
    let folder = workspace.repository.worktreeState
    let names = try Files.list(folder).filter { $0.hasPrefix(WorktreeState.indexPrefix) }
    guard !names.isEmpty, let state = try workspace.repository.storedWorktreeState(),
      let named = state.savedIndexes
    else { return [] }
    return names.filter { name in
      let made = name.dropFirst(WorktreeState.indexPrefix.count).prefix(while: \.isNumber)
      return !named.contains(name) && Int64(made).map { $0 < workspace.now.milliseconds - 3_600_000 } ?? false
    }.map { folder + "/" + $0 }
  }

  /// Those of git are never removed by us: only a person can know that no git is at work.
  static let locks = Check(name: "locks", whenGood: "nothing is locked") { workspace in
    let repository = workspace.repository
    let common = repository.commonDirectory
    let own = try workspace.isIndexLockLeftBehind() ? repository.indexLock : nil
    let left = own.map {
      Problem(sentence: "'\($0)' was left behind", remedy: "remove it") { workspace in
        try workspace.changingWorkTree(workspace.repository.removeIndexLockOfOurs)
      }
    }
    let single = [
      repository.indexLock, repository.gitDirectory + "/HEAD.lock",
      common + "/packed-refs.lock", common + "/\(NotesView.reference).lock",
    ]
    let folders = ["sessions", "sessions-archive", "sessions-remote-archive"]
    let found =
      try single.filter { try Files.status($0) != nil }
      + folders.flatMap { try locks(below: common + "/refs/" + $0) }
    return [left].compactMap(\.self)
      + found.filter { $0 != own }.map {
        Problem(sentence: "'\($0)' exists", remedy: "If no git command is running, remove that file.")
      }
  }

  private static func locks(below folder: String) throws -> [String] {
    try Files.list(folder).sorted().flatMap { name -> [String] in
      let path = folder + "/" + name
      if try Files.status(path)?.kind == .directory { return try locks(below: path) }
      return name.hasSuffix(".lock") ? [path] : []
    }
  }

  static let queue = Check(name: "queue", whenGood: "nothing waits to be sent") { workspace in
    try workspace.unsentSessions().compactMap { unsent in
      guard let failure = unsent.failure else { return nil }
      let remote = PlainText.line(unsent.remote)
      return Problem(
        sentence: "session \(unsent.session) could not be sent to '\(remote)': \(failure)",
        remedy: "The next 'git push \(remote)' tries again; 'git session push \(remote)' does so now.")
    }
  }

  static let watcher = Check(
    name: "watcher", whenGood: "who watches this work tree, if anybody does, hears of every change"
  ) { workspace in
    guard workspace.repository.workTree != nil, try Watcher(workspace).isLimited else { return [] }
    return [
      Problem(
        sentence: "'git session watch' only looks every 15 seconds: the system watches no more folders",
        remedy: "Raise fs.inotify.max_user_watches and start it anew.")
    ]
  }

  static let configuration = Check(name: "configuration", whenGood: "all session.* keys are understood") {
    workspace in
    var problems = try ListSettings().run(in: workspace).unknown.map {
      Problem(sentence: "\($0) means nothing to this version", remedy: "'git session config' lists the keys.")
    }
    do {
      try workspace.settings.check()
    } catch {
      let error = SessionError(wrapping: error)
      problems.append(Problem(sentence: error.sentence, remedy: error.hints.first))
    }
    return problems
  }
}
