import ArgumentParser
import Operations
import Sessions

struct Resume: Verb {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Take a session up with its branch, index and files, here or from another clone.",
    discussion: """
      What is here now is saved in a safety checkpoint first; 'git session undo' goes back to it, to its branch as well. \
      A branch that exists moves forward or not at all; otherwise HEAD is detached where the session stood, or on a new \
      branch with --branch. In the end the handoff is printed. To take a session up and keep the files, 'git session \
      continue' does.
      """)

  @Argument(help: "A session; the current one without it.", completion: .words(.sessions)) var session:
    String?
  @Option(
    help: ArgumentHelp("Fetch from this remote first, and look for the session there.", valueName: "remote"),
    completion: .words(.remotes))
  var from: String?
  @Option(help: ArgumentHelp("Create this branch where the session stood.", valueName: "name"))
  var branch: String?
  @Option(
    help: ArgumentHelp("Which of several heads.", valueName: "checkpoint"), completion: .words(.heads))
  var head: String?
  @OptionGroup var output: OutputOptions

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let resume = ResumeSession(session: session, remote: from, branch: branch, head: head)
    let report = try resume.run(in: workspace)
    try console.show(report) {
      Self.place(report, console) + Self.absent(report) + ["", report.handoff.markdown.trimmingLineFeeds]
    }
    return .success
  }

  private static func place(_ report: ResumeSession.Report, _ console: Console) -> [String] {
    let style = console.style
    let commit = report.commit.map { " at \($0.prefix(8))" } ?? ""
    let branch =
      report.branch.map { "on \(report.isNewBranch ? "new " : "")branch \(Text.branch($0))\(commit)" }
      ?? "with HEAD detached\(commit)"
    var lines = [
      "Resumed \(style.name(report.session.label)) \(style.name(report.checkpoint.name)) \(branch)"
    ]
    if let reason = report.detachedBecause { lines.append("  not on a branch: \(Text.line(reason))") }
    lines.append(
      "  \(Text.plural(report.written.count, "file")) written, \(report.removed.count) removed; what was here is"
        + " \(style.name(report.safety.name)) of \(report.safetySession) ('git session undo' goes back)")
    lines += report.kept.map { "  kept \(Text.safe($0.path)) (\($0.reason))" }
    lines += report.held.map { "  held on this machine only: \(Text.safe($0))" }
    if let operation = report.checkpoint.operation, report.absent.operation == nil {
      lines.append("  A \(operation.kind.rawValue) is in progress, as it was there.")
    }
    return lines
      + report.refused.map { "  warning: writer \($0.writer) is not taken up: \(Text.line($0.reason))" }
  }

  private static func absent(_ report: ResumeSession.Report) -> [String] {
    let absent = report.absent
    var lines = ["Not saved, so perhaps not here:"]
    lines += absent.leftOut.map { "  " + Text.leftOut($0) }
    lines += absent.largeFiles.map { file in
      let remedy = file.isStored ? "Git LFS has it here: git lfs checkout" : "Git LFS: git lfs pull"
      return "  content of \(Text.safe(file.path)) (\(remedy))"
    }
    lines += absent.submodules.map { submodule in
      let commit = submodule.commit.prefix(8)
      let path = Text.safe(submodule.path)
      return submodule.isHere
        ? "  submodule \(path) stands elsewhere than at \(commit) (git submodule update)"
        : "  submodule \(path): its commit \(commit) is not here (git submodule update --init, if it was pushed)"
    }
    if let operation = absent.operation {
      lines.append("  the \(operation.rawValue) that was in progress: only its files are here")
    }
    return lines + ["  ignored files, stashes, changes inside submodules"]
  }
}

extension String {
  fileprivate var trimmingLineFeeds: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
