import ArgumentParser
import Operations
import Sessions

struct Note: ItemVerb {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Note something worth remembering.")
  static let kind = Item.Kind.note
  @OptionGroup var item: ItemOptions
  @OptionGroup var output: OutputOptions
}

struct Decision: ItemVerb {
  static let configuration = CommandConfiguration(
    commandName: "decision", abstract: "Record a decision and its reason.",
    discussion: "git session decision \"use a queue\" --because \"webhooks come in bursts\"")
  static let kind = Item.Kind.decision
  @OptionGroup var item: ItemOptions
  @OptionGroup var output: OutputOptions
}

struct Blocker: ItemVerb {
  static let configuration = CommandConfiguration(
    commandName: "blocker", abstract: "Record what stands in the way.")
  static let kind = Item.Kind.blocker
  @OptionGroup var item: ItemOptions
  @OptionGroup var output: OutputOptions
}

struct Question: ItemVerb {
  static let configuration = CommandConfiguration(
    commandName: "question", abstract: "Record a question that somebody has to answer.")
  static let kind = Item.Kind.question
  @OptionGroup var item: ItemOptions
  @OptionGroup var output: OutputOptions
}

struct ItemOptions: ParsableArguments {
  @Argument(help: "The text; '-' reads it from standard input. Without it the open ones are listed.")
  var text: String?
  @Option(help: "The reason, or with --resolve the answer.") var because: String?
  @Option(
    help: ArgumentHelp("Resolve the one with this id.", valueName: "id"), completion: .words(.items))
  var resolve: String?
  @Flag(help: "List the open ones.") var list = false
  @Flag(name: .shortAndLong, help: "List the resolved ones too.") var all = false

  func validate() throws {
    if resolve != nil && (text != nil || list) {
      throw ValidationError("--resolve takes the id of one that exists and no text.")
    }
    if text != nil && (list || all) { throw ValidationError("--list and --all take no text.") }
    if because != nil && text == nil && resolve == nil {
      throw ValidationError("--because takes a text that it gives the reason of.")
    }
  }
}

/// The verbs that add, resolve and list items differ only in the kind.
protocol ItemVerb: Verb {
  static var kind: Item.Kind { get }
  var item: ItemOptions { get }
}

extension ItemVerb {
  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try RecordItem(Self.kind, action(workspace)).run(in: workspace)
    try console.show(report) {
      if report.isSpooled { return [Text.spooled] }
      guard let first = report.items.first else { return ["No open \(Self.kind.rawValue)s."] }
      if item.resolve != nil { return ["Resolved \(Self.kind.rawValue) \(first.id)"] }
      if item.text != nil { return ["Recorded \(Self.kind.rawValue) \(console.style.name(first.id))"] }
      return report.items.flatMap(Text.item)
    }
    return .success
  }

  private func action(_ workspace: Workspace) throws -> RecordItem.Action {
    if let id = item.resolve { return .resolve(id: id, because: item.because) }
    guard let text = item.text else { return .list(includesResolved: item.all) }
    return .add(text: try Input.text(text, workspace.world), because: item.because)
  }
}

/// Text that may come from standard input.
enum Input {
  /// Documents and notes are small; more than this is a mistake.
  private static let limit = 16 << 20

  static func text(_ argument: String, _ world: World) throws -> String {
    guard argument == "-" else { return argument }
    let text = String(decoding: try world.readInput(limit), as: UTF8.self)
    // As `$(…)` of a shell would give it.
    return String(text.prefix(upTo: text.lastIndex { $0 != "\n" }.map(text.index(after:)) ?? text.startIndex))
  }
}
