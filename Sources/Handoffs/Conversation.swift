package import Sessions

/// What the conversation of one agent's run tells a stranger, read from its kept transcript without a model.
package struct Conversation: Hashable, Sendable {
  package let agent: String
  /// By which the agent knows the run.
  package let run: String
  /// The agent, and which run of it where that is not clear.
  package var name: String
  /// It had ended when the run began that spoke last.
  package var isPast = false
  /// The command that takes it up again, on the machine where it was.
  package var resume: String?
  /// What the user has asked for, the oldest first.
  package var requests: [Request] = []
  /// The agent's own list of what is to be done.
  package var plan: [PlanItem] = []
  package var lastWords: String?
  /// The last command, if no outcome of it is known.
  package var unfinished: String?
  /// The last outcome of each command, in the order in which they were run last.
  package var commands: [Command] = []
  /// Paths, most read first.
  package var filesRead: [FileUse] = []

  package init(agent: String, run: String) { (self.agent, self.run, name) = (agent, run, agent) }

  package struct Request: Hashable, Sendable {
    package let text: String
    /// As far as it is known.
    package let time: Timestamp

    package init(text: String, time: Timestamp) { (self.text, self.time) = (text, time) }
  }

  package struct PlanItem: Hashable, Sendable {
    package enum Status: String, Sendable { case open, doing, done }

    package let text: String
    package let status: Status

    package init(text: String, status: Status) { (self.text, self.status) = (text, status) }
  }

  package struct Command: Hashable, Sendable {
    package let line: String
    package let hasPassed: Bool
    package let exitCode: Int?

    package init(line: String, hasPassed: Bool, exitCode: Int?) {
      (self.line, self.hasPassed, self.exitCode) = (line, hasPassed, exitCode)
    }
  }

  package struct FileUse: Hashable, Sendable {
    package let path: String
    package let count: Int

    package init(path: String, count: Int) { (self.path, self.count) = (path, count) }
  }
}

extension HandoffSection {
  /// Of the run that spoke last.
  static func plan(_ source: HandoffSource) -> HandoffSection {
    let items = source.conversations.first { !$0.plan.isEmpty }?.plan ?? []
    var rank = 0
    let entries = items.map { item in
      let value: HandoffValue = item.status == .done ? .planDone : .plan(rank)
      if item.status != .done { rank += 1 }
      let mark =
        switch item.status {
        case .open: "open: "
        case .doing: "being done: "
        case .done: "done: "
        }
      return HandoffEntry(
        .init("item of the list", "items of the list"), value,
        facts: ["status": .string(item.status.rawValue)],
        [.markup(mark), .prose(member: "text", item.text)])
    }
    return HandoffSection(name: "plan", title: "The agent's own list", entries: entries)
  }

  static func lastWords(_ source: HandoffSource) -> HandoffSection {
    let conversations = source.conversations.filter { !$0.isPast }
    let entries = conversations.enumerated().compactMap { rank, conversation in
      conversation.lastWords.map {
        HandoffEntry(
          .init("last words", "last words"), .lastWords(rank), style: .quote,
          facts: ["agent": .string(conversation.agent)],
          speaker(conversation, among: conversations) + [.prose(member: "text", $0)])
      }
    }
    return HandoffSection(name: "last-words", title: "Last words of the agent", entries: entries)
  }

  /// Named only where there is another.
  private static func speaker(
    _ conversation: Conversation, among all: [Conversation]
  ) -> [HandoffEntry.Piece] {
    all.count > 1 ? [.markup("\(Markdown.code(conversation.name)): ")] : []
  }

  /// Those beside the objective, which says the first one; in the order of time.
  static func requests(_ source: HandoffSource) -> HandoffSection {
    let all = source.conversations.reversed().flatMap { conversation in
      conversation.requests.map { (conversation: conversation, text: $0.text, time: $0.time) }
    }
    let requests = all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element).filter { request in
        PlainText.line(request.text) != source.session.map { PlainText.line($0.objective) }
      }
    return HandoffSection(
      name: "requests", title: "What the user asked for",
      entries: requests.enumerated().map { place, request in
        HandoffEntry(
          .init("request"), .request(requests.count - 1 - place),
          facts: ["agent": .string(request.conversation.agent)],
          speaker(request.conversation, among: source.conversations) + [.prose(member: "text", request.text)])
      })
  }

  /// The newest last; what failed is worth more than what passed.
  static func commandsRun(_ source: HandoffSource) -> HandoffSection {
    let commands = source.conversations.reversed().flatMap(\.commands)
    return HandoffSection(
      name: "commands", title: "Commands that the agent ran",
      entries: commands.enumerated().map { place, command in
        let rank = commands.count - 1 - place
        let outcome =
          command.hasPassed ? "passed: " : "failed\(command.exitCode.map { " with \($0)" } ?? ""): "
        return HandoffEntry(
          .init("command that was run", "commands that were run"),
          command.hasPassed ? .passed(rank) : .failed(rank),
          facts: [
            "passed": .bool(command.hasPassed), "exit-code": command.exitCode.map { .integer(Int64($0)) },
          ],
          [.markup(outcome), .code(member: "command", command.line)])
      })
  }

  static func filesRead(_ source: HandoffSource) -> HandoffSection {
    let files = source.conversations.first?.filesRead ?? []
    return HandoffSection(
      name: "reads", title: "Files read often",
      entries: files.enumerated().map { rank, file in
        HandoffEntry(
          .init("file that was read", "files that were read"), .read(rank),
          facts: ["count": .integer(Int64(file.count))],
          [.code(member: "path", file.path), .markup(" \(counted(file.count, "time"))")])
      })
  }

  /// Files that checkpoints have changed and that are now as they were before: what was tried and given up.
  static func takenBack(_ source: HandoffSource) -> HandoffSection {
    let present = Set(source.allChanges.map(\.path) + source.unmerged.map(\.path))
      .union(source.committedElsewhere)
    let paths = source.timesTouched.filter { $0.value > 0 && !present.contains($0.key) }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return HandoffSection(
      name: "taken-back", title: "Tried and taken back",
      entries: paths.enumerated().map { rank, path in
        HandoffEntry(
          .init("file that was taken back", "files that were taken back"), .takenBack(rank),
          facts: ["checkpoints": .integer(Int64(path.value))],
          [
            .code(member: "path", path.key),
            .markup(" was changed in \(counted(path.value, "checkpoint")) and is now as before"),
          ])
      })
  }
}
