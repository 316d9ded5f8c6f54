import ArgumentParser
import Operations
import Sessions

struct PhaseVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "phase", abstract: "Say which part of the work begins; without a name, show the parts.",
    discussion: """
      Takes a checkpoint of how the part before it has ended. Time, and how much the contexts of connected agents have \
      grown, are told for each part, here and by 'git session context'.
      """)

  @Argument(help: "The name of the part that begins: \"Tests\".") var name: String?
  @Flag(help: "No part is at work any more.") var clear = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if clear && name != nil { throw ValidationError("--clear takes no name.") }
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    if let name, PlainText.line(name).isEmpty {
      throw SessionError(.usage, "the name is empty", hints: ["--clear ends the part that is at work."])
    }
    let report = try SetPhase(name: clear ? "" : name).run(in: workspace)
    try console.show(report) {
      if let name, let checkpoint = report.checkpoint {
        return ["Phase \(Text.line(name)), from \(console.style.name(checkpoint.name)) on"]
      }
      return report.phases.isEmpty ? ["No phase was set."] : Self.table(report.phases, console)
    }
    return .success
  }

  static func table(_ phases: [PhaseUse], _ console: Console) -> [String] {
    let rows = phases.map { phase in
      [
        "\(phase.ended == nil ? "*" : " ") \(Text.line(phase.name))", Text.duration(phase.milliseconds),
        "\(Tokens.format(phase.tokens)) tokens", phase.peakPercent.map { "up to \($0) %" } ?? "",
        phase.compactions > 0 ? "compacted \(Text.plural(phase.compactions, "time"))" : "",
      ]
    }
    return console.fitted(Text.table(rows))
  }
}
