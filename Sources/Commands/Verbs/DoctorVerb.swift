import ArgumentParser
import Operations

struct DoctorVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check chains, notes, index, configuration and locks.",
    discussion: "Exits with 1 if something is wrong. Without --fix it only says what it would do.")

  @Flag(help: "Mend what can be mended without loss.") var fix = false
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try Doctor(fixes: fix).run(in: workspace)
    try console.show(report) { report.findings.flatMap { Self.lines($0, console) } }
    return report.isHealthy ? .success : .no
  }

  private static func lines(_ finding: Doctor.Finding, _ console: Console) -> [String] {
    let sentence = Text.line(finding.sentence)
    let remedy = finding.remedy.map { Text.line($0) } ?? ""
    switch finding.state {
    case .good: return ["\(console.style.good("ok"))     \(finding.check): \(sentence)"]
    case .fixed: return ["\(console.style.good("fixed"))  \(finding.check): \(sentence)"]
    case .fixable:
      return [
        "\(console.style.bad("wrong"))  \(finding.check): \(sentence)", "       --fix would: \(remedy)",
      ]
    case .bad: return ["\(console.style.bad("wrong"))  \(finding.check): \(sentence)", "       \(remedy)"]
    }
  }
}
