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
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
      // `POSIX_SPAWN_SETSID` of glibc's <spawn.h>, which shows it to GNU sources only.
      let newSession: Int16 = 0x80
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
      let newSession = Int16(POSIX_SPAWN_SETSID)
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for number in 1...2 as ClosedRange<Int32> {
      posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
    }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    keepInheritedFiles()

    // The shell changes the folder and ends at once, so that nobody need wait for the program.
    let words = (["sh", "-c", #"cd / && "$@" &"#, "sh"] + command).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var child: pid_t = 0
    guard posix_spawn(&child, "/bin/sh", &actions, &attributes, words, variables) == 0 else { return false }
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    return status == 0
  }

  /// Marks what our caller has left open beside the standard streams, so that no program of ours inherits it.
  private static func keepInheritedFiles() {
    for number in ((try? Files.list("/dev/fd")) ?? []).compactMap({ Int32($0) }) where number > 2 {
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
  }
}
