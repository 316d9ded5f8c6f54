import Operations

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The one place that prints: a report becomes JSON, text, or, when quiet, nothing.
struct Console {
  private let world: World
  private let options: OutputOptions
  private let pager: LazyPager?
  private let columns: Int?
  private let terminal: TerminalSettings
  /// Whether pictures must be drawn with ASCII alone: where the locale says so, or nobody knows what shows them.
  let isPlain: Bool
  let style: Style

  /// `isReading` if much is to be read, `isPaged` if the user has asked for a pager.
  init(
    _ world: World, _ terminal: TerminalSettings, options: OutputOptions, isReading: Bool, isPaged: Bool
  ) {
    self.world = world
    self.options = options
    let start = world.startPager
    pager = terminal.pager(isReading: isReading, isAsked: isPaged).map { command in
      LazyPager { start(command, terminal.pagerEnvironment) }
    }
    columns = terminal.columns
    self.terminal = terminal
    isPlain = terminal.columns == nil || terminal.isDumb || !terminal.isUTF8
    style = Style(isOn: terminal.usesColor(isPaged: pager != nil))
  }

  /// Shows a report, as `text` puts it unless JSON was asked for.
  func show(_ report: some Encodable, text: () -> [String]) throws {
    if options.quiet { return }
    if options.json { return write(try json(report)) }
    write(text().map { $0 + "\n" }.joined())
  }

  /// Text that was asked for and is not quieted: the document of a handoff.
  func write(_ text: String) {
    guard !text.isEmpty else { return }
    (pager?.started()?.write ?? world.output.write)(text)
  }

  /// A remark on standard error that does not belong to the answer.
  func remark(_ text: String) { if !options.quiet { world.errors.write(text + "\n") } }

  /// Asks for a yes; nil where there is nobody to ask.
  func confirm(_ statement: String) -> Bool? {
    world.ask(statement + "\nGo on? [y/N] ").map { ["y", "yes"].contains($0.lowercased()) }
  }

  /// Nothing more will be written; waits for the one who reads in a pager.
  func finish() { pager?.finish() }

  /// Lines no wider than the terminal, if it is one: for lists, where a line that goes on hides the next one.
  func fitted(_ lines: [String]) -> [String] {
    guard let columns else { return lines }
    let mark = terminal.isUTF8 ? "…" : ".."
    return lines.map { Columns.fit($0, columns, mark: mark) }
  }

  /// How wide a picture may be.
  var pictureWidth: Int { min(columns ?? 80, 120) }

  var isJSON: Bool { options.json }
  var isQuiet: Bool { options.quiet }

  private struct Envelope<Report: Encodable>: Encodable {
    let schema = 1
    let data: Report
  }

  /// A report as JSON in its envelope.
  func json(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Envelope(data: report)), as: UTF8.self) + "\n"
  }
}

/// A pager that starts with the first text, so that none starts for a command that fails or has nothing to say.
private final class LazyPager {
  private let start: () -> World.Pager?
  private var isStarted = false
  private var pager: World.Pager?

  init(_ start: @escaping () -> World.Pager?) { self.start = start }

  /// Nil if it cannot be started.
  func started() -> World.Pager? {
    if !isStarted { (isStarted, pager) = (true, start()) }
    return pager
  }

  func finish() { pager?.finish() }
}

/// Colours by meaning, only on a terminal.
struct Style {
  let isOn: Bool

  func name(_ text: String) -> String { paint(text, 33) }
  func good(_ text: String) -> String { paint(text, 32) }
  func bad(_ text: String) -> String { paint(text, 31) }
  func faint(_ text: String) -> String { paint(text, 2) }
  func strong(_ text: String) -> String { paint(text, 1) }

  private func paint(_ text: String, _ code: Int) -> String {
    isOn && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[m" : text
  }
}
