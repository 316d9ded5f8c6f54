import ArgumentParser
import Operations
import Sessions

struct Pause: LifecycleVerb {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let the session rest; its time stops.")
  static let change = Lifecycle.Change.pause
  @OptionGroup var target: SessionArgument
  @OptionGroup var output: OutputOptions
}

struct Continue: LifecycleVerb {
  static let configuration = CommandConfiguration(
    commandName: "continue", abstract: "Go on with a paused session, or with another one in this work tree.",
    discussion: "Files and branch stay as they are; 'git session resume' brings those of the session.")
  static let change = Lifecycle.Change.continue
  @OptionGroup var target: SessionArgument
  @OptionGroup var output: OutputOptions
}

struct Complete: LifecycleVerb {
  static let configuration = CommandConfiguration(
    commandName: "complete", abstract: "End the session: its objective is reached.")
  static let change = Lifecycle.Change.complete
  @OptionGroup var target: SessionArgument
  @OptionGroup var output: OutputOptions
}

struct Abandon: LifecycleVerb {
  static let configuration = CommandConfiguration(
    commandName: "abandon", abstract: "End the session: its objective is given up.")
  static let change = Lifecycle.Change.abandon
  @OptionGroup var target: SessionArgument
  @OptionGroup var output: OutputOptions
}

struct Reopen: LifecycleVerb {
  static let configuration = CommandConfiguration(
    commandName: "reopen", abstract: "Go on with a session that was ended.")
  static let change = Lifecycle.Change.reopen
  @OptionGroup var target: SessionArgument
  @OptionGroup var output: OutputOptions
}

struct SessionArgument: ParsableArguments {
  @Argument(help: "A session; the current one without it.", completion: .words(.sessions)) var session:
    String?
}

/// The verbs that change a session's life differ only in the change.
protocol LifecycleVerb: Verb {
  static var change: Lifecycle.Change { get }
  var target: SessionArgument { get }
}

extension LifecycleVerb {
  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try ChangeLifecycle(Self.change, session: target.session).run(in: workspace)
    try console.show(report) { Self.lines(report, console) }
    return .success
  }

  private static func lines(_ report: ChangeLifecycle.Report, _ console: Console) -> [String] {
    let label = console.style.name(report.session.label)
    var lines = report.checkpoint.map { SavedText.lines($0, console) } ?? []
    if let left = report.left { lines.append(LeftText.line(left)) }
    if report.isEntered { lines.append("\(label) is the session of this work tree now.") }
    lines.append("\(label) is \(report.lifecycle.rawValue): \(Text.line(report.session.objective))")
    guard report.lifecycle.isEnded else { return lines }
    lines.append(
      "  \(Text.duration(report.activeMilliseconds)) of work, \(Text.plural(report.checkpoints, "checkpoint")),"
        + " \(Text.plural(report.commits, "commit")), \(Text.plural(report.decisions, "decision"))")
    if !report.open.isEmpty {
      lines.append("Still open:")
      lines += Text.table(
        report.open.map { ["  \($0.kind.rawValue)", $0.id, Text.line($0.text, limit: 70)] })
    }
    if let next = report.nextStep { lines.append("Next step was: \(Text.line(next))") }
    return lines
  }
}
