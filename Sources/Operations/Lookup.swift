import Git
import Sessions
import Storage

/// Finding what a user names: sessions, checkpoints, items.
extension Workspace {
  /// The session that `name` means, or the current one without a name.
  ///
  /// Understood: `@` (current), `@{-1}` (previous), a key (`SESSION-012`, `12`, `SESSION-012~k3f2`), a name, the
  /// beginning of an id; each but the first two may be followed by `@writer`, which must be one of the session's.
  func session(named name: String?) throws -> SessionHistory {
    guard let name else { return try current().history }
    if let found = try findSession(named: name) { return found }
    throw SessionError(
      .no, "there is no session '\(name)'", hints: ["'git session list' shows the sessions."])
  }

  /// The same, but nil if there is none of that name.
  func findSession(named name: String) throws -> SessionHistory? {
    if name == "@" { return try current().history }
    if name == "@{-1}" {
      guard let previous = try state()?.previous, let history = try repository.history(of: previous) else {
        throw SessionError(.no, "there is no previous session in this work tree")
      }
      return history
    }
    return try findSession(named: name, among: try summaries())
  }

  /// The one of `all` that a key, name or beginning of an id means.
  func findSession(named name: String, among all: [SessionSummary]) throws -> SessionHistory? {
    let parts = WriterName.split(name)
    let found = Self.matches(parts.session, in: all)
    guard let first = found.first else { return nil }
    guard found.count == 1 else {
      throw SessionError(
        .no, "'\(name)' is ambiguous",
        hints: ["It may mean:"] + found.map { "  \(Self.distinctLabel($0, among: found))  \($0.objective)" })
    }
    guard let history = try repository.history(of: first.id) else {
      throw SessionError(.no, "session '\(name)' has just been deleted")
    }
    if let writer = parts.writer { _ = try history.writer(named: writer) }
    return history
  }

  /// What a report calls a session, by a label that can be typed.
  func heading(of state: SessionState) throws -> SessionHeading {
    let all = try summaries()
    let label = all.first { $0.id == state.id }.map { Self.distinctLabel($0, among: all) }
    return SessionHeading(state, label: label)
  }

  /// The label, with the end of the id if another session of the list has the same.
  static func distinctLabel(_ session: SessionSummary, among all: [SessionSummary]) -> String {
    let isShared = all.contains { $0.key == session.key && $0.id != session.id }
    return isShared ? "\(session.label)~\(session.id.suffix)" : session.label
  }

  /// The first kind of name that fits decides, so that a short id never hides a key.
  private static func matches(_ word: String, in all: [SessionSummary]) -> [SessionSummary] {
    let lower = word.lowercased()
    let keyed = lower.hasPrefix("session-") ? String(lower.dropFirst(8)) : lower
    let parts = keyed.split(separator: "~", maxSplits: 1).map(String.init)
    if let first = parts.first, let key = Int(first), key > 0 {
      let found = all.filter { $0.key == key && (parts.count == 1 || $0.id.suffix == parts[1]) }
      if !found.isEmpty { return found }
    }
    let named = all.filter { $0.name == word }
    if !named.isEmpty { return named }
    return lower.count >= 4 ? all.filter { $0.id.description.hasPrefix(lower) } : []
  }

  /// A checkpoint and the session that it belongs to.
  struct Place {
    let history: SessionHistory
    let checkpoint: ChainCommit
  }

  /// The checkpoint that `name` means.
  ///
  /// Understood: `c4` or `4`, `c4~abcd`, `@` for the latest, `@~2` for two before it, at least four digits of its
  /// commit id; each may stand behind `SESSION:`. A session's name alone means its latest checkpoint, `SESSION@writer`
  /// that of one writer, and `SESSION@writer:` looks among its checkpoints first.
  func checkpoint(named name: String) throws -> Place {
    if let colon = name.firstIndex(of: ":") {
      let session = String(name[..<colon])
      let rest = String(name[name.index(after: colon)...])
      let history = try self.session(named: session)
      let writer = try WriterName.split(session).writer.map(history.writer(named:))
      return try checkpoint(named: rest, of: writer, in: history)
    }
    let current = try currentIfAny()
    if let current {
      let found = Self.matches(name, in: current.history, at: current.tip)
      if !found.isEmpty { return try only(found, named: name, in: current.history) }
    }
    if name.hasPrefix("@") || name.dropFirst(name.hasPrefix("c") ? 1 : 0).allSatisfy(\.isNumber) {
      return try only([], named: name, in: try current?.history ?? self.current().history)
    }
    guard let history = try findSession(named: name) else {
      if let place = try checkpoint(ofCommit: name) { return place }
      throw SessionError(
        .no, "there is no checkpoint and no session '\(name)'",
        hints: ["'git session log' shows the checkpoints, 'git session list' the sessions."])
    }
    let writer = try WriterName.split(name).writer.map(history.writer(named:))
    return try checkpoint(named: "@", of: writer, in: history)
  }

  /// The checkpoint that a commit of any session's chain is, or that was the last one then. So are those named that
  /// notes of commits tell of.
  private func checkpoint(ofCommit name: String) throws -> Place? {
    guard name.count >= 7, name.allSatisfy(\.isHexDigit) else { return nil }
    let found = try repository.run(
      ["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"], accepting: [0, 1, 128])
    guard let id = ObjectID(found.text) else { return nil }
    guard let session = try repository.session(ofCommit: id),
      let history = try repository.history(of: session), let commit = history[id],
      let checkpoint = history.checkpoint(at: commit)
    else { return nil }
    return Place(history: history, checkpoint: checkpoint)
  }

  private func checkpoint(named name: String, of writer: WriterID?, in history: SessionHistory) throws
    -> Place
  {
    // Here the latest is what this work tree has; of another session it is the newest.
    let here = try currentIfAny().flatMap { $0.history.id == history.id ? $0.tip : nil }
    let tip = writer.flatMap(history.last(of:)) ?? here ?? history.newestHead
    let found = Self.matches(name.isEmpty ? "@" : name, in: history, at: tip)
    // Before the head that it took up, a chain is that of others.
    let own = found.filter { $0.writer == writer }
    return try only(own.isEmpty ? found : own, named: name, in: history)
  }

  private func only(_ found: [ChainCommit], named name: String, in history: SessionHistory) throws -> Place {
    guard let first = found.first else {
      throw SessionError(
        .no, "there is no checkpoint '\(name)' in \(history.state.label)",
        hints: ["'git session log \(history.state.label)' shows the checkpoints."])
    }
    guard found.count == 1 else {
      throw SessionError(
        .no, "'\(name)' is ambiguous",
        hints: ["It may mean:"] + found.map { "  \(history.name(of: $0))  \($0.id.short)" })
    }
    return Place(history: history, checkpoint: first)
  }

  static func matches(_ name: String, in history: SessionHistory, at tip: ChainCommit?)
    -> [ChainCommit]
  {
    let checkpoints = history.checkpoints
    if name.hasPrefix("@") {
      let steps = name == "@" ? 0 : name.hasPrefix("@~") ? Int(name.dropFirst(2)) : nil
      guard let steps, var found = tip.flatMap({ history.checkpoint(at: $0) }) else { return [] }
      for _ in 0..<steps {
        guard let before = history.predecessor(of: found) else { return [] }
        found = before
      }
      return [found]
    }
    let parts = name.dropFirst(name.hasPrefix("c") ? 1 : 0).split(separator: "~", maxSplits: 1).map(
      String.init)
    if let first = parts.first, let number = Int(first) {
      let found = checkpoints.filter {
        $0.checkpoint?.number == number && (parts.count == 1 || $0.writer.suffix == parts[1])
      }
      if !found.isEmpty { return found }
    }
    return name.count >= 4 ? checkpoints.filter { $0.id.hex.hasPrefix(name.lowercased()) } : []
  }
}

/// `SESSION@writer`, taken apart.
enum WriterName {
  /// No writer where nothing stands on either side of the sign.
  static func split(_ name: String) -> (session: String, writer: String?) {
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty ? (parts[0], parts[1]) : (name, nil)
  }
}

extension SessionHistory {
  /// That whose checkpoint was taken last.
  fileprivate var newestHead: ChainCommit? {
    func time(_ head: ChainCommit) -> Int64 {
      checkpoint(at: head)?.checkpoint?.time.milliseconds ?? .min
    }
    return heads.max { time($0) < time($1) }
  }

  /// The writer of that name, or of the only one that begins or ends so.
  func writer(named name: String) throws -> WriterID {
    let all = Set(commits.map(\.writer)).sorted()
    let found = all.filter { $0.description.hasPrefix(name) || $0.description.hasSuffix(name) }
    guard let only = found.first, found.count == 1 else {
      throw SessionError(
        .no,
        "'\(PlainText.line(name))' is \(found.isEmpty ? "no" : "more than one") writer of \(state.label)",
        hints: ["Its writers: \(all.map(\.description).joined(separator: ", "))"])
    }
    return only
  }
}
