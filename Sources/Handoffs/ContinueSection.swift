import Sessions

/// How to continue: exact commands, none of which changes anything by itself without being asked again.
extension HandoffSection {
  static func commands(_ source: HandoffSource) -> HandoffSection {
    let commands = source.session.map { sessionCommands($0, source) } ?? commandsWithoutSession(source)
    let entries = commands.enumerated().map { rank, command in
      HandoffEntry(
        .init("command"), .command(rank), facts: ["purpose": .string(command.purpose)],
        [.code(member: "command", command.line), .markup(" — \(command.purpose)")])
    }
    return HandoffSection(name: "continue", title: "How to continue", entries: entries)
  }

  private typealias Command = (line: String, purpose: String)

  private static func sessionCommands(_ session: SessionState, _ source: HandoffSource) -> [Command] {
    let label = session.label
    var commands: [Command] = [("git session show \(label)", "everything that the session recorded")]
    switch session.lifecycle {
    case .active: break
    case .paused: commands.append(("git session continue", "end the pause before work goes on"))
    case .completed, .abandoned:
      commands.append(("git session reopen", "the session has ended; take it up again"))
    }
    commands.append(("git session status", "what is open and not saved now"))
    for head in source.continuations {
      if let name = shellWord(head.name) {
        commands.append(("git session show \(name)", "where the session went on elsewhere"))
      }
    }
    for head in source.otherHeads {
      if let name = shellWord(head.name) {
        commands.append(("git session show \(name)", "the other head"))
      }
    }
    if let name = source.checkpoint.flatMap({ shellWord($0.name) }) {
      commands += [
        ("git session diff \(name)", "what changed since the last checkpoint"),
        ("git session restore \(name) --dry-run", "what going back to it would write and remove"),
      ]
    }
    commands.append(("git session log", "all checkpoints"))
    let conversations = source.conversations.filter { !$0.isPast }
    for conversation in conversations {
      guard let resume = conversation.resume else { continue }
      let whose =
        conversations.count > 1 ? "the conversation of \(conversation.agent)" : "the agent's own conversation"
      commands.append((resume, "\(whose), on the machine where it was"))
    }
    let blockers = session.items(.blocker).filter(\.isOpen)
    if let blocker = blockers.first {
      commands.append(
        ("git session blocker --resolve \(session.shortName(of: blocker.id))", "once it no longer blocks"))
    }
    commands += [
      ("git session next \"…\"", "record the next step when it changes"),
      ("git session checkpoint -m \"…\"", "save the state of the work"),
    ]
    return commands
  }

  private static func commandsWithoutSession(_ source: HandoffSource) -> [Command] {
    var commands: [Command] = [("git status", "what is uncommitted now")]
    if let since = source.since.flatMap(shellWord) {
      commands += [
        ("git log --oneline \(since)..", "the commits since then"),
        ("git diff \(since)", "all changes since then"),
      ]
    }
    commands.append(("git session start \"…\"", "begin a session, so that no more is lost"))
    return commands
  }

  /// The word as a shell takes it without harm; nil if it looks like an option or does not show whole.
  static func shellWord(_ word: String) -> String? {
    guard let first = word.unicodeScalars.first, first != "-", word.utf8.count <= 100,
      PlainText.line(word) == word
    else { return nil }
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789._/~^@-".unicodeScalars.contains(scalar))
    }
    if isPlain && first != "~" { return word }
    // Scalars, because a quotation mark and a combining mark make one character.
    return "'" + word.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
