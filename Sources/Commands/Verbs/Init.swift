import ArgumentParser
import Operations

struct Init: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Let git's hooks save and link each commit.",
    discussion: """
      Puts a few lines into the hooks of this repository. Where no session is active they end at once, and they \
      never make a git command fail. What a hook holds besides stays as it is. Exits with 1 if something is \
      left for you to do.
      """)

  @Flag(help: "Only say what is missing.") var check = false
  @Flag(help: "Take the lines out again, without a trace.") var remove = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if check && remove { throw ValidationError("--check and --remove exclude each other.") }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try InstallHooks(check ? .check : remove ? .remove : .install).run(in: workspace)
    try console.show(report) {
      report.hooks.flatMap { Self.lines($0, console) } + report.remarks.map { Text.line($0) }
    }
    return report.isDone ? .success : .no
  }

  private static func lines(_ hook: InstallHooks.HookReport, _ console: Console) -> [String] {
    let isGood: Bool
    switch hook.state {
    case .installed, .updated, .present, .removed, .absent: isGood = true
    case .missing, .outdated, .manual: isGood = false
    }
    let state = hook.state.rawValue + String(repeating: " ", count: 9 - hook.state.rawValue.count)
    let painted = isGood ? console.style.good(state) : console.style.bad(state)
    let reason = hook.reason.map { ": " + Text.line($0) } ?? ""
    return ["\(painted)  \(hook.hook.rawValue)\(reason)"] + hook.steps.map { "             " + Text.safe($0) }
  }
}
