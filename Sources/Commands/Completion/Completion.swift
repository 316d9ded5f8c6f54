import Operations

/// Answers a shell that asks which words may come next: `git-session complete-words WORD…`, the last word being the
/// one that is typed.
///
/// The answer is a line `word<TAB>meaning` for each, or a single line `:files` or `:directories` where paths belong;
/// nothing, with status 0, where nothing can be said. The scripts in `share/completions` only pass questions and
/// answers on.
struct Completion {
  static let verb = "complete-words"

  enum Answer {
    case words([CompletionWord])
    case files
    case directories
  }

  private let tree: CommandTree
  private let world: World

  /// Nothing that goes wrong may show on a line that is being typed.
  static func run(_ words: ArraySlice<String>, in world: World) {
    do {
      let completion = Completion(tree: try CommandTree(), world: world)
      let typed = words.last ?? ""
      switch try completion.answer(words.dropLast(), typed) {
      case .files: world.output.write(":files\n")
      case .directories: world.output.write(":directories\n")
      case .words(let found):
        let fitting = found.filter { $0.word.lowercased().hasPrefix(typed.lowercased()) }
        world.output.write(fitting.map { "\($0.word)\t\($0.meaning)\n" }.joined())
      }
    } catch {}
  }

  private func answer(_ before: ArraySlice<String>, _ typed: String) throws -> Answer {
    if before.isEmpty, let words = CompletionWords.allCases.first(where: { "--\($0.rawValue)" == typed }) {
      for word in try values(words, "", CompletionWords.Line(), world) {
        world.output.write("\(word.word)\t\(word.meaning)\n")
      }
      return .words([])
    }
    var rest = before
    if rest.last == "-C" { return .directories }
    let world = try GlobalOptions(from: &rest).applied(to: world)
    guard let name = rest.first else {
      return .words(typed.hasPrefix("-") ? options(of: tree.root) : verbs())
    }
    if name == "help" { return .words(rest.count == 1 ? verbs() : []) }
    guard let verb = tree.root.verb(name) else { return .words([]) }
    return try answer(CommandLinePosition(after: rest.dropFirst(), of: verb), typed, verb, world)
  }

  private func answer(
    _ position: CommandLinePosition, _ typed: String, _ verb: CommandTree.Command, _ world: World
  ) throws -> Answer {
    let line = CompletionWords.Line(verb: verb.commandName, arguments: position.arguments)
    if let option = position.waitingOption { return try values(of: option, typed, line, world) }
    if typed.hasPrefix("-") && !position.isAfterTerminator {
      let parts = typed.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        return .words(options(of: verb) + [CompletionWord(word: "--", meaning: "no options from here on")])
      }
      let option = verb.options.first { $0.spellings.contains(parts[0]) && $0.kind == .option }
      guard let option, case .words(let words) = try values(of: option, parts[1], line, world) else {
        return .words([])
      }
      return .words(words.map { CompletionWord(word: "\(parts[0])=\($0.word)", meaning: $0.meaning) })
    }
    guard let argument = position.argument else { return .words([]) }
    return try values(of: argument, typed, line, world)
  }

  // MARK: - Words

  private func verbs() -> [CompletionWord] {
    let help = CompletionWord(word: "help", meaning: "Show help information.")
    return tree.root.verbs.map { CompletionWord(word: $0.commandName, meaning: $0.abstract ?? "") } + [help]
  }

  private func options(of command: CommandTree.Command) -> [CompletionWord] {
    command.options.map { option in
      // The long name says what it is about.
      let name = option.spellings.last ?? ""
      let isOpen = option.kind == .option && name.hasPrefix("--")
      return CompletionWord(word: name + (isOpen ? "=" : ""), meaning: option.abstract ?? "")
    }
  }

  private func values(
    of argument: CommandTree.Argument, _ typed: String, _ line: CompletionWords.Line, _ world: World
  ) throws -> Answer {
    if let values = argument.allValues {
      return .words(values.map { CompletionWord(word: $0, meaning: "") })
    }
    switch argument.completion {
    case .files: return .files
    case .directories: return .directories
    case .command(let command):
      let words = CompletionWords.allCases.first { $0.command == command }
      return .words(try words.map { try values($0, typed, line, world) } ?? [])
    case nil: return .words([])
    }
  }

  private func values(
    _ words: CompletionWords, _ typed: String, _ line: CompletionWords.Line, _ world: World
  ) throws -> [CompletionWord] {
    try words.list(completing: typed, on: line, in: Workspace(world))
  }
}

/// What the parser would expect next.
struct CommandLinePosition {
  /// The option whose value comes next.
  private(set) var waitingOption: CommandTree.Argument?
  /// `--` has been seen.
  private(set) var isAfterTerminator = false
  /// The argument that comes next if it is no option.
  private(set) var argument: CommandTree.Argument?
  /// What stands there already and is neither an option nor the value of one.
  private(set) var arguments: [String] = []

  init(after words: ArraySlice<String>, of verb: CommandTree.Command) {
    for word in words {
      if waitingOption != nil {
        waitingOption = nil
      } else if word == "--" && !isAfterTerminator {
        isAfterTerminator = true
      } else if word.hasPrefix("-") && word.count > 1 && !isAfterTerminator {
        waitingOption = verb.options.first { $0.kind == .option && $0.spellings.contains(word) }
      } else {
        arguments.append(word)
      }
    }
    let last = verb.positionals.last
    if isAfterTerminator, let last, last.isAfterTerminator {
      argument = last
    } else {
      let open = verb.positionals.filter { !$0.isAfterTerminator }
      let count = arguments.count
      argument = open.indices.contains(count) ? open[count] : open.last.flatMap { $0.isRepeating ? $0 : nil }
    }
  }
}
