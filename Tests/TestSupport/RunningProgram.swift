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

  package struct NotStarted: Error {
    package let code: Int32
  }

  /// Starts `program`, looked up in the `PATH` of `environment`, in `directory`. Its standard streams are files.
  ///
  /// It receives all signals: the threads that run tests block nearly all, and a shell that inherits that never
  /// hears that the programs it waits for have ended.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String], in directory: String? = nil,
    input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null"
  ) throws {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY, 0)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let place = directory.map { ["-C", $0] } ?? []
    let words = (["env"] + place + [program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/usr/bin/env", &actions, &attributes, words, variables)
    guard code == 0 else { throw NotStarted(code: code) }
    identifier = child
  }

  /// Waits for the end; the exit status, or the number of the signal that ended it.
  @discardableResult
  package func wait() -> Int32 {
    if let status { return status }
    var raw: Int32 = 0
    while waitpid(identifier, &raw, 0) == -1 && errno == EINTR {}
    let ended = raw & 0x7f == 0 ? (raw >> 8) & 0xff : raw & 0x7f
    status = ended
    return ended
  }

  /// Ends it at once, as a power failure would.
  package func kill() {
    guard status == nil else { return }
    sendSignal(identifier, SIGKILL)
  }
}

private func sendSignal(_ process: pid_t, _ signal: Int32) { _ = kill(process, signal) }
