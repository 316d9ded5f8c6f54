import ArgumentParser
import Operations
import Sessions

struct Status: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where the session of this work tree stands.",
    discussion: "Exits with 1 if there is none.")

  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ReadStatus().run(in: workspace)
    try console.show(report) {
      Self.heading(report, console) + Self.saved(report, console) + Self.open(report, console)
    }
    return .success
  }

  private static func heading(_ report: ReadStatus.Report, _ console: Console) -> [String] {
    let budget = report.budget.map { ", budget \(Tokens.format($0)) tokens" } ?? ""
    return [
      "\(console.style.name(report.session.label)) \(report.session.name): \(report.lifecycle.rawValue),"
        + " worked on for \(Text.duration(report.activeMilliseconds))\(budget)",
      "  \(Text.line(report.session.objective))", "",
    ]
  }

  private static func saved(_ report: ReadStatus.Report, _ console: Console) -> [String] {
    var lines: [String] = []
    if let checkpoint = report.checkpoint, let age = report.checkpointAgeMilliseconds {
      let message = checkpoint.message.map { ": " + Text.subject($0, limit: 60) } ?? ""
      lines += console.fitted([
        "Last checkpoint: \(console.style.name(checkpoint.name)) (\(checkpoint.trigger.rawValue)), \(Text.age(age))\(message)"
      ])
    }
    if !report.unsaved.isEmpty {
      lines.append("Not saved yet:")
      lines += console.fitted(report.unsaved.prefix(20).map { "  " + console.style.bad(Text.change($0)) })
      if report.unsaved.count > 20 { lines.append("  and \(report.unsaved.count - 20) more") }
    } else if report.hasOtherChanges {
      lines.append("Not saved yet: what is staged, where HEAD stands, or what was left out")
    } else {
      lines.append(console.style.good("All is saved."))
    }
    lines += report.leftOut.map { "Left out: \(Text.leftOut($0))" }
    if let operation = report.operation { lines.append("In progress: a \(operation.kind.rawValue)") }
    lines += console.fitted(
      report.unmerged.prefix(20).map { "Unmerged: \(Text.singleLine($0.path)) (\($0.state.words))" })
    if report.unmerged.count > 20 { lines.append("Unmerged: \(report.unmerged.count - 20) more") }
    if let next = report.continuation {
      let message = next.message.map { ": " + Text.subject($0, limit: 60) } ?? ""
      lines += console.fitted([
        "The session went on elsewhere; 'git session resume' takes up \(console.style.name(next.name))\(message)"
      ])
    }
    if report.heads.count > 1 {
      lines.append("Work trees went different ways; their latest checkpoints:")
      lines += console.fitted(
        Text.table(report.heads.map { ["  \($0.name)", Text.subject($0.message ?? "")] }))
    }
    lines += report.unsent.map { unsent in
      let reason = unsent.failure.map { ": " + Text.line($0) } ?? " ('git push' is waited for)"
      return "Not sent to \(Text.line(unsent.remote)) yet\(reason)"
    }
    if let watcher = report.watcher {
      lines.append("Saved by itself while it changes ('git session watch', process \(watcher))")
    }
    if let pending = report.pendingSave {
      lines.append("An emergency save was stopped; still to do: \(pending.steps.joined(separator: ", "))")
    }
    lines += report.foreign.map {
      "warning: commit \($0.commit.prefix(8)) is ignored: \(Text.line($0.reason))"
    }
    return lines
  }

  private static func open(_ report: ReadStatus.Report, _ console: Console) -> [String] {
    var lines: [String] = []
    if !report.open.isEmpty {
      lines.append("Open:")
      lines += console.fitted(
        Text.table(report.open.map { ["  \($0.kind.rawValue)", $0.id, Text.line($0.text, limit: 70)] }))
    }
    if let phase = report.phase { lines.append("Phase: \(Text.line(phase))") }
    if let next = report.nextStep { lines.append("Next step: \(Text.line(next))") }
    if report.suggestion != report.nextStep { lines.append("Suggested: \(Text.line(report.suggestion))") }
    return lines
  }
}
