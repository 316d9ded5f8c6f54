import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One run of another program, fed and read through pipes.
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

    guard let status = Spawn.waitForEnd(of: child) else { throw FileError("wait for", executable) }
    return Result(status: status, output: output, errors: errors)
  }

  /// One thread at a time: a program that another thread starts between the making of a pipe and its marking
  /// would inherit it, and then this one might wait for ever for the end of its input.
  func start() throws(FileError) -> (pid_t, input: ChildPipe, output: ChildPipe, errors: ChildPipe) {
    try Self.starting.whileHeld { () throws(FileError) in
      let (input, output, errors) = (try ChildPipe(), try ChildPipe(), try ChildPipe())
      var spawn = Spawn(executable, arguments, environment: environment)
      spawn.input = .descriptor(input.reading.number)
      spawn.ignoresInterruption = Interruption.isHeldBack
      if !inheritsOutput {
        spawn.output = .descriptor(output.writing.number)
        spawn.errors = .descriptor(errors.writing.number)
      }
      return (try spawn.start(), input, output, errors)
    }
  }

  private static let starting = Lock()
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
      writing.stopWaiting()
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
    sent += writing.send(input[sent...])
    // A program that stops reading has seen enough; how it ends says whether that was right.
    if sent == input.count { writing.close() }
  }
}
