import Operations
import Sessions

/// The front door for those who ask several times a second: the status line of an agent and the prompt of a shell.
/// Answered without the parser, and never a failure.
struct StatusLine {
  private var isPrompt = false
  /// The user's own status line, a command line that reads what we read.
  private var then: String?

  /// What Claude Code keeps free beside a status line, of the columns that it tells.
  private static let margin = 4

  /// Nil if that is not what the words say; then they are the parser's.
  init?(_ words: ArraySlice<String>) {
    guard words.first == "statusline" else { return nil }
    var rest = words.dropFirst()
    while let word = rest.popFirst() {
      switch word {
      case "--prompt": isPrompt = true
      case "--then":
        guard let command = rest.popFirst() else { return nil }
        then = command
      default: return nil
      }
    }
  }

  func run(in world: World) {
    let environment = world.environment
    let columns = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    // An agent shows colours although it is no terminal itself.
    let isColorful = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    let style = Style(isOn: !isPrompt && isColorful)
    // Who types it says nothing more.
    let readsInput = !isPrompt && !world.isInputTerminal
    let text = RunStatusLine(readsInput: readsInput, then: then).run(in: world) { report in
      Self.line(
        report, columns: (columns ?? (isPrompt ? 40 : 80)) - (isPrompt ? 0 : Self.margin), style: style)
    }
    world.output.write(isPrompt ? String(text.prefix { $0 != "\n" }) : text)
  }

  /// Which session, what it is called as far as there is room, how full the context is, how long ago it was saved.
  static func line(_ report: ReadStatusLine.Report, columns: Int, style: Style) -> String {
    var behind: [String] = []
    if let percent = report.percent { behind.append(gauge(percent, report.thresholds, style)) }
    if let lifecycle = report.lifecycle, lifecycle != .active { behind.append(lifecycle.rawValue) }
    let label = report.session.map { [$0.label] } ?? []
    var room = columns - (label + behind).reduce(0) { $0 + Columns.count($1) + 2 }
    if let saved = report.savedMilliseconds, report.lifecycle?.isEnded == false {
      let words = "saved \(age(saved)) ago"
      // Half of it would say nothing.
      if words.count <= room { behind.append(words) }
      room -= words.count + 2
    }
    let name = report.session.map { Text.line($0.name) } ?? ""
    let title = room >= 8 && !name.isEmpty ? [Columns.fit(name, room, mark: "..")] : []
    let words = label.map(style.name) + title + behind
    return Columns.fit(words.joined(separator: "  "), columns, mark: "..")
  }

  /// `[######--|--|-|] 62 %`
  private static func gauge(_ percent: Int, _ thresholds: [Int], _ style: Style) -> String {
    let text = "[\(Gauge.bar(percent, thresholds, width: 14))] \(percent) %"
    if percent >= thresholds.dropFirst().first ?? 100 { return style.bad(text) }
    return percent >= thresholds.first ?? 100 ? style.name(text) : style.good(text)
  }

  private static func age(_ milliseconds: Int64) -> String {
    let minutes = max(0, milliseconds) / 60_000
    switch minutes {
    case ..<1: return "\(max(0, milliseconds) / 1000)s"
    case ..<60: return "\(minutes)m"
    case ..<1440: return "\(minutes / 60)h"
    default: return "\(minutes / 1440)d"
    }
  }
}

/// How full something is.
enum Gauge {
  /// With a mark for each threshold that lies ahead.
  static func bar(_ percent: Int, _ thresholds: [Int], width: Int) -> String {
    let filled = min(width, max(0, percent) * width / 100)
    let marks = Set(thresholds.map { $0 * width / 100 })
    return String(
      (0..<width).map { place -> Character in place < filled ? "#" : marks.contains(place) ? "|" : "-" })
  }
}
