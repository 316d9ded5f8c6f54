import ArgumentParser
import Operations

struct Config: Verb {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "List our settings with value, origin, default and meaning.",
    discussion: "They are set with 'git config', for example: git config session.handoffBudget 8k")

  static let isReading = true

  @OptionGroup var output: OutputOptions

  var outside: ((World, Console) throws -> ExitStatus)? {
    { try show(ListSettings().run(outside: $0), $1) }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    try show(ListSettings().run(in: workspace), console)
  }

  private func show(_ report: ListSettings.Report, _ console: Console) throws -> ExitStatus {
    try console.show(report) {
      let known = report.settings.flatMap { row -> [String] in
        let values = row.values.map { Text.line($0) }.joined(separator: ", ")
        let origin = row.origin.map { Text.line($0) } ?? "default"
        let usual = row.origin == nil || row.defaultValue.isEmpty ? "" : "  (default: \(row.defaultValue))"
        let setting = values.isEmpty ? " is not set" : " = \(values)  [\(origin)]\(usual)"
        return [console.style.name(row.key) + setting, "  \(row.meaning)"]
      }
      return known + report.unknown.map { "\(Text.line($0)) is set but means nothing to this version" }
    }
    return .success
  }
}
