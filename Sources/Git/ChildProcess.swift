import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One run of another program, started with `posix_spawn` and fed and read through pipes.
///
/// It blocks: libgit2 reports errors per thread and the callers are synchronous, while Foundation's `Process`
/// adds 50 ms per run and an asynchronous main function 1.6 ms per start.
struct ChildProcess {
  let executable: String
  let arguments: [String]
  var environment: [String: String]
  /// The program writes to our own standard output and error instead of to us.
  var inheritsOutput = false
  /// Gets the lines of standard error that tell how far a transfer is; nil if nobody wants to see them.
  var showProgress: (@Sendable (String) -> Void)?

  init(executable: String, arguments: [String], environment: [String: String]) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
  }

  struct Result {
    let status: Int32
    let output: [UInt8]
    let errors: [UInt8]
  }

  /// A status of 128 + n stands for an end by signal n, as in a shell.
  func run(input: [UInt8]) throws(FileError) -> Result {
    let (child, standardInput, standardOutput, standardError) = try start()
    standardInput.reading.close()
    standardOutput.writing.close()
    standardError.writing.close()

    let transfer = Transfer(input: input, to: standardInput.writing, progress: showProgress)
    let (output, errors) = try withoutBrokenPipeSignal { () throws(FileError) in
      try transfer.run(reading: standardOutput.reading, standardError.reading)
    }

    guard let status = waitForEnd(of: child) else { throw FileError("wait for", executable) }
    return Result(status: status, output: output, errors: errors)
  }

  /// One thread at a time: a program that another thread starts between the making of a pipe and its marking
  /// would inherit it, and then this one might wait for ever for the end of its input.
  func start() throws(FileError) -> (pid_t, input: ChildPipe, output: ChildPipe, errors: ChildPipe) {
    pthread_mutex_lock(Self.starting)
    defer { pthread_mutex_unlock(Self.starting) }
    let (input, output, errors) = (try ChildPipe(), try ChildPipe(), try ChildPipe())
    return (try spawn(input, output, errors), input, output, errors)
  }

  private nonisolated(unsafe) static let starting: UnsafeMutablePointer<pthread_mutex_t> = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    return mutex
  }()

  private func spawn(_ input: ChildPipe, _ output: ChildPipe, _ errors: ChildPipe) throws(FileError) -> pid_t
  {
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
    posix_spawn_file_actions_adddup2(&actions, input.reading.number, 0)
    if !inheritsOutput {
      posix_spawn_file_actions_adddup2(&actions, output.writing.number, 1)
      posix_spawn_file_actions_adddup2(&actions, errors.writing.number, 2)
    }
    // The program must die of a closed pipe as usual, whatever this process ignores.
    var defaults = brokenPipe
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    let words = ([executable] + arguments).map { strdup($0) } + [nil]
    let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var child: pid_t = 0
    let code =
      executable.contains("/")
      ? posix_spawn(&child, executable, &actions, &attributes, words, variables)
      : posix_spawnp(&child, executable, &actions, &attributes, words, variables)
    guard code == 0 else { throw FileError("start", executable, code: code) }
    return child
  }
}

/// Runs `body` while this thread gets no SIGPIPE, which would end the process where `EPIPE` says enough. Other
/// threads, and a pipe that standard output may be, are left alone.
func withoutBrokenPipeSignal<Result>(
  _ body: () throws(FileError) -> Result
) throws(FileError) -> Result {
  var signals = brokenPipe
  var previous = sigset_t()
  pthread_sigmask(SIG_BLOCK, &signals, &previous)
  defer {
    // One that has come meanwhile waits for the thread and would end it now.
    var pending = sigset_t()
    sigpending(&pending)
    if sigismember(&pending, SIGPIPE) == 1, sigismember(&previous, SIGPIPE) == 0 {
      var received: Int32 = 0
      sigwait(&signals, &received)
    }
    pthread_sigmask(SIG_SETMASK, &previous, nil)
  }
  return try body()
}

private var brokenPipe: sigset_t {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGPIPE)
  return signals
}

/// The two ends of a pipe, neither of which a child inherits by itself.
struct ChildPipe {
  let reading: End
  let writing: End

  init() throws(FileError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw FileError("open", "a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    reading = End(ends[0])
    writing = End(ends[1])
  }

  /// Closes itself at the end of its life, or earlier on request.
  final class End {
    private(set) var number: Int32
    init(_ number: Int32) { self.number = number }
    func close() {
      if number >= 0 { platformClose(number) }
      number = -1
    }
    deinit { close() }

    /// What can be read now; closes this end once there is nothing more to come.
    func receive() -> [UInt8] {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
        count = platformRead(number, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      if count == 0 || (count == -1 && errno != EINTR && errno != EAGAIN) { close() }
      return chunk
    }
  }
}

private func platformClose(_ descriptor: Int32) { close(descriptor) }

private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

/// The status with which a child ends; 128 + n stands for an end by signal n, as in a shell. Nil if it cannot be
/// known, where ends of children are ignored.
func waitForEnd(of child: pid_t) -> Int32? {
  var status: Int32 = 0
  while waitpid(child, &status, 0) == -1 {
    if errno != EINTR { return nil }
  }
  let signalNumber = status & 0x7f
  return signalNumber == 0 ? (status >> 8) & 0xff : 128 + signalNumber
}

/// Writes the input while it reads both outputs, so that neither side ever waits for the other for ever.
private struct Transfer {
  let input: [UInt8]
  let writing: ChildPipe.End
  let progress: (@Sendable (String) -> Void)?

  init(input: [UInt8], to writing: ChildPipe.End, progress: (@Sendable (String) -> Void)?) {
    self.input = input
    self.writing = writing
    self.progress = progress
    if input.isEmpty {
      writing.close()
    } else {
      // A write to a blocking pipe would wait until all of it is taken.
      _ = fcntl(writing.number, F_SETFL, O_NONBLOCK)
    }
  }

  func run(reading first: ChildPipe.End, _ second: ChildPipe.End) throws(FileError) -> ([UInt8], [UInt8]) {
    var outputs: [[UInt8]] = [[], []]
    var progress = progress.map(TransferProgress.init)
    var sent = 0
    let open = [first, second]
    while writing.number >= 0 || open.contains(where: { $0.number >= 0 }) {
      var polls = [
        pollfd(fd: writing.number, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: first.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: second.number, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&polls, nfds_t(polls.count), -1) == -1 {
        if errno == EINTR { continue }
        throw FileError("poll", "a pipe")
      }
      if polls[0].revents != 0 { send(&sent) }
      for index in 0..<2 where polls[index + 1].revents != 0 {
        outputs[index] += open[index].receive()
      }
      progress?.take(outputs[1])
      if progress != nil { outputs[1] = [] }
    }
    progress?.finish()
    return (outputs[0], progress?.rest ?? outputs[1])
  }

  private func send(_ sent: inout Int) {
    let count = input.withUnsafeBytes {
      write(writing.number, $0.baseAddress?.advanced(by: sent), $0.count - sent)
    }
    if count > 0 { sent += count }
    // A program that stops reading has seen enough; how it ends says whether that was right.
    if sent == input.count || (count == -1 && errno != EAGAIN && errno != EINTR) { writing.close() }
  }
}
