import ArgumentParser
import Operations

struct Fetch: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Fetch the sessions of a remote.",
    discussion: """
      New chains are taken up, and those that are here move forward, never back. Files, branches and the session of this \
      work tree stay as they are; 'git session resume' goes on with what came.
      """)

  @Argument(help: "A remote; git's own choice without it.", completion: .words(.remotes)) var remote: String?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let report = try FetchSessions(remote: remote).run(in: workspace)
    try console.show(report) { Self.lines(report, console) }
    return report.complaint == nil ? .success : .no
  }

  static func lines(_ report: FetchSessions.Report, _ console: Console) -> [String] {
    var lines = ["From \(Text.line(report.remote)):"]
    lines += Text.table(
      report.sessions.map { row in
        let heads = row.heads > 1 ? ", \(row.heads) heads" : ""
        return [
          "  " + row.label, row.change.rawValue, Text.plural(row.checkpoints, "checkpoint") + heads,
          Text.line(row.objective, limit: 60),
        ]
      })
    lines += report.refused.map {
      "  warning: session \($0.session), writer \($0.writer) is not taken up: \(Text.line($0.reason))"
    }
    if let complaint = report.complaint { lines.append("  warning: git: \(Text.line(complaint))") }
    return lines.count == 1 ? ["\(Text.line(report.remote)) has nothing new."] : lines
  }
}

/// Fetches, then pushes.
struct Sync: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Fetch the sessions of a remote, then send those of this clone.",
    discussion: "The same as 'git session fetch' followed by 'git session push'.")

  @Argument(help: "A remote; git's own choice without it.", completion: .words(.remotes)) var remote: String?
  @Flag(help: "Do not ask before the first push to the remote.") var yes = false
  @OptionGroup var output: OutputOptions

  private struct Report: Encodable {
    let fetched: FetchSessions.Report
    let pushed: PushSessions.Report
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let fetched = try FetchSessions(remote: remote).run(in: workspace)
    // Said before anybody is asked, and even if nothing may be sent.
    if !console.isJSON { try console.show(fetched) { Fetch.lines(fetched, console) } }
    let push = PushSessions(remote: remote, sessions: [], isConfirmed: yes)
    let pushed = try push.run(in: workspace) { console.agreesTo($0) }
    try console.show(Report(fetched: fetched, pushed: pushed)) { Push.lines(pushed, console) }
    return fetched.complaint == nil && pushed.isComplete ? .success : .no
  }
}
