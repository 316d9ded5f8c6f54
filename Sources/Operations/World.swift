import Files
package import Git
package import Sessions

/// Everything outside the program that it looks at or changes, apart from the repository itself.
///
/// It is made once, by the executable; a test makes its own, so that nothing of the machine slips in.
package struct World: Sendable {
  /// A place that text is written to.
  package struct Output: Sendable {
    package var isTerminal: Bool
    /// The width of the terminal, where that is known.
    package var columns: Int?
    package var write: @Sendable (String) -> Void

    package init(isTerminal: Bool, columns: Int? = nil, write: @escaping @Sendable (String) -> Void) {
      self.isTerminal = isTerminal
      self.columns = columns
      self.write = write
    }
  }

  /// A pager that has been started.
  package struct Pager: Sendable {
    package let write: @Sendable (String) -> Void
    /// Nothing more will come; waits until the user has seen enough.
    package let finish: @Sendable () -> Void

    package init(write: @escaping @Sendable (String) -> Void, finish: @escaping @Sendable () -> Void) {
      self.write = write
      self.finish = finish
    }
  }

  package var now: @Sendable () -> Timestamp
  /// As many random bytes as asked for.
  package var random: @Sendable (Int) -> [UInt8]
  package var environment: [String: String]
  package var currentDirectory: String
  /// What tells this machine from others; empty if nothing does.
  package var machine: String
  package var git: GitExecutable
  /// The absolute path of this program; nil if the system does not tell.
  package var executable: @Sendable () -> String?
  package var output: Output
  package var errors: Output
  /// Puts a question to the user and gives the answer, one line; nil if nobody sits at a terminal.
  package var ask: @Sendable (_ question: String) -> String?
  /// Starts a pager, given its command line and environment; nil if that is not possible.
  package var startPager: @Sendable (_ command: String, _ environment: [String: String]) -> Pager?
  /// All of standard input, at most so many bytes.
  package var readInput: @Sendable (_ limit: Int) throws -> [UInt8]
  /// Somebody sits where standard input comes from.
  package var isInputTerminal: Bool
  /// The files that standard input comes from and standard output goes to, where they are redirected.
  package var redirections: @Sendable () -> (input: String?, output: String?)
  /// Shows that something is being done, if that takes a while and there is a terminal; what it returns ends that.
  package var beginStep: @Sendable (_ title: String) -> @Sendable () -> Void
  /// Runs a command line by a shell, given its environment and what it reads, for at most so many milliseconds; then it
  /// is ended. What it has written on standard output.
  package var runFilter:
    @Sendable (_ command: String, _ environment: [String: String], _ input: [UInt8], _ milliseconds: Int) ->
      [UInt8]
  /// Does nothing for so many milliseconds.
  package var sleep: @Sendable (_ milliseconds: Int) -> Void
  /// Starts a program, given by its path, its arguments and its environment, that goes on when this one has ended: in
  /// a session of its own, at the root of the file system, with nothing open, to read or to write to. False if that
  /// is not possible. ``startDetached(_:)`` starts this program.
  package var startDetached: @Sendable (_ command: [String], _ environment: [String: String]) -> Bool
  /// The processes that have started this one, the nearest first; none where the system does not tell.
  package var ancestors: @Sendable () -> [RunningProcess]
  package var isAlive: @Sendable (RunningProcess) -> Bool

  package init(
    now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) -> [UInt8],
    environment: [String: String], currentDirectory: String, machine: String, git: GitExecutable,
    executable: @escaping @Sendable () -> String?, output: Output, errors: Output,
    ask: @escaping @Sendable (String) -> String?,
    startPager: @escaping @Sendable (String, [String: String]) -> Pager?,
    readInput: @escaping @Sendable (Int) throws -> [UInt8], isInputTerminal: Bool,
    redirections: @escaping @Sendable () -> (input: String?, output: String?),
    beginStep: @escaping @Sendable (String) -> @Sendable () -> Void,
    runFilter: @escaping @Sendable (String, [String: String], [UInt8], Int) -> [UInt8],
    sleep: @escaping @Sendable (Int) -> Void,
    startDetached: @escaping @Sendable ([String], [String: String]) -> Bool,
    ancestors: @escaping @Sendable () -> [RunningProcess],
    isAlive: @escaping @Sendable (RunningProcess) -> Bool
  ) {
    self.now = now
    self.random = random
    self.environment = environment
    self.currentDirectory = currentDirectory
    self.machine = machine
    self.git = git
    self.executable = executable
    self.output = output
    self.errors = errors
    self.ask = ask
    self.startPager = startPager
    self.readInput = readInput
    self.isInputTerminal = isInputTerminal
    self.redirections = redirections
    self.beginStep = beginStep
    self.runFilter = runFilter
    self.sleep = sleep
    self.startDetached = startDetached
    self.ancestors = ancestors
    self.isAlive = isAlive
  }
}

extension World {
  /// Runs `body`; if that takes a while, a terminal shows its title meanwhile.
  package func during<Result: ~Copyable, Failure: Error>(
    _ title: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let end = beginStep(title)
    defer { end() }
    return try body()
  }

  /// The same, telling nobody how far it is.
  package var withoutProgress: World {
    var world = self
    world.beginStep = { _ in {} }
    world.git.showProgress = nil
    return world
  }

  /// The same, with no pager for us and for git.
  package var withoutPager: World {
    var world = self
    world.environment["GIT_PAGER"] = "cat"
    world.git = git.seeing(world.environment)
    return world
  }

  /// The same, seen from another folder. An empty name changes nothing, as with `git -C`.
  package func entering(_ directory: String) throws -> World {
    if directory.isEmpty { return self }
    var world = self
    world.currentDirectory = directory.hasPrefix("/") ? directory : currentDirectory + "/" + directory
    guard let place = Files.canonical(world.currentDirectory) else {
      throw SessionError(.fatal, "cannot change to '\(directory)': No such file or directory")
    }
    guard try Files.status(place)?.kind == .directory else {
      throw SessionError(.fatal, "cannot change to '\(directory)': Not a directory")
    }
    world.currentDirectory = place
    return world
  }
}
