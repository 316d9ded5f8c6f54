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
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    let (reading, writing) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = spawn(command, environment: environment, input: reading)
    close(reading)
    guard let child else {
      close(writing)
      return nil
    }
    for number in [SIGPIPE, SIGINT, SIGQUIT] { signal(number, SIG_IGN) }
    return World.Pager {
      send(Array($0.utf8), to: writing)
    } finish: {
      close(writing)
      var status: Int32 = 0
      while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    }
  }

  /// A reader that has gone has seen enough.
  private static func send(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { platformWrite(descriptor, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      if written < 0 { return }
      rest = rest.dropFirst(written)
    }
  }

  private static func spawn(_ command: String, environment: [String: String], input: Int32) -> pid_t? {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    // The characters for which git itself calls a shell (run-command.c).
    let needsShell = command.contains { "|&;<>()$`\\\"' \t\n*?[#~=%".contains($0) }
    let arguments = needsShell ? ["sh", "-c", command] : [command]
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var child: pid_t = 0
    return posix_spawnp(&child, arguments[0], &actions, nil, words, variables) == 0 ? child : nil
  }
}

/// Inside of a pager the name means something else.
private func platformWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}
