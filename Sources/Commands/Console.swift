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
  let style: Style

  init(_ world: World, options: OutputOptions) {
    self.world = world
    self.options = options
    style = Style(isOn: world.output.isTerminal && world.environment["NO_COLOR", default: ""].isEmpty)
  }

  /// Shows a report, as `text` puts it unless JSON was asked for.
  func show(_ report: some Encodable, text: () -> [String]) throws {
    if options.quiet { return }
    if options.json { return write(try json(report)) }
    write(text().map { $0 + "\n" }.joined())
  }

  /// Text that was asked for and is not quieted: the document of a handoff.
  func write(_ text: String) { world.output.write(text) }

  /// A remark on standard error that does not belong to the answer.
  func remark(_ text: String) { if !options.quiet { world.errors.write(text + "\n") } }

  /// Asks for a yes; nil where there is nobody to ask.
  func confirm(_ statement: String) -> Bool? {
    world.ask(statement + "\nGo on? [y/N] ").map { ["y", "yes"].contains($0.lowercased()) }
  }

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
