import ArgumentParser
package import Operations

/// The terminal's front door: parses a command line, runs one verb, and turns what happens into text and an exit
/// status as git would.
package enum CommandLineTool {
  package static let version = "0.1.0"
  /// When that version was made, as manual pages write dates.
  package static let date = "November 21, 2026"

  /// Exit statuses: 0, 1 for "no", 128 for what cannot be done, 129 for a wrong command line.
  package static func run(_ arguments: [String], in world: World) -> Int32 {
    if arguments.first == "hook" {
      // Called by git with each commit, and by agents at each turn: without the parser, and never a failure.
      if arguments.count == 2, let hook = RunAgentHook(arguments[1]) {
        hook.run(in: world)
      } else {
        RunHook(Array(arguments.dropFirst())).run(in: world)
      }
      return 0
    }
    var words = arguments[...]
    do {
      let options = try GlobalOptions(from: &words)
      let world = try options.applied(to: world)
      if words.first == Completion.verb {
        Completion.run(words.dropFirst(), in: world)
        return 0
      }
      if words.first == DetachedTask.word {
        RunDetached(words.dropFirst()).run(in: world)
        return 0
      }
      if let line = StatusLine(words) {
        line.run(in: world)
        return 0
      }
      if let plain = PlainCheckpoint(words) {
        return try run(with: plain.output, isPaged: false, in: world, plain.run)
      }
      if let unknown = unknownVerb(words) { throw unknown }
      var command = try GitSession.parseAsRoot(Array(words))
      guard let verb = command as? any Verb else {
        // Help of some kind: a command of the parser's own, whose run throws the text.
        try command.run()
        return 0
      }
      return try run(
        with: verb.output, isReading: type(of: verb).isReading, isPaged: options.isPaged == true, in: world,
        outside: verb.outside, verb.run)
    } catch let status as ExitStatus {
      return status.rawValue
    } catch  where isParserError(error) {
      return report(parserError: error, world)
    } catch {
      return report(SessionError(wrapping: error), world)
    }
  }

  private static func run(
    with output: OutputOptions, isReading: Bool = false, isPaged: Bool, in world: World,
    outside: ((World, Console) throws -> ExitStatus)? = nil,
    _ body: (Workspace, Console) throws -> ExitStatus
  ) throws -> Int32 {
    func console(_ world: World, _ terminal: TerminalSettings) -> Console {
      Console(world, terminal, options: output, isReading: isReading, isPaged: isPaged)
    }
    let world = output.quiet || output.json ? world.withoutProgress : world
    let workspace: Workspace
    do {
      workspace = try Workspace(world)
    } catch {
      guard let missing = SessionError.noRepository(error, in: world) else { throw error }
      guard let outside else { throw missing }
      let console = console(world, try TerminalSettings(outside: world))
      defer { console.finish() }
      return try outside(world, console).rawValue
    }
    try workspace.requirePlaceOfEnvironment()
    defer {
      for warning in workspace.warnings { world.errors.write("warning: \(Text.singleLine(warning))\n") }
    }
    let console = console(world, TerminalSettings(workspace))
    // Before the warnings, which a pager would cover.
    defer { console.finish() }
    if let report = CatchUp().run(in: workspace) { Self.remark(report, console) }
    return try body(workspace, console).rawValue
  }

  /// What was found before the command itself began.
  private static func remark(_ found: CatchUp.Report, _ console: Console) {
    if !found.lost.isEmpty {
      let saved = found.checkpoint.map { "is saved as \($0.name)" } ?? "was saved already"
      console.remark("\(found.lost.joined(separator: ", ")) ended without a word; its work \(saved).")
    }
    if found.finished { console.remark("An emergency save that had been stopped is finished.") }
  }

  private static func isParserError(_ error: any Error) -> Bool {
    GitSession.exitCode(for: error) == .success || GitSession.exitCode(for: error) == .validationFailure
  }

  /// Help goes to standard output with status 0; a wrong command line to standard error with status 129.
  private static func report(parserError error: any Error, _ world: World) -> Int32 {
    let isHelp = GitSession.exitCode(for: error) == .success
    // The parser knows the executable; people know the subcommand of git.
    let text = GitSession.fullMessage(for: error).replacing("git-session", with: "git session")
      .replacing(" SUBCOMMANDS:", with: ":").replacing("--help' for more", with: "-h' for more")
    // As git's own, they begin with a small letter.
    let sentence = text.hasPrefix("Error: ") ? text.dropFirst(7) : nil
    let message = sentence.map { "fatal: " + $0.prefix(1).lowercased() + $0.dropFirst() } ?? text
    (isHelp ? world.output : world.errors).write(message.hasSuffix("\n") ? message : message + "\n")
    return isHelp ? 0 : 129
  }

  private static func report(_ error: SessionError, _ world: World) -> Int32 {
    let label = error.kind == .no ? "error" : "fatal"
    let hints = error.hints.map { "hint: \(Text.singleLine($0))\n" }.joined()
    world.errors.write("\(label): \(Text.singleLine(error.sentence))\n\(hints)")
    return switch error.kind {
    case .no: 1
    case .fatal: 128
    case .usage: 129
    }
  }

  private static func unknownVerb(_ arguments: ArraySlice<String>) -> SessionError? {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments
    guard let word = words.first, !word.hasPrefix("-") else { return nil }
    let names = GitSession.configuration.groupedSubcommands.flatMap(\.subcommands).map { name(of: $0) }
    guard !names.contains(word) else { return nil }
    let near = names.filter { Text.distance($0, word) <= 2 }
    return SessionError(
      .usage, "'\(word)' is not a git session command",
      hints: near.map { "Did you mean 'git session \($0)'?" } + ["'git session -h' lists the commands."])
  }

  /// As it is typed. Each verb says it: to make a name from a type, the parser looks through all types of the program,
  /// which takes as long as all else at the start. One that does not say it is not found.
  static func name(of verb: any ParsableCommand.Type) -> String { verb.configuration.commandName ?? "" }
}

struct GitSession: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git-session",
    abstract: "Save a coding session, look back, go back, and hand over.",
    discussion: """
      A session is a piece of work with an objective. Its checkpoints hold the whole work tree, what is staged, and \
      what was decided, as commits below refs/sessions that no branch sees.
      """,
    version: "git-session version \(CommandLineTool.version)",
    groupedSubcommands: [
      CommandGroup(name: "Save", subcommands: [Start.self, CheckpointVerb.self, Watch.self]),
      CommandGroup(name: "Look back", subcommands: [Status.self, List.self, Show.self, Log.self, Diff.self]),
      CommandGroup(name: "Go back", subcommands: [Restore.self, Undo.self, Branch.self]),
      CommandGroup(
        name: "Record",
        subcommands: [Note.self, Decision.self, Next.self, PhaseVerb.self, Blocker.self, Question.self]),
      CommandGroup(
        name: "Rest and end",
        subcommands: [Pause.self, Continue.self, Complete.self, Abandon.self, Reopen.self, Delete.self]),
      CommandGroup(name: "Hand over", subcommands: [HandoffVerb.self, Resume.self]),
      CommandGroup(name: "Other machines", subcommands: [Push.self, Fetch.self, Sync.self]),
      CommandGroup(
        name: "Care",
        subcommands: [
          Init.self, AgentVerb.self, ContextVerb.self, Runs.self, StatusLineVerb.self, Config.self,
          DoctorVerb.self,
        ]),
    ],
    defaultSubcommand: Status.self)

  // ``GlobalOptions`` reads these; here they are told to help, manuals and completion.
  @Option(
    name: .customShort("C"),
    help: ArgumentHelp(
      "Run as if started in this folder; may be repeated, each seen from the one before.", valueName: "path"),
    completion: .directory)
  var directories: [String] = []
  @Flag(
    name: [.customShort("p"), .customLong("paginate")], help: "Show the output in a pager, if to a terminal.")
  var paginate = false
  @Flag(name: [.customShort("P"), .customLong("no-pager")], help: "Use no pager.")
  var noPager = false
}

/// What every verb of the terminal is: options, and one run that reports through the console.
protocol Verb: ParsableCommand {
  /// Much to read comes out of it: on a terminal, in a pager.
  static var isReading: Bool { get }
  var output: OutputOptions { get }
  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus
  /// What it does where there is no repository; nil if it needs one.
  var outside: ((World, Console) throws -> ExitStatus)? { get }
}

extension Verb {
  static var isReading: Bool { false }
  var outside: ((World, Console) throws -> ExitStatus)? { nil }
}

/// How a command ends if nothing is wrong.
enum ExitStatus: Int32, Error {
  case success = 0
  case no = 1
  /// Something failed that has already been told on standard error.
  case fatal = 128
}

/// Options that every verb takes.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON: {\"schema\":1,\"data\":…}.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but errors.")
  var quiet = false
}
