import Files
import Git
import Operations
import Sessions

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension World {
  /// The real one.
  ///
  /// `GIT_SESSION_TEST_CLOCK` (an RFC 3339 time) and `GIT_SESSION_TEST_SEED` (a number) fix what would otherwise
  /// differ from run to run, so that tests can expect whole outputs.
  static var live: World {
    openStandardStreams()
    let environment = currentEnvironment()
    let clock = environment["GIT_SESSION_TEST_CLOCK"].flatMap { Timestamp($0) }
    let seed = environment["GIT_SESSION_TEST_SEED"].flatMap { UInt64($0) }
    let random: @Sendable (Int) -> [UInt8] = { count in
      guard let seed else { return (0..<count).map { _ in UInt8.random(in: 0...255) } }
      return counted(seed, count)
    }
    let errors = output(2)
    var git = GitExecutable(environment: environment)
    if errors.isTerminal { git.showProgress = errors.write }
    let beginStep: @Sendable (String) -> @Sendable () -> Void = { title in
      guard errors.isTerminal else { return {} }
      return LiveProgress.begin(title, errors.write)
    }
    return World(
      now: { clock ?? currentTime() }, random: random,
      environment: environment, currentDirectory: Files.workingDirectory() ?? ".", machine: machineName(),
      git: git, executable: { executable(environment) }, output: output(1),
      errors: errors, ask: ask, startPager: World.Pager.start,
      readInput: { limit in try Files.readStandardInput(limit: limit) }, isInputTerminal: isatty(0) == 1,
      redirections: { (Files.path(ofDescriptor: 0), Files.path(ofDescriptor: 1)) },
      beginStep: beginStep, runFilter: runFilter,
      sleep: { milliseconds in usleep(UInt32(clamping: milliseconds) &* 1000) }, startDetached: startDetached,
      ancestors: LiveProcesses.ancestors, isAlive: LiveProcesses.isAlive)
  }

  /// Opens what the caller has closed of standard input, output and error, as git does: a file of ours that got one
  /// of their numbers would be written over.
  private static func openStandardStreams() {
    var descriptor = open("/dev/null", O_RDWR)
    while (0...2).contains(descriptor) { descriptor = open("/dev/null", O_RDWR) }
    if descriptor > 2 { close(descriptor) }
  }

  private static func currentEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var position = environ
    while let entry = position.pointee {
      if let sign = strchr(entry, Int32(UInt8(ascii: "="))) {
        let name = UnsafeRawBufferPointer(start: entry, count: UnsafePointer(sign) - UnsafePointer(entry))
        variables[String(decoding: name, as: UTF8.self)] = String(cString: sign + 1)
      }
      position += 1
    }
    return variables
  }

  private static func currentTime() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Milliseconds of a clock that nobody sets.
  static func uptime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
  }

  /// SplitMix64, whose whole state is the seed: https://prng.di.unimi.it/splitmix64.c
  private static func counted(_ seed: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { position in
      var value = seed &+ UInt64(position + 1) &* 0x9e37_79b9_7f4a_7c15
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return UInt8(truncatingIfNeeded: value ^ (value >> 31))
    }
  }

  /// Where the user's PATH finds this program, which outlives an update better than where it lies in the end.
  private static func executable(_ environment: [String: String]) -> String? {
    let name = CommandLine.arguments.first ?? "git-session"
    let folders = name.contains("/") ? [] : (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    #if canImport(Glibc)
      let own = Files.canonical("/proc/self/exe")
    #else
      let own = name.contains("/") ? Files.canonical(name) : nil
    #endif
    let files = name.hasPrefix("/") ? [name] : folders.map { (folder: String) in folder + "/" + name }
    let found = files.first { (file: String) in access(file, X_OK) == 0 }
    guard let found, found.hasPrefix("/"), own == nil || Files.canonical(found) == own else { return own }
    return found
  }

  /// The machine's id where the system has one, else its name on the network.
  private static func machineName() -> String {
    if let id = try? Files.read("/etc/machine-id", limit: 1024), !id.isEmpty {
      return String(decoding: id.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  @Sendable private static func ask(_ question: String) -> String? {
    guard isatty(0) == 1, isatty(2) == 1 else { return nil }
    output(2).write(question)
    return readLine() ?? ""
  }

  private static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func output(_ descriptor: Int32) -> Output {
    let isTerminal = isatty(descriptor) == 1
    return Output(isTerminal: isTerminal, columns: isTerminal ? columns(of: descriptor) : nil) { text in
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        if written < 0 {
          // A full disk behind `>` must not look like success; a reader that has gone wants no more words.
          if descriptor == 1 {
            if errno != EPIPE { perror("fatal: cannot write to standard output") }
            exit(128)
          }
          return
        }
        rest = rest.dropFirst(written)
      }
    }
  }
}
