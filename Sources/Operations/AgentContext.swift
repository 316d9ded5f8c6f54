import Agents
import Files
import Git
import Sessions

/// How full the context of an agent's run is, as its transcript tells, and what was done about it. It is remembered
/// from hook to hook, so that a transcript costs what has been added to it.
struct AgentContext {
  private let agent: any Agent
  private let run: String
  private let file: MemoFile
  private let workspace: Workspace
  private var reader: TranscriptReader
  private var contextWatch: ContextWatch
  private var window: ContextWindow?
  /// What the agent has said last, if it has come since the last hook.
  private(set) var newWords: String?
  /// The memo that was read; empty for none.
  private let memoContent: ArraySlice<UInt8>
  /// The agent has to be asked to record what it knows, as soon as it takes a text.
  var mustTell: Bool
  /// The context was compacted, and has to get the handoff as soon as the agent takes a text.
  var mustHandOver: Bool

  /// Nil if nothing tells of the context of the run: it has no transcript that can be read, and its hooks say nothing.
  init?(_ event: AgentEvent, _ agent: any Agent, _ workspace: Workspace) throws {
    guard event.transcript != nil || !event.lines.isEmpty else { return nil }
    let file = try Self.file(event.run, workspace.repository)
    let memo = Self.memo(file)
    let past = memo == nil ? AgentRuns(workspace.repository).watch(of: event.run, of: agent.name) : nil
    self.init(
      memo ?? ([], TranscriptReader(agent.transcripts), past ?? ContextWatch(), nil, false, false), file,
      agent, run: event.run, workspace)
    do {
      if let transcript = event.transcript { try read(transcript) }
    } catch is FileError {
      // It is not there yet, or is no file: what an agent names may be anything.
      if memo == nil, event.lines.isEmpty { return nil }
    }
    for line in event.lines { reader.read(line: line) }
    // Of a run that is taken up again all figures are read once more, and only the last one is news.
    if past != nil { _ = reader.takeFigures() }
    if !event.lines.isEmpty, let size = reader.transcript.reportedWindow {
      try AgentWindows(workspace.repository).learn(
        size, run: run, model: reader.transcript.model, agent: agent.name)
    }
    let words = reader.transcript.lastWords
    newWords = words == memo?.reader.transcript.lastWords ? nil : words
    findWindow()
  }

  /// As the last hook of a run has left it.
  private init?(of file: MemoFile, _ workspace: Workspace) {
    guard let memo = Self.memo(file), let run = memo.watch.run,
      let agent = Agents.named(memo.reader.agent.rawValue)
    else { return nil }
    self.init(memo, file, agent, run: run, workspace)
    // The hook has seen the agent's environment. What the status line has said since counts for more.
    if window == nil || learnedSize.map({ $0 != window?.size }) ?? false { findWindow() }
  }

  private init(_ memo: Memo, _ file: MemoFile, _ agent: any Agent, run: String, _ workspace: Workspace) {
    (self.file, self.agent, self.run, self.workspace) = (file, agent, run, workspace)
    (memoContent, reader, contextWatch, window, mustTell, mustHandOver) = memo
  }

  private mutating func findWindow() {
    var transcript = reader.transcript
    transcript.reportedWindow = transcript.reportedWindow ?? learnedSize
    let places = AgentPlaces(
      environment: workspace.world.environment, workTree: workspace.repository.workTree)
    window = agent.window(
      of: transcript, settings: agent.configurations(in: places), environment: workspace.world.environment)
  }

  /// In tokens.
  private var learnedSize: Int? {
    AgentWindows(workspace.repository).size(of: run, model: reader.transcript.model, agent: agent.name)
  }

  /// Of all runs in this work tree that have not ended.
  static func all(in workspace: Workspace) throws -> [AgentContext] {
    let folder = workspace.repository.worktreeState
    guard try Files.status(folder) != nil else { return [] }
    let ended = Set(AgentRuns(workspace.repository).entries.filter { $0.ended != nil }.compactMap(\.id))
    return try Files.list(folder).filter { $0.hasPrefix(prefix) }.sorted().compactMap {
      AgentContext(of: MemoFile($0, in: workspace.repository), workspace)
    }.filter { context in context.id.map { !ended.contains($0) } ?? true }
  }

  /// Of those that have ended and are not forgotten yet, with what their transcripts have got since.
  static func ended(in workspace: Workspace) -> [AgentContext] {
    AgentRuns(workspace.repository).entries.filter { $0.ended != nil }.compactMap { entry in
      guard let file = try? file(entry.run, workspace.repository),
        var context = AgentContext(of: file, workspace)
      else { return nil }
      // What was told by hooks was read with them.
      if !context.agent.tellsLines, let transcript = entry.transcript { try? context.read(transcript) }
      context.findWindow()
      return context
    }
  }

  private static let prefix = "agent-context-"

  private var id: AgentRun.ID? { AgentRun.ID(agent: agent.name, run: run) }

  func forget() throws { try Self.forget(run, workspace.repository) }

  /// The run has ended: the conversation is forgotten, but not what was called for, in case it is taken up again.
  static func forget(_ run: String, _ repository: Repository) throws {
    let file = try file(run, repository)
    if let memo = memo(file) {
      // Who was not asked yet is asked then.
      try AgentRuns(repository).keep(memo.mustTell ? ContextWatch() : memo.watch, of: run)
    }
    try Files.remove(file.path)
  }

  private static func file(_ run: String, _ repository: Repository) throws -> MemoFile {
    MemoFile(prefix + (try repository.name(ofRun: run, digits: 20)), in: repository)
  }

  // MARK: - What it tells

  private var usage: (percent: Double, window: ContextWindow, tokens: Int)? {
    guard let usage = reader.transcript.usage, let window else { return nil }
    return (window.percent(usage), window, usage.next)
  }

  /// Of where the agent compacts or is refused.
  var percent: Int { Int((usage?.percent ?? 0).rounded()) }

  /// The same for people.
  var share: String { share(usage?.percent ?? 0) }

  /// They are told where it is an estimate.
  private func share(_ percent: Double) -> String {
    (reader.transcript.isEstimated ? "about " : "") + "\(Int(percent.rounded())) %"
  }

  /// How many turns there are until then, by those before.
  var turnsLeft: Int? { forecast?.turns }

  private var forecast: ContextForecast? {
    usage.flatMap {
      ContextForecast(turnEnds: reader.transcript.turnEnds, now: $0.tokens, limit: $0.window.limit)
    }
  }

  /// For a report; nil as long as nobody knows.
  var row: ReadContexts.Report.Row? {
    guard let usage else { return nil }
    let transcript = reader.transcript
    return ReadContexts.Report.Row(
      agent: agent.name, run: run, model: transcript.model, tokens: usage.tokens, limit: usage.window.limit,
      percent: percent, turnsLeft: turnsLeft, tokensPerTurn: forecast?.perTurn,
      compactions: transcript.compactions, isEstimated: transcript.isEstimated,
      turnEnds: transcript.turnEnds.map { Int(usage.window.percent(tokens: $0).rounded()) })
  }

  /// For the session; nil as long as nobody knows.
  var measure: Fact? {
    guard let usage, let id else { return nil }
    let measure = ContextMeasure(
      tokens: usage.tokens, limit: usage.window.limit,
      compactions: reader.transcript.compactions,
      model: reader.transcript.model.map { PlainText.line($0, limit: 80) })
    return measure.map { .contextMeasured(id, $0) }
  }

  /// A threshold that was crossed.
  struct Crossing {
    let level: ContextLevel
    /// How full the context was, for people.
    let share: String
  }

  /// The thresholds that were crossed since the last time, in their order.
  mutating func observe(by thresholds: ContextThresholds) -> [Crossing] {
    let compactions = reader.transcript.compactions
    if contextWatch.run == run, contextWatch.compactions < compactions {
      // What it knew in full is gone, and it is too late to ask for it.
      (mustTell, mustHandOver) = (false, !agent.tellsOfCompaction)
    }
    var crossings: [Crossing] = []
    var figures: [ContextUsage?] = reader.takeFigures()
    // None is of an answer where nobody knows, and after a rewind.
    if figures.last != reader.transcript.usage { figures.append(reader.transcript.usage) }
    for usage in figures {
      let before = contextWatch.level
      let percent = usage.flatMap { window?.percent($0) }
      guard
        let level = contextWatch.observe(percent, run: run, compactions: compactions, thresholds: thresholds)
      else { continue }
      crossings.append(Crossing(level: level, share: share(percent ?? 0)))
      if level >= .handoff, before < .handoff { mustTell = true }
    }
    return crossings
  }

  // MARK: - The transcript

  private mutating func read(_ path: String) throws {
    do {
      try readOn(path)
    } catch is TranscriptReader.Changed {
      reader = TranscriptReader(agent.transcripts)
      try readOn(path)
    }
  }

  private mutating func readOn(_ path: String) throws {
    let file = try OpenFile(path)
    guard file.status.size >= reader.offset else { throw TranscriptReader.Changed() }
    try file.seek(to: reader.start)
    while true {
      let piece = try file.read(upTo: 1 << 18)
      if piece.isEmpty { break }
      try reader.read(piece)
    }
    reader.finish()
  }

  // MARK: - The memo

  private static let format = 3

  private typealias Memo = (
    content: ArraySlice<UInt8>, reader: TranscriptReader, watch: ContextWatch, window: ContextWindow?,
    mustTell: Bool, mustHandOver: Bool
  )

  private static func memo(_ file: MemoFile) -> Memo? {
    guard let content = file.read() else { return nil }
    var memo = ByteReader(content)
    do {
      guard try memo.count() == format else { return nil }
      let (mustTell, mustHandOver) = (try memo.bool(), try memo.bool())
      let watch = try ContextWatch(from: &memo)
      let window = try memo.optional(ContextWindow.init(from:))
      let reader = try TranscriptReader(Array(try memo.bytes()))
      return (content, reader, watch, window, mustTell, mustHandOver)
    } catch {
      return nil
    }
  }

  /// False if another hook has done so since this one has looked, and nothing is kept then: settings of a user and of
  /// a project may both hold our hooks, and all hooks of a moment run at once.
  func save() throws -> Bool {
    var memo = ByteWriter()
    memo.write(Self.format)
    memo.write(mustTell)
    memo.write(mustHandOver)
    contextWatch.write(to: &memo)
    memo.write(window) { $1.write(to: &$0) }
    memo.write(reader.bytes)
    let content = memo.bytes
    // Nothing has happened, so that no two hooks can tell the same.
    if memoContent.elementsEqual(content) { return true }
    return try FileLock.held(workspace.repository.worktreeState + "/context.lock", milliseconds: 2000) {
      guard (Self.memo(file)?.content ?? []) == memoContent else { return false }
      // A hook at each use of a tool waits for no disk.
      try file.write(content, isPrivate: true)
      return true
    }
  }
}
