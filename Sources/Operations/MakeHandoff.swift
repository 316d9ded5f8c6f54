import Files
import Git
import Handoffs
package import Sessions
import Storage

/// Writes the document from which a stranger continues, or tells whether one is still fresh.
package struct MakeHandoff {
  package var session: String?
  /// A revision: makes the handoff from commits and the work tree alone.
  package var since: String?
  /// Tokens; nil for the configured number. Below ``minimumBudget`` it counts as that.
  package var budget: Int?
  /// Where the document lies or will lie. In a work tree it is passed over, so that it is not stale at once.
  package var file: String?
  /// The work tree was saved just now: it is as the latest checkpoint has it, and need not be looked at again.
  var isJustSaved = false

  package static let minimumBudget = Handoff.minimumBudget

  package init(session: String?, since: String?, budget: Int?, file: String? = nil) {
    self.session = session
    self.since = since
    self.budget = budget
    self.file = file
  }

  package struct Report: Encodable, Sendable {
    package let markdown: String
    package let json: JSONValue

    /// In JSON the document itself.
    package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
  }

  /// Whether a document fits the state it speaks of.
  package struct Verdict: Encodable, Sendable {
    package let isFresh: Bool
    /// Sentences; empty if fresh.
    package let differences: [String]
  }

  package func run(in workspace: Workspace) throws -> Report {
    let gathered = try gather(workspace)
    let packed = gathered.handoff.packed(
      into: try budget ?? workspace.settings.handoffBudget, stamp: gathered.stamp)
    return Report(markdown: packed.markdown, json: packed.json)
  }

  /// The document in the first of several sizes, in tokens, that fits; nil if none does.
  func markdown(
    in workspace: Workspace, budgets: [Int], fitting fits: (String) -> Bool
  ) throws -> String? {
    let gathered = try gather(workspace)
    for budget in budgets {
      let text = gathered.handoff.packed(into: budget, stamp: gathered.stamp).markdown
      if fits(text) { return text }
    }
    return nil
  }

  /// Compares the stamp of `document` with one made now of the same session or revision.
  package static func verify(
    _ document: String, from file: String?, in workspace: Workspace
  ) throws -> Verdict {
    guard let stamp = HandoffStamp(readingFrom: document) else {
      throw SessionError(.fatal, "this is no handoff: it has no stamp")
    }
    let file = file ?? workspace.world.redirections().input
    let current: HandoffStamp
    do {
      let make = MakeHandoff(session: stamp.session, since: stamp.since, budget: nil, file: file)
      current = try make.gather(workspace).stamp
    } catch let error as SessionError where error.kind == .no {
      return Verdict(isFresh: false, differences: [error.sentence])
    }
    let history =
      try stamp.checkpoint == current.checkpoint
      ? nil : stamp.session.map { try workspace.session(named: $0) }
    let differences = stamp.differences(from: current) { checkpoint in
      ObjectID(checkpoint).flatMap { history?[$0] }.flatMap { history?.name(of: $0) }
    }
    return Verdict(isFresh: differences.isEmpty, differences: differences)
  }

  /// A handoff is some hundred kilobytes at the most; a larger file is none.
  private static let documentLimit = 16 << 20

  private static func readInput(in world: World) throws -> [UInt8] {
    guard !world.isInputTerminal else {
      throw SessionError(
        .usage, "a document has to be named, or to come by standard input",
        hints: ["git session handoff --verify -o <file>"])
    }
    return try world.readInput(documentLimit)
  }

  /// Reads a document where the user named it; `-` is standard input.
  package static func read(_ file: String, in workspace: Workspace) throws -> String {
    let bytes =
      try file == "-"
      ? readInput(in: workspace.world)
      : Files.read(workspace.path(of: file), limit: documentLimit)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a document where the user named it. What is there already is replaced only if it is a handoff.
  package static func write(_ document: String, to file: String, in workspace: Workspace) throws {
    let path = workspace.path(of: file)
    let status = try Files.status(path)
    guard status == nil || status?.kind == .file else {
      throw SessionError(
        .fatal, "'\(file)' is no ordinary file", hints: ["'-o -' writes to standard output."])
    }
    if status != nil, HandoffStamp(readingFrom: try read(file, in: workspace)) == nil {
      throw SessionError(
        .fatal, "'\(file)' exists and is no handoff; it stays as it is", hints: ["Choose another name."])
    }
    try Files.writeAtomically(Array(document.utf8), to: path)
  }

  private func gather(_ workspace: Workspace) throws -> (handoff: Handoff, stamp: HandoffStamp) {
    guard since == nil || session == nil else {
      throw SessionError(.usage, "--since makes a handoff without a session; give one or the other")
    }
    let facts = try HandoffFacts(workspace, document: file == "-" ? nil : file, isJustSaved: isJustSaved)
    let source =
      try since.map { try facts.source(since: $0) } ?? facts.source(of: workspace.session(named: session))
    let handoff = Handoff(source)
    let content = handoff.body + (source.tree ?? "") + (source.stagedTree ?? "")
    let stamp = HandoffStamp(
      session: source.session?.id.description, since: source.since, head: source.head, branch: source.branch,
      checkpoint: source.checkpoint?.id,
      content: try workspace.repository.name(of: Array(content.utf8), as: .blob).hex)
    return (handoff, stamp)
  }
}
