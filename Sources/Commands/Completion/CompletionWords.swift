import Agents
import ArgumentParser
import Operations
import Sessions

/// Words that depend on the repository. The parser knows them as commands that a shell may run.
enum CompletionWords: String, CaseIterable {
  case sessions
  case checkpoints
  /// Either of both.
  case objects
  /// What `diff` compares.
  case states
  /// What `resume --head` takes.
  case heads
  /// What `--resolve` takes.
  case items
  case remotes
  /// What `push` takes.
  case destinations
  case agents

  /// What stands on the line already, as far as some words depend on it.
  struct Line {
    /// Nil where words are asked for without a line.
    var verb: String?
    var arguments: [String] = []
  }

  /// How to ask for them.
  var command: String { "git session \(Completion.verb) --\(rawValue)" }
}

extension CompletionKind {
  static func words(_ words: CompletionWords) -> CompletionKind { .shellCommand(words.command) }
}

/// A word that may come next, and what it means.
struct CompletionWord {
  let word: String
  let meaning: String
}

extension CompletionWords {
  /// The words that can complete `prefix`, in the order in which they are to be offered.
  func list(
    completing prefix: String, on line: Line, in workspace: Workspace
  ) throws -> [CompletionWord] {
    switch self {
    case .sessions: return try Self.sessions(workspace)
    case .checkpoints: return try Self.checkpoints(prefix, workspace)
    case .objects: return try Self.sessions(workspace) + Self.checkpoints(prefix, workspace)
    case .heads:
      return try ResumeSession.heads(of: line.arguments.first, in: workspace).map { Self.word($0) }
    case .items: return try Self.items(line.verb, workspace)
    case .remotes: return Self.remotes(workspace)
    case .destinations: return try Self.remotes(workspace) + Self.sessions(workspace)
    case .agents: return Agents.all.map { CompletionWord(word: $0.name, meaning: $0.title) }
    case .states:
      let places = [
        CompletionWord(word: "worktree", meaning: "the files as they are"),
        CompletionWord(word: "base", meaning: "the commit on which the session began"),
      ]
      return try places + Self.checkpoints(prefix, workspace)
    }
  }

  private static func remotes(_ workspace: Workspace) -> [CompletionWord] {
    workspace.remoteNames.map { CompletionWord(word: $0, meaning: "a remote") }
  }

  private static func sessions(_ workspace: Workspace) throws -> [CompletionWord] {
    try ListSessions(search: nil, lifecycle: nil).run(in: workspace).sessions.flatMap { session in
      let meaning = "\(session.lifecycle.rawValue): \(Text.line(session.objective, limit: 60))"
      return [session.label, session.name].map { CompletionWord(word: $0, meaning: meaning) }
    }
  }

  /// Those of the current session, or with `SESSION:` typed already, of that one.
  private static func checkpoints(_ prefix: String, _ workspace: Workspace) throws -> [CompletionWord] {
    let parts = prefix.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let session = parts.count == 2 ? parts.first : nil
    // Without a session here, those of others can still be named in full.
    if try session == nil && !workspace.hasSession() { return [] }
    let report = try ReadLog(session: session, includesRecords: false, limit: nil).run(in: workspace)
    return report.entries.compactMap(\.checkpoint).map {
      Self.word($0, behind: session.map { $0 + ":" } ?? "")
    }
  }

  private static func word(_ checkpoint: CheckpointReport, behind prefix: String = "") -> CompletionWord {
    CompletionWord(
      word: prefix + checkpoint.name,
      meaning: "\(checkpoint.trigger.rawValue): \(Text.subject(checkpoint.message ?? "", limit: 60))")
  }

  /// The open ones of the kind that a verb is named after; of all kinds without it.
  private static func items(_ verb: String?, _ workspace: Workspace) throws -> [CompletionWord] {
    try Item.Kind.allCases.filter { verb == nil || $0.rawValue == verb }.flatMap { kind in
      try RecordItem(kind, .list(includesResolved: false)).run(in: workspace).items.map {
        CompletionWord(word: $0.id, meaning: Text.line($0.text, limit: 60))
      }
    }
  }
}
