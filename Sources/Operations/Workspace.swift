import Files
package import Git
package import Sessions
import Snapshots
package import Storage

/// The repository and work tree that a command runs in, and the world around them.
package final class Workspace {
  package let world: World
  package let repository: Repository
  /// One moment for the whole command.
  package let now: Timestamp
  let configuration: Configuration
  private(set) lazy var settings = Settings(
    configuration, complain: isUnattended ? { [unowned self] sentence in warn(sentence) } : nil)
  /// Nobody sits there who would mend what is wrong first.
  private let isUnattended: Bool
  /// By which secrets are taken out of texts before they are stored. Made with the first text: that takes nearly
  /// a millisecond.
  private(set) lazy var redaction = makeRedaction()
  /// The session that was read last, which is mostly asked for again.
  private var known: SessionHistory?
  /// For the capture that comes next, if one was expected.
  private var captureInputs: CaptureInputs?
  /// Whether a handoff will be made of what is saved: what it begins with is looked for while that is written.
  var expectsHandoff = false
  /// What that begins with, on the way of being found.
  private var handoffAhead: HandoffAhead?
  /// Of the hook of an agent, which has no more than some seconds.
  var hookWork: HookWork?
  /// What went wrong beside the thing that was asked for, in sentences; the front door tells them.
  package private(set) var warnings: [String] = []

  package init(_ world: World, isUnattended: Bool = false) throws {
    self.world = world
    self.isUnattended = isUnattended
    now = world.now()
    repository = try Repository(discoveringFrom: world.currentDirectory, git: world.git)
    configuration = try repository.configuration()
  }

  /// Throws if the user's environment names another place than the folder does. Git would go by the environment; here
  /// the folder decides, so that it is always clear whose session it is.
  package func requirePlaceOfEnvironment() throws {
    for (variable, own) in [("GIT_DIR", repository.gitDirectory), ("GIT_WORK_TREE", repository.workTree)] {
      guard let named = world.environment[variable], !named.isEmpty,
        own.map({ Files.canonical(path(of: named)) != Files.canonical($0) }) ?? true
      else { continue }
      let isBare = configuration.string("core.bare").flatMap(Configuration.boolean) ?? false
      let fact =
        own.map { "folder belongs to '\($0)'" }
        ?? (isBare ? "repository is bare" : "folder is in no work tree")
      throw SessionError(
        .fatal, "\(variable) names '\(named)', but this \(fact)",
        hints: own == nil ? SessionError.placeHints : [SessionError.placeHints[0]])
    }
  }

  /// Says that the whole work tree is about to be captured: what that begins with is read meanwhile.
  func expectCapture() {
    if captureInputs == nil, repository.workTree != nil { captureInputs = CaptureInputs(repository) }
  }

  func takeCaptureInputs() -> CaptureInputs? { captureInputs.take() }

  /// Of a snapshot that is about to be saved, if a handoff is expected then.
  func beginHandoff(of taken: Capture.Taken, after current: Current, in batch: ObjectBatch) {
    if expectsHandoff { handoffAhead = HandoffAhead(of: taken, after: current, in: batch) }
  }

  func takeHandoffAhead() -> HandoffAhead? { handoffAhead.take() }

  /// Does what is handed over if there is no time for it.
  func during<Result>(_ work: HookWork.Work, _ body: () throws -> Result) rethrows -> Result {
    guard let hookWork else { return try body() }
    return try hookWork.during(work, body)
  }

  func warn(_ sentence: String) {
    if !warnings.contains(sentence) { warnings.append(sentence) }
  }

  var signature: Signature { repository.signature(seconds: now.seconds, configuration: configuration) }
  /// By which the user's own commits are known, in git's order of precedence.
  var committerEmail: String {
    let set = [
      world.environment["GIT_COMMITTER_EMAIL"], configuration.string("committer.email"),
      configuration.string("user.email"), world.environment["EMAIL"],
    ]
    return set.compactMap(\.self).first { !$0.isEmpty } ?? signature.email
  }
  var chainWriter: ChainWriter { ChainWriter(repository, signature: signature, time: now) }
  var notes: NotesView { NotesView(repository, signature: signature) }

  func mintWriter() -> WriterID { WriterID(random: world.random(8)) }

  /// A path that the user typed, as an absolute one.
  func path(of file: String) -> String { file.hasPrefix("/") ? file : world.currentDirectory + "/" + file }

  /// The same path from the top of the work tree; nil if it lies outside of it.
  func repositoryPath(of file: String) -> RepositoryPath? {
    let path = self.path(of: file)
    guard let top = repository.workTree.flatMap(Files.canonical),
      let folder = Files.canonical(Files.parent(of: path)), (folder + "/").hasPrefix(top + "/"),
      let name = path.split(separator: "/").last
    else { return nil }
    return RepositoryPath("\(folder)/\(name)".utf8.dropFirst(top.utf8.count + 1))
  }

  // MARK: - What this work tree remembers

  /// The state of this work tree; nil where no session was begun yet.
  package func state() throws -> WorktreeState? {
    guard repository.workTree != nil, let stored = try repository.storedWorktreeState() else { return nil }
    return try settled(stored)
  }

  @discardableResult
  func updateState<Result>(_ body: (inout WorktreeState) throws -> Result) throws -> Result {
    try repository.updateWorktreeState {
      WorktreeState(writer: mintWriter(), place: try place())
    } _: { state in
      state = try settled(state)
      return try body(&state)
    }
  }

  /// In a copied work tree the session goes on, but under a writer of its own and with nothing to undo. One that was
  /// moved is no copy.
  private func settled(_ stored: WorktreeState) throws -> WorktreeState {
    let place = try place()
    guard stored.place != place else { return stored }
    if try isMoved(stored.place, to: place) {
      var state = stored
      state.place = place
      return state
    }
    var state = WorktreeState(writer: mintWriter(), place: place)
    (state.current, state.previous) = (stored.current, stored.previous)
    state.tip = try stored.current.flatMap { try lastTip(of: stored.writer, in: $0) } ?? stored.tip
    (state.lifecycle, state.base) = (stored.lifecycle, stored.base)
    return state
  }

  /// A copy may get the numbers that the original once had, on a disk that was mounted anew; but then the original is
  /// where it was.
  private func isMoved(_ old: WorktreeState.Place, to new: WorktreeState.Place) throws -> Bool {
    guard old.isSameFolder(as: new) else { return false }
    guard let other = try Files.status(old.path) else { return true }
    return other.device == new.device && other.inode == new.inode
  }

  func lastTip(of writer: WriterID, in session: SessionID) throws -> ObjectID? {
    try repository.tips(of: session).first { $0.reference.writer == writer && $0.archive == nil }?.commit
  }

  private func place() throws -> WorktreeState.Place {
    let top = try repository.requireWorkTree()
    let status = try Files.status(top)
    return WorktreeState.Place(
      device: status?.device ?? 0, inode: status?.inode ?? 0, path: Files.canonical(top) ?? top,
      machine: world.machine)
  }

  /// Notes what `undo` can reverse.
  func remember(_ action: UndoEntry.Action, title: String, session: SessionID) throws {
    let entry = UndoEntry(session: session, time: now, title: title, action: action)
    try updateState { $0.undo.append(entry) }
  }

  /// Makes this work tree stand in no session, if it stands in this one.
  func leave(_ session: SessionID) throws {
    guard let state = try state(), [state.current, state.previous].contains(session) else { return }
    try updateState { state in
      if state.current == session { (state.current, state.tip) = (nil, nil) }
      if state.previous == session { state.previous = nil }
    }
  }

  /// All sessions in short, from the index, which is brought up to date.
  func summaries(matching query: String? = nil) throws -> [SessionSummary] {
    try world.during("Reading the sessions") { try SessionIndex.summaries(of: repository, matching: query) }
  }

  // MARK: - The current session

  /// Keeps what is known of the session of this work tree, for the rest of this command and for the next one.
  func remember(_ history: SessionHistory) {
    known = history
    repository.remember(history)
    HeadingMemo.keep(history, in: self)
  }

  /// The session of this work tree, and where in it the work tree stands.
  struct Current {
    let history: SessionHistory
    let writer: WriterID
    /// The last commit that this work tree wrote or took up.
    let tip: ChainCommit

    /// The latest checkpoint of this work tree; nil until the first.
    var checkpoint: ChainCommit? { history.checkpoint(at: tip) }

    /// The checkpoint of another work tree in which the session went on from here. Nil if there are several to choose
    /// from, or none with other files.
    var continuation: ChainCommit? {
      let heads = history.heads.compactMap { history.checkpoint(at: $0) }
      guard let last = heads.last, heads.allSatisfy({ $0.tree == last.tree }) else { return nil }
      return last.tree == checkpoint?.tree ? nil : last
    }
  }

  /// Nil if there is no session here.
  func currentIfAny() throws -> Current? { try state()?.current.flatMap(place) }

  /// Where this work tree stands, or would begin, in a session; nil if the session is not there.
  func place(in session: SessionID) throws -> Current? {
    let known = known.flatMap { $0.id == session ? $0 : nil }
    guard let history = try repository.history(of: session, knowing: known) else { return nil }
    self.known = history
    return try place(in: history)
  }

  /// The same in a session that was read.
  func place(in history: SessionHistory) throws -> Current? {
    let state = try state()
    let writer = state?.writer ?? mintWriter()
    let remembered = state?.tip.flatMap { history[$0] }
    guard let tip = history.last(of: writer) ?? remembered ?? history.heads.last else { return nil }
    return Current(history: history, writer: writer, tip: tip)
  }

  /// Whether a session was begun in this work tree.
  package func hasSession() throws -> Bool { try currentIfAny() != nil }

  func current() throws -> Current {
    _ = try repository.requireWorkTree()
    if let current = try currentIfAny() { return current }
    guard let lost = try state()?.current else { throw try noSession() }
    let history = try SessionHistory(lost, tips: try repository.tips(of: lost), from: repository)
    guard !history.state.isDeleted else {
      throw SessionError(
        .no, "\(history.state.label), the session of this work tree, was deleted",
        hints: SessionError.noSession.hints)
    }
    throw SessionError(
      .fatal, "the session of this work tree, \(lost), cannot be read any more",
      hints: ["'git session doctor' tells what is wrong; 'git session start' begins another one."])
  }

  /// None was begun in this work tree; others of the repository may have been.
  private func noSession() throws -> SessionError {
    let none = SessionError.noSession
    if try repository.isWorktreeStateUnreadable() {
      return SessionError(
        none.kind, "what this work tree remembers of its session cannot be read",
        hints: ["'git session doctor' tells what can be done."])
    }
    if try repository.sessionTips().isEmpty { return none }
    return SessionError(
      none.kind, none.sentence,
      hints: none.hints + [
        "Or take one up: 'git session list' shows them, 'git session resume' brings its files."
      ])
  }

  /// The current session, if it still takes work.
  func unended() throws -> Current {
    let current = try current()
    let state = current.history.state
    guard !state.lifecycle.isEnded else {
      throw SessionError(
        .no, "\(state.label) is \(state.lifecycle.rawValue)",
        hints: ["'git session reopen' opens it again; 'git session start' begins another one."])
    }
    return current
  }
}

extension SessionError {
  package static let noSession = SessionError(
    .no, "there is no session in this work tree",
    hints: ["Begin one: git session start \"what you want to achieve\""])
}
