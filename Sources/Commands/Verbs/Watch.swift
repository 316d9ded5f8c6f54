import ArgumentParser
import Operations

struct Watch: Verb {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Save by itself what changes, while this runs.",
    discussion: """
      A checkpoint is taken when nothing has changed for 2 seconds, and while changes go on every 25 seconds: no more \
      than half a minute of work is lost, whatever happens to an agent, an editor or the machine. What is ignored is \
      not watched. It ends with the session, or with Ctrl-C, and saves once more then.
      """)

  @Flag(help: "Go on in the background.") var detach = false
  @Flag(help: "Let the one that runs save and end; exits with 1 if there is none.") var stop = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if detach && stop { throw ValidationError("--detach and --stop exclude each other.") }
  }

  private struct Report: Encodable {
    let process: Int32?
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    let watcher = try Watcher(workspace)
    if stop {
      let process = try watcher.process
      guard try watcher.stop() else {
        try console.show(Report(process: nil)) { ["Nobody watches this work tree."] }
        return .no
      }
      try console.show(Report(process: process)) { ["Saved, and not watched any more."] }
    } else if detach {
      let process = try watcher.start()
      try console.show(Report(process: process)) {
        ["Watched by process \(process); 'git session watch --stop' ends it."]
      }
    } else {
      try WatchWorkTree(workspace) { console.remark("warning: " + Text.singleLine($0)) }.run {
        try console.show(Report(process: nil)) { ["Watching; Ctrl-C ends it."] }
      }
    }
    return .success
  }
}
