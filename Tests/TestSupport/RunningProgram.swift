import Files

#if canImport(Glibc)
  package import Glibc
#else
  package import Darwin
#endif

/// A program that a test has started.
///
/// Not Foundation's `Process`: on Linux its `run()` reads folder entries beyond the end of their buffer, which
/// crashes a test run now and then.
package final class RunningProgram {
  package let identifier: pid_t
  private var status: Int32?

  /// Starts `program`, looked up in the `PATH` of `environment`, in `directory`. Its standard streams are files.
  ///
  /// It receives all signals: the threads that run tests block nearly all, and a shell that inherits that never
  /// hears that the programs it waits for have ended.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String], in directory: String? = nil,
    input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null"
  ) throws {
    let place = directory.map { ["-C", $0] } ?? []
    var spawn = Spawn("/usr/bin/env", place + [program] + arguments, environment: environment)
    (spawn.input, spawn.output, spawn.errors) = (.file(input), .file(output), .file(errors))
    identifier = try spawn.start()
  }

  /// Waits for the end; the exit status, or 128 and the number of the signal that ended it.
  @discardableResult
  package func wait() -> Int32 {
    if let status { return status }
    let ended = Spawn.waitForEnd(of: identifier) ?? -1
    status = ended
    return ended
  }

  /// Ends it at once, as a power failure would.
  package func kill() { send(SIGKILL) }

  package func send(_ signal: Int32) {
    guard status == nil else { return }
    sendSignal(identifier, signal)
  }
}

private func sendSignal(_ process: pid_t, _ signal: Int32) { _ = kill(process, signal) }
