import Files
import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension World.Pager {
  /// Starts a pager as git does: by a shell only if the command line needs one. Nil if it cannot be started.
  ///
  /// Until it ends, an interrupt is the pager's alone: it is the one that has the keyboard.
  static func start(_ command: String, environment: [String: String]) -> World.Pager? {
    // The characters for which git itself calls a shell (run-command.c).
    let needsShell = command.contains { "|&;<>()$`\\\"' \t\n*?[#~=%".contains($0) }
    var spawn =
      needsShell
      ? Spawn("sh", ["-c", command], environment: environment) : Spawn(command, [], environment: environment)
    guard let pipe = try? ChildPipe() else { return nil }
    spawn.input = .descriptor(pipe.reading.number)
    guard let child = try? spawn.start() else { return nil }
    pipe.reading.close()
    for number in [SIGPIPE, SIGINT, SIGQUIT] { signal(number, SIG_IGN) }
    return World.Pager {
      send($0, to: pipe.writing)
    } finish: {
      pipe.writing.close()
      Spawn.waitForEnd(of: child)
    }
  }

  /// A reader that has gone has seen enough.
  private static func send(_ text: String, to end: ChildPipe.End) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty, end.number >= 0 { rest = rest.dropFirst(end.send(rest)) }
  }
}
