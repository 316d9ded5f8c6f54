import Files
import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension World {
  /// Starts a program that belongs to no terminal and to no job of a shell, and that keeps nothing open of ours: who
  /// waits for the end of our output, or wants to unmount the folder that we stand in, does not wait for it.
  @Sendable static func startDetached(_ command: [String], environment: [String: String]) -> Bool {
    guard let program = command.first, Files.isExecutable(program) else { return false }
    // The shell changes the folder and ends at once, so that nobody need wait for the program.
    var spawn = Spawn(
      "/bin/sh", ["-c", #"cd / && "$@" &"#, "sh"] + command, environment: environment)
    spawn.company = .session
    (spawn.input, spawn.output, spawn.errors) = (.file("/dev/null"), .file("/dev/null"), .file("/dev/null"))
    keepInheritedFiles()
    guard let child = try? spawn.start() else { return false }
    return Spawn.waitForEnd(of: child) == 0
  }

  /// Marks what our caller has left open beside the standard streams, so that no program of ours inherits it.
  private static func keepInheritedFiles() {
    for number in ((try? Files.list("/dev/fd")) ?? []).compactMap({ Int32($0) }) where number > 2 {
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
  }
}
