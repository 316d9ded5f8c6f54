import ArgumentParser
import Operations
import Sessions

struct Log: Verb {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Show the checkpoints of a session, newest first.")

  static let isReading = true

  @Argument(help: "A session; the current one without it.", completion: .words(.sessions)) var session:
    String?
  @Flag(name: .shortAndLong, help: "Show notes, decisions and other records too.") var all = false
  @Option(
    name: [.customShort("n", allowingJoined: true), .customLong("max-count")],
    help: ArgumentHelp("Show at most so many.", valueName: "number"))
  var maxCount: Int?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ReadLog(session: session, includesRecords: all, limit: maxCount).run(in: workspace)
    try console.show(report) {
      var lanes = Lanes()
      let texts = Text.table(report.entries.map { Self.cells($0, console) })
      let lines = zip(report.entries, texts).flatMap { entry, text -> [String] in
        let row = lanes.row(of: entry.commit, parents: entry.parents)
        return ["\(row.mark) \(text)"] + row.joins
      }
      return console.fitted(lines)
    }
    return .success
  }

  private static func cells(_ entry: ReadLog.Report.Entry, _ console: Console) -> [String] {
    let age = console.style.faint(Text.age(entry.ageMilliseconds))
    guard let checkpoint = entry.checkpoint else {
      let events = entry.events.map { Text.line($0, limit: 80) }
      return [console.style.faint("-"), age, events.joined(separator: "; ")]
    }
    let changes = checkpoint.changes
    let size =
      "\(console.style.good("+\(changes.insertions)")) \(console.style.bad("-\(changes.deletions)"))"
    let agents = Set(entry.commits.compactMap(\.agent)).sorted().map { "(\(Text.line($0, limit: 40)))" }
    let words = (checkpoint.message.map { [Text.subject($0, limit: 80)] } ?? []) + agents
    return [console.style.name(checkpoint.name), age, checkpoint.trigger.rawValue, size]
      + (words.isEmpty ? [] : [words.joined(separator: "  ")])
  }
}

/// The lines beside a log that show which commit continues which.
struct Lanes {
  /// The commit that each lane waits for.
  private var lanes: [String] = []

  struct Row {
    /// `* |`
    let mark: String
    /// Lines below it where lanes end.
    let joins: [String]
  }

  mutating func row(of commit: String, parents: [String]) -> Row {
    if !lanes.contains(commit) { lanes.append(commit) }
    let own = lanes.firstIndex(of: commit) ?? 0
    let mark = lanes.indices.map { $0 == own ? "*" : "|" }.joined(separator: " ")
    if let first = parents.first {
      lanes[own] = first
      lanes += parents.dropFirst().filter { !lanes.contains($0) }
    } else {
      lanes.remove(at: own)
    }
    var joins: [String] = []
    while let twin = lanes.indices.last(where: { lanes[..<$0].contains(lanes[$0]) }) {
      joins.append(
        lanes.indices.map { $0 == twin ? "/" : "|" }.joined(separator: " ").replacing(" /", with: "/"))
      lanes.remove(at: twin)
    }
    return Row(mark: mark, joins: joins)
  }
}
