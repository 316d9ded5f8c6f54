import ArgumentParser
import Operations

struct Push: Verb {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Send sessions to a remote.",
    discussion: """
      A session publishes every state that it has saved. Before the first push to a remote it says how much that is, \
      and asks; 'git config session.push' answers for good. Chains only move forward, each by itself. Without a remote \
      git's own choice is taken, without a session all that have changed; of those that ended most share one reference \
      there. --squash sends the latest state of each \
      session and all that was recorded, but none of the states before it; a push without it sends those as well.
      """)

  @Argument(help: "A remote, and sessions.", completion: .words(.destinations)) var names: [String] = []
  @Flag(help: "Do not ask before the first push to the remote.") var yes = false
  @Flag(help: "Send the latest state alone, not those that the session went through.") var squash = false
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    var push = PushSessions(names: names, isConfirmed: yes, in: workspace)
    push.squashes = squash
    let report = try push.run(in: workspace) { console.agreesTo($0) }
    try console.show(report) { Self.lines(report, console) }
    return report.isComplete ? .success : .no
  }

  static func lines(_ report: PushSessions.Report, _ console: Console) -> [String] {
    if report.sessions.isEmpty { return ["\(Text.line(report.remote)) has all sessions of this clone."] }
    return ["To \(Text.line(report.remote)):"]
      + Text.table(
        report.sessions.map { row in
          let result = row.reason.map { "\(row.result.rawValue) (\(Text.line($0)))" } ?? row.result.rawValue
          return ["  " + row.label, result, Text.line(row.objective, limit: 60)]
        })
  }
}

extension Console {
  /// Nil where there is nobody to ask.
  func agreesTo(_ publication: Publication) -> Bool? {
    let sentence = Text.line(publication.sentence)
    return confirm(sentence.prefix(1).uppercased() + sentence.dropFirst() + ".")
  }
}
