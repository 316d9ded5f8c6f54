import ArgumentParser
import Operations
import Sessions

struct Show: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a session or a checkpoint.",
    discussion: """
      A session: its key (SESSION-012, 12), name, the beginning of its id, @ for the current one, @{-1} for the \
      previous one. A checkpoint: c4, @~1, SESSION-012:c4, or the beginning of its commit id.
      """)

  static let isReading = true

  @Argument(help: "A session or a checkpoint; the current session without it.", completion: .words(.objects))
  var name: String?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    switch try Shown.find(name, in: workspace) {
    case .session(let report): try console.show(report) { Self.lines(report, console) }
    case .checkpoint(let report): try console.show(report) { Self.lines(report, console) }
    }
    return .success
  }

  private static func lines(_ report: ShowSession.Report, _ console: Console) -> [String] {
    var lines = [
      "session \(console.style.name(report.session.label)) (\(report.session.id))",
      "Name:       \(report.session.name)",
      "Objective:  \(Text.line(report.session.objective))",
      "State:      \(report.lifecycle.rawValue)",
      "Started:    \(report.started.minute)",
    ]
    if let ended = report.ended { lines.append("Ended:      \(ended.minute)") }
    if let budget = report.budget { lines.append("Budget:     \(Tokens.format(budget)) tokens") }
    if let next = report.nextStep { lines.append("Next step:  \(Text.line(next))") }
    for kind in Item.Kind.allCases {
      let items = report.items.filter { $0.kind == kind }
      guard !items.isEmpty else { continue }
      lines +=
        ["", "\(kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst())s:"]
        + items.flatMap(Text.item).map { "  " + $0 }
    }
    if !report.commits.isEmpty {
      lines +=
        ["", "Commits:"]
        + report.commits.map { commit in
          "  \(commit.commit.prefix(8))  \(Text.line(commit.subject))\(commit.agent.map { "  (\($0))" } ?? "")"
        }
    }
    lines += ["", "Checkpoints:"]
    let checkpoints = report.checkpoints.map {
      [
        "  \($0.name)", $0.time.minute, $0.trigger.rawValue, Text.changes($0.changes),
        Text.subject($0.message ?? "", limit: 50),
      ]
    }
    lines += console.fitted(Text.table(checkpoints))
    if report.heads.count > 1 { lines += ["", "Heads: " + report.heads.map(\.name).joined(separator: ", ")] }
    lines += report.withoutEffect.map { "No effect: \(Text.line($0))" }
    return lines + report.foreign.map { "Ignored: commit \($0.commit.prefix(8)): \(Text.line($0.reason))" }
  }

  private static func lines(_ report: ShowCheckpoint.Report, _ console: Console) -> [String] {
    let checkpoint = report.checkpoint
    var lines = [
      "checkpoint \(console.style.name(checkpoint.name)) of \(report.session.label) (\(checkpoint.commit))",
      "Taken:     \(checkpoint.time.minute) (\(checkpoint.trigger.rawValue)) by \(report.writer)",
      "Base:      \(checkpoint.base ?? "none") on \(Text.branch(checkpoint.branch))",
    ]
    if let message = checkpoint.message {
      lines.append("Message:   " + Text.safe(message).replacing("\n", with: "\n           "))
    }
    if report.index != nil { lines.append("Staged:    differs from the base") }
    if report.conflict != nil { lines.append("Unmerged:  yes") }
    if let operation = checkpoint.operation { lines.append("Operation: \(operation.kind.rawValue)") }
    lines += report.events.map { "Event:     \(Text.line($0))" }
    lines += checkpoint.leftOut.map { "Left out:  \(Text.leftOut($0))" }
    lines += ["", "Against \(report.comparedWith ?? "the base"): \(Text.changes(checkpoint.changes))"]
    return lines + report.files.map { "  " + Text.change($0) }
  }
}
