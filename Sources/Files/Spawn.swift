#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The start of another program, by `posix_spawn`.
///
/// It hears all signals, whatever this process blocks, unless it is to hear of no interruption, and dies of a closed pipe, whatever this process ignores.
package struct Spawn {
  /// What the program has for one of its standard streams.
  package enum Stream {
    /// That of this process.
    case own
    case descriptor(Int32)
    /// Opened to read from as its input, and to write to otherwise.
    case file(String)
  }

  /// With whom the program shares the terminal and the signals that come from there.
  package enum Company {
    /// With this process.
    case ours
    /// A process group of its own, so that it can be ended with all that it has started.
    case group
    /// Nobody: no terminal, and no job of a shell. No signal is ignored.
    case session
  }

  package let program: String
  package let arguments: [String]
  package let environment: [String: String]
  package var input = Stream.own
  package var output = Stream.own
  package var errors = Stream.own
  package var company = Company.ours
  /// It ends by itself, soon, and what wants this process to end is not for it.
  package var ignoresInterruption = false

  /// `program` is a path, or a name that is looked up in the folders that this process looks in.
  package init(_ program: String, _ arguments: [String], environment: [String: String]) {
    (self.program, self.arguments, self.environment) = (program, arguments, environment)
  }

  /// Starts it; its process id. Of what this process has open it gets the streams, and what is not marked to be closed.
  package func start() throws(FileError) -> Int32 {
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
    for (number, stream) in [input, output, errors].enumerated() {
      switch stream {
      case .own: break
      case .descriptor(let descriptor):
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
      case .file(let path):
        posix_spawn_file_actions_addopen(
          &actions, Int32(number), path, number == 0 ? O_RDONLY : O_WRONLY, 0)
      }
    }
    var (blocked, defaults) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    if ignoresInterruption { for number in Interruption.numbers { sigaddset(&blocked, number) } }
    if company == .session {
      sigfillset(&defaults)
    } else {
      sigemptyset(&defaults)
      sigaddset(&defaults, SIGPIPE)
    }
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | company.flag)

    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var child: pid_t = 0
    let code =
      program.contains("/")
      ? posix_spawn(&child, program, &actions, &attributes, words, variables)
      : posix_spawnp(&child, program, &actions, &attributes, words, variables)
    guard code == 0 else { throw FileError("start", program, code: code) }
    return child
  }

  /// Waits until a child ends; its status, where 128 + n stands for an end by signal n, as in a shell. Nil if it cannot
  /// be known, where ends of children are ignored.
  @discardableResult
  package static func waitForEnd(of child: Int32) -> Int32? {
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 {
      if errno != EINTR { return nil }
    }
    let signalNumber = status & 0x7f
    return signalNumber == 0 ? (status >> 8) & 0xff : 128 + signalNumber
  }
}

extension Spawn.Company {
  fileprivate var flag: Int16 {
    switch self {
    case .ours: 0
    case .group: Int16(POSIX_SPAWN_SETPGROUP)
    case .session:
      #if canImport(Glibc)
        // `POSIX_SPAWN_SETSID` of glibc's <spawn.h>, which shows it to GNU sources only.
        0x80
      #else
        Int16(POSIX_SPAWN_SETSID)
      #endif
    }
  }
}

/// The two ends of a pipe, neither of which a program that is started has by itself.
package struct ChildPipe: Sendable {
  package let reading: End
  package let writing: End

  package init() throws(FileError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw FileError("open", "a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (End(ends[0]), End(ends[1]))
  }

  /// Closes itself at the end of its life, or earlier on request. Belongs to one thread at a time.
  package final class End: @unchecked Sendable {
    // Unchecked, because a pager's is handed on to whoever writes, who does so from one thread.
    /// Negative once it is closed.
    package private(set) var number: Int32

    fileprivate init(_ number: Int32) { self.number = number }

    deinit { close() }

    package func close() {
      if number >= 0 { platformClose(number) }
      number = -1
    }

    /// A write takes what there is room for, and waits for nobody.
    package func stopWaiting() { _ = fcntl(number, F_SETFL, O_NONBLOCK) }

    /// What can be read now; closes this end once there is nothing more to come.
    package func receive() -> [UInt8] {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
        count = platformRead(number, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      if count == 0 || (count == -1 && errno != EINTR && errno != EAGAIN) { close() }
      return chunk
    }

    /// How many of the bytes were taken; none, and this end is closed, if nobody will read them.
    package func send(_ bytes: ArraySlice<UInt8>) -> Int {
      let count = bytes.withUnsafeBytes { platformWrite(number, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR, errno != EAGAIN { close() }
      return max(0, count)
    }
  }
}

private func platformClose(_ descriptor: Int32) { close(descriptor) }

private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

private func platformWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}
