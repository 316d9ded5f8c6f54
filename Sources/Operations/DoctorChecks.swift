import Files
import Git
import Sessions
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Doctor {
  static let chains = Check(name: "chains", whenGood: "every commit of every session is sound") { workspace in
    var problems: [Problem] = []
    for (session, tips) in try workspace.repository.sessionTips().sorted(by: { $0.key < $1.key }) {
      let history = try SessionHistory(session, tips: tips, from: workspace.repository)
      problems += history.foreign.map { commit in
        Problem(
          sentence: "session \(session): commit \(commit.id.short) is ignored: \(commit.reason)",
          remedy: "Nothing that counts is lost by it; look at it with 'git show \(commit.id.short)'.")
      }
    }
    return problems
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
    let repository = workspace.repository
    let quarantines = try Files.list(repository.cloneState).filter { name in
      guard name.hasPrefix("quarantine-") else { return false }
      return !isRunning(name.split(separator: "-").dropFirst().first.map(String.init))
    }.map { repository.cloneState + "/" + $0 }
    let packs = repository.commonDirectory + "/objects/pack"
    let keeps = try Files.list(packs).filter { $0.hasSuffix(".keep") }.map { packs + "/" + $0 }.filter {
      path in
      let words = String(decoding: try Files.read(path, limit: 1 << 16), as: UTF8.self).split(
        whereSeparator: \.isWhitespace)
      return words.first == "git-session" && !isRunning(words.last.map(String.init))
    }
    let stagings = try Files.list(repository.worktreeState).filter { $0.hasPrefix("staging-") }
      .map { repository.worktreeState + "/" + $0 }
    return (quarantines + keeps + stagings).sorted().map { path in
      Problem(sentence: "'\(path)' was left behind", remedy: "remove it") { _ in try Files.removeTree(path) }
    }
  }

  private static func isRunning(_ process: String?) -> Bool {
    guard let number = process.flatMap({ pid_t($0) }) else { return false }
    return kill(number, 0) == 0 || errno == EPERM
  }

  /// Never removed by us: only a person can know that no git is at work.
  static let locks = Check(name: "locks", whenGood: "no reference of a session is locked") { workspace in
    let root = workspace.repository.commonDirectory + "/refs/sessions"
    var problems: [Problem] = []
    for session in try Files.list(root).sorted() {
      for name in try Files.list("\(root)/\(session)").sorted() where name.hasSuffix(".lock") {
        problems.append(
          Problem(
            sentence: "'\(root)/\(session)/\(name)' exists",
            remedy:
              "If no git command is running, remove that file. Saving goes on under another writer meanwhile."
          ))
      }
    }
    return problems
  }

  static let configuration = Check(name: "configuration", whenGood: "all session.* keys are known") {
    workspace in
    try ListSettings().run(in: workspace).unknown.map {
      Problem(sentence: "\($0) means nothing to this version", remedy: "'git session config' lists the keys.")
    }
  }
}
