import Agents
import ArgumentParser
import Operations

struct Init: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Let git's hooks save and link each commit.",
    discussion: """
      Puts a few lines into the hooks of this repository. Where no session is active they end at once, and they \
      never make a git command fail. What a hook holds besides stays as it is. Exits with 1 if something is \
      left for you to do. Offers to connect the coding agents that you have, as 'git session agent' does.
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
    if !check && !remove && !console.isJSON { try connectAgents(workspace, console) }
    return report.isDone ? .success : .no
  }

  /// Offers to let the agents save by themselves that this user has.
  private func connectAgents(_ workspace: Workspace, _ console: Console) throws {
    // Settings that cannot be understood are no affair of git's hooks: 'git session agent' says what is wrong.
    guard let names = try? ConnectAgents.unconnected(in: workspace), !names.isEmpty else { return }
    let list = names.joined(separator: " ")
    switch console.confirm("Let these agents save by themselves, in all your work: \(list)?") {
    case true:
      let report = try ConnectAgents(.install, names: names, scope: .user).run(in: workspace)
      try console.show(report) { report.agents.flatMap { AgentVerb.lines($0, console) } }
    case false: break
    case nil:
      console.remark(
        "Agents that save by themselves once they are connected: git session agent install \(list)")
    }
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
