import Agents
import ArgumentParser
import Operations

struct AgentVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Connect coding agents, so that their work is saved by itself.",
    discussion: """
      A connected agent runs 'git session' when a turn ends, before its context is compacted, and when it ends: a \
      checkpoint is taken each time. The first request in a work tree without a session begins one \
      (session.autoStart), and a context that starts or was compacted gets the handoff. Known agents: \
      \(Agents.all.map(\.name).joined(separator: ", ")).

      The settings of the agent get a few lines, and what else they say stays byte for byte. Claude Code also gets \
      a status line ('git session statusline'), which runs the one that was there before. Without a scope, 'install' \
      means --user, the others mean all.
      """)

  @Argument(help: "What to do.") var action = ConnectAgents.Action.status
  @Argument(
    help: ArgumentHelp(
      "An agent; status and uninstall mean all that are known without it.", valueName: "agent"),
    completion: .words(.agents))
  var names: [String] = []
  @Flag(help: "The settings for all work of yours.") var user = false
  @Flag(help: "The settings that everybody gets who works in this repository.") var project = false
  @Flag(help: "The settings for your work in this work tree.") var local = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if [user, project, local].filter(\.self).count > 1 {
      throw ValidationError("--user, --project and --local exclude each other.")
    }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    try show(try connection.run(in: workspace), console)
  }

  var outside: ((World, Console) throws -> ExitStatus)? {
    connection.outside.map { run in { try show(try run($0), $1) } }
  }

  private var connection: ConnectAgents {
    ConnectAgents(action, names: names, scope: user ? .user : project ? .project : local ? .local : nil)
  }

  private func show(_ report: ConnectAgents.Report, _ console: Console) throws -> ExitStatus {
    try console.show(report) {
      // Whoever names none asks for what there is.
      let rows = report.agents.filter { action != .uninstall || !names.isEmpty || $0.state != .absent }
      return rows.isEmpty ? ["No agent is connected."] : rows.flatMap { Self.lines($0, console) }
    }
    return report.agents.contains { $0.state == .unreadable } && action != .status ? .fatal : .success
  }

  static func lines(
    _ row: ConnectAgents.Report.Row, _ console: Console
  ) -> [String] {
    let state = row.state.rawValue + String(repeating: " ", count: max(0, 9 - row.state.rawValue.count))
    let painted: String =
      switch row.state {
      case .installed, .updated, .present, .removed: console.style.good(state)
      case .outdated, .unreadable: console.style.bad(state)
      case .absent: state
      }
    let heard = row.heardAgeMilliseconds.map { ", heard \(Text.age($0))" } ?? ""
    var lines = ["\(painted)  \(row.agent) (\(row.scope.rawValue)\(heard))  \(Text.line(row.file))"]
    if let remark = row.remark { lines.append("           " + remark) }
    return lines
  }
}

extension ConnectAgents.Action: ExpressibleByArgument {}
