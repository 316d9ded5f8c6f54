import Operations

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension World {
  /// Runs a command line by a shell, in a group of its own that is ended when the time is over.
  @Sendable static func runFilter(
    _ command: String, environment: [String: String], input: [UInt8], milliseconds: Int
  ) -> [UInt8] {
    guard let (reading, feeding) = makePipe(), let (listening, writing) = makePipe() else { return [] }
    let child = spawnShell(command, environment: environment, input: reading, output: writing)
    close(reading)
    close(writing)
    guard let child else {
      close(feeding)
      close(listening)
      return []
    }
    // A program that reads nothing must not end this one.
    signal(SIGPIPE, SIG_IGN)
    var filter = Filter(feeding: feeding, listening: listening, input: input[...])
    let output = filter.run(until: milliseconds + Filter.time)
    kill(-child, SIGKILL)
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    return output
  }

  private static func makePipe() -> (Int32, Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func spawnShell(
    _ command: String, environment: [String: String], input: Int32, output: Int32
  ) -> pid_t? {
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
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let arguments: [String] = ["sh", "-c", command]
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var child: pid_t = 0
    return posix_spawn(&child, "/bin/sh", &actions, &attributes, words, variables) == 0 ? child : nil
  }
}

/// Writes to a program and reads from it at the same time, so that neither waits for the other.
private struct Filter {
  private var feeding: Int32?
  private let listening: Int32
  private var input: ArraySlice<UInt8>
  private var output: [UInt8] = []

  /// More is on nobody's status line.
  private static let limit = 1 << 16

  init(feeding: Int32, listening: Int32, input: ArraySlice<UInt8>) {
    (self.feeding, self.listening, self.input) = (feeding, listening, input)
    _ = fcntl(feeding, F_SETFL, O_NONBLOCK)
  }

  /// Milliseconds of a clock that nobody sets.
  static var time: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }

  /// What the program has written when it closes its output, or the time is over.
  mutating func run(until end: Int) -> [UInt8] {
    defer {
      if let feeding { close(feeding) }
      close(listening)
    }
    while output.count < Self.limit {
      let left = end - Self.time
      var ends = [pollfd(fd: listening, events: Int16(POLLIN), revents: 0)]
      if let feeding { ends.append(pollfd(fd: feeding, events: Int16(POLLOUT), revents: 0)) }
      guard left > 0, poll(&ends, nfds_t(ends.count), Int32(left)) > 0 || errno == EINTR else { break }
      if ends.count > 1, ends[1].revents != 0 { feed() }
      if ends[0].revents != 0, !listen() { break }
    }
    return output
  }

  private mutating func feed() {
    guard let feeding else { return }
    let written = input.withUnsafeBytes { write(feeding, $0.baseAddress, $0.count) }
    if written > 0 { input = input.dropFirst(written) }
    guard input.isEmpty || written < 0 && errno != EAGAIN && errno != EINTR else { return }
    close(feeding)
    self.feeding = nil
  }

  /// False at the end.
  private mutating func listen() -> Bool {
    var piece = [UInt8](repeating: 0, count: 4096)
    let count = read(listening, &piece, piece.count)
    if count > 0 { output += piece.prefix(count) }
    return count > 0 || count < 0 && errno == EINTR
  }
}
