import Files
import Git
import Sessions
import Storage

/// What was recorded where the repository cannot be written: Codex shows the git dir read-only to the commands that
/// it runs. It lies in a private folder until somebody comes who may write, the next hook in most cases.
///
/// Whoever can write there is this user, but it may be a program that the user does not trust: only few facts are
/// taken in, each as if it had been typed, and for the session alone that is the current one here.
struct Spool {
  private let workspace: Workspace

  init(_ workspace: Workspace) { self.workspace = workspace }

  private static let sizeLimit = 1 << 16
  private static let countLimit = 1000

  /// Where it may lie, the first place first. An agent may have a `TMPDIR` of its own, which nobody else knows and
  /// which goes with it.
  private var folders: [String] {
    let own = workspace.world.environment["TMPDIR"].flatMap { $0.hasPrefix("/") && $0 != "/tmp" ? $0 : nil }
    let places = ["/tmp", own].compactMap(\.self)
    let repository = workspace.repository
    guard let name = try? repository.name(of: Array(repository.gitDirectory.utf8), as: .blob).hex else {
      return []
    }
    return places.map { "\($0)/git-session-\(Files.userID)/\(name.prefix(20))" }
  }

  /// Puts facts of a session there. Throws if there is no place for them either.
  func add(_ facts: [Fact], of session: SessionID) throws {
    let writer = WriterID(random: workspace.world.random(8))
    let events = facts.enumerated().map { place, fact in
      Event(
        id: EventID(writer: writer, sequence: place + 1), time: workspace.now,
        fact: fact.redacted(by: workspace.redaction))
    }
    let document = SessionDocument(session: session, writer: writer, clock: 1, events: events).canonical
    guard document.count <= Self.sizeLimit else {
      throw SessionError(
        .no, "the repository cannot be written, and this is too long to be kept beside it",
        hints: ["Up to \(Self.sizeLimit >> 10) KiB are."])
    }
    var failure: (any Error)?
    for folder in folders {
      do {
        try Self.makePrivate(Files.parent(of: folder))
        try Self.makePrivate(folder)
        // They are taken in in the order of their names.
        let name = "\(workspace.now.milliseconds)-\(writer).\(session).json"
        return try Files.create(document, at: "\(folder)/\(name)")
      } catch {
        failure = error
      }
    }
    throw failure ?? SessionError(.fatal, "there is no folder for what cannot be recorded now")
  }

  private static func makePrivate(_ folder: String) throws {
    try Files.makePrivateDirectory(folder)
    guard isPrivate(folder) else {
      throw SessionError(.fatal, "'\(folder)' is not this user's alone")
    }
  }

  private static func isPrivate(_ folder: String) -> Bool {
    guard let status = try? Files.status(folder) else { return false }
    return status.kind == .directory && status.owner == Files.userID && status.permissions & 0o077 == 0
  }

  /// Takes in what lies there for the current session. Nothing is lost if that fails, and nothing that lies there
  /// keeps anybody from saving.
  func drain() {
    for folder in folders where Self.isPrivate(Files.parent(of: folder)) && Self.isPrivate(folder) {
      do {
        try takeIn(folder)
      } catch  where error.isNotPermitted || error.isContended {
        // Somebody who may write does it, or is at it.
      } catch {
        let cause = SessionError(wrapping: error).sentence
        workspace.warn("what was recorded in '\(folder)' is not in the session yet: \(cause)")
      }
      _ = Files.removeDirectoryIfEmpty(folder)
    }
  }

  private func takeIn(_ folder: String) throws {
    let names = try Files.list(folder).filter { $0.hasSuffix(".json") }
    guard !names.isEmpty, let current = try workspace.currentIfAny(), !current.history.state.lifecycle.isEnded
    else { return }
    // Those of other sessions wait for them.
    let own = names.filter { $0.hasSuffix(".\(current.history.id).json") }
    // Of several hooks at once one takes in all of it, and each thing once.
    try FileLock.held(workspace.repository.worktreeState + "/spool.lock", milliseconds: 0) {
      for name in own.sorted().prefix(Self.countLimit) {
        try takeIn("\(folder)/\(name)", for: current.history.id)
      }
    }
  }

  /// Of a regular file alone. Nothing for what is none or is too large.
  private static func read(_ file: String) throws(FileError) -> [UInt8] {
    do throws(FileError) {
      let opened = try OpenFile(file)
      return opened.status.size <= sizeLimit ? try opened.readToEnd() : []
    } catch  where error.isOfAnotherKind || error.isNoDirectory {
      return []
    }
  }

  private func takeIn(_ file: String, for session: SessionID) throws {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try Self.read(file)
    } catch {
      // Somebody has taken it in meanwhile, or it can be read another time.
      if !error.isMissing { workspace.warn("what was recorded is not in the session yet: \(error)") }
      return
    }
    guard let document = try? SessionDocument(parsing: bytes), document.session == session else {
      // It may be of a newer version, or a folder: it is not ours to delete.
      try Files.rename(file, to: file + ".unread")
      return workspace.warn(
        "nobody understands some of what was recorded in '\(Files.parent(of: file))'; it is '….unread' there")
    }
    let facts = document.events.compactMap { $0.fact.asTyped }
    if !facts.isEmpty, let current = try workspace.currentIfAny() {
      try Saving(workspace).record(facts, in: current)
    }
    try Files.remove(file)
  }
}

extension Fact {
  /// As a person could have typed it; nil for what nobody types.
  fileprivate var asTyped: Fact? {
    switch self {
    case .itemAdded(let kind, let text, let because):
      .itemAdded(kind, text: PlainText.sanitize(text), because: because.map(PlainText.sanitize))
    case .itemResolved(let id, let because): .itemResolved(id, because: because.map(PlainText.sanitize))
    case .nextStepSet(let text): .nextStepSet(PlainText.sanitize(text))
    default: nil
    }
  }
}

extension Workspace {
  /// Whether the repository is this user's: nobody else takes in what this one has left.
  private var isOwn: Bool {
    let owner = try? Files.status(repository.gitDirectory)?.owner
    return owner == Files.userID
  }

  /// Appends a record. Where the repository cannot be written it is left for the next hook; nil then.
  func record(_ facts: [Fact], in current: Current) throws -> ChainWriter.Appended? {
    do {
      return try Saving(self).record(facts, in: current)
    } catch  where error.isNotPermitted && isOwn {
      try Spool(self).add(facts, of: current.history.id)
      return nil
    }
  }
}

extension Error {
  /// The repository, or a file of it, may not be written.
  var isNotPermitted: Bool {
    (self as? GitError)?.kind == .notPermitted || (self as? FileError)?.isNotPermitted == true
  }

  /// Somebody else holds a lock.
  fileprivate var isContended: Bool { (self as? FileError)?.isContended == true }
}
