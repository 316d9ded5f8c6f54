import Sessions

/// Where things stand: stated facts, nothing guessed.
extension HandoffSection {
  static func state(_ source: HandoffSource) -> HandoffSection {
    let pinned = [source.session.map(session) ?? since(source), lastCheckpoint(source), unsavedWork(source)]
    let place = [head(source), operation(source), source.session.flatMap(phase)]
    let amounts = [source.session.map(itemCounts), uncommittedCounts(source)]
    let heads = continuations(source) + source.otherHeads.map(otherHead)
    let single = (pinned + place).compactMap(\.self) + heads + lostRuns(source)
    let leftOuts = source.leftOut.enumerated().map { leftOut($1, rank: $0) }
    let entries = single + amounts.compactMap(\.self) + leftOuts
    return HandoffSection(name: "state", title: "Where things stand", entries: entries)
  }

  private static let fact = HandoffEntry.Noun("fact")

  private static func session(_ session: SessionState) -> HandoffEntry {
    var rest = " is \(session.lifecycle.rawValue)"
    if let started = session.started { rest += "; started \(started.minute)" }
    if let ended = session.ended { rest += "; ended \(ended.minute)" }
    if let budget = session.budget { rest += "; budget \(Tokens.format(budget)) tokens" }
    return HandoffEntry(
      fact, .pinned,
      facts: [
        "fact": .string("session"), "id": .string(session.id.description), "label": .string(session.label),
        "lifecycle": .string(session.lifecycle.rawValue),
        "started": session.started.map { .string($0.description) },
        "ended": session.ended.map { .string($0.description) },
        "budget": session.budget.map { .integer(Int64($0)) },
      ],
      [.markup("\(session.label)")]
        + (session.name.isEmpty ? [] : [.markup(" "), .code(member: "name", session.name)])
        + [.markup("\(rest).")])
  }

  private static func since(_ source: HandoffSource) -> HandoffEntry {
    let pieces: [HandoffEntry.Piece] =
      if let since = source.since {
        [
          .markup("There is no session; this is what commits and the work tree say since "),
          .code(member: "since", since), .markup("."),
        ]
      } else {
        [.markup("There is no session; this is what the work tree says.")]
      }
    return HandoffEntry(fact, .pinned, facts: ["fact": .string("no-session")], pieces)
  }

  private static func lastCheckpoint(_ source: HandoffSource) -> HandoffEntry? {
    guard let saved = source.checkpoint else {
      guard source.session != nil else { return nil }
      return HandoffEntry(
        fact, .pinned, facts: ["fact": .string("no-checkpoint")], [.markup("No checkpoint yet.")])
    }
    return checkpoint(saved, "checkpoint", .pinned, lead: "Last checkpoint: ")
  }

  private static func continuations(_ source: HandoffSource) -> [HandoffEntry] {
    let isOne = source.continuations.count == 1 && source.otherHeads.isEmpty
    let lead = isOne ? "`git session resume` takes it up" : "somebody has to choose"
    return source.continuations.map {
      checkpoint($0, "continuation", .choice, lead: "The session went on elsewhere, and \(lead): ")
    }
  }

  private static func otherHead(_ saved: HandoffSource.SavedCheckpoint) -> HandoffEntry {
    checkpoint(
      saved, "other-head", .choice, lead: "Another head stands beside it, and somebody has to choose: ")
  }

  private static func checkpoint(
    _ saved: HandoffSource.SavedCheckpoint, _ name: String, _ value: HandoffValue, lead: String
  ) -> HandoffEntry {
    let checkpoint = saved.checkpoint
    let changes = checkpoint.changes
    var facts = " (\(checkpoint.trigger.rawValue), \(checkpoint.time.minute))"
    if changes.files > 0 {
      facts += ", +\(changes.insertions) -\(changes.deletions) in \(changes.files) "
      facts += changes.files == 1 ? "file" : "files"
    }
    let message = checkpoint.message.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    return HandoffEntry(
      fact, value,
      facts: [
        "fact": .string(name), "id": .string(saved.id), "trigger": .string(checkpoint.trigger.rawValue),
        "time": .string(checkpoint.time.description), "files": .integer(Int64(changes.files)),
        "insertions": .integer(Int64(changes.insertions)), "deletions": .integer(Int64(changes.deletions)),
      ],
      [.markup(lead), .code(member: "name", saved.name), .markup(facts)]
        + (message.map { [.markup(": "), .prose(member: "message", $0)] } ?? [.markup(".")]))
  }

  private static func unsavedWork(_ source: HandoffSource) -> HandoffEntry? {
    guard let saved = source.checkpoint else { return nil }
    let sentence: HandoffEntry.Piece =
      source.hasUnsavedWork
      ? .markup("Unsaved: the work tree differs from ") : .markup("Nothing is unsaved: the work tree equals ")
    return HandoffEntry(
      fact, .pinned,
      facts: [
        "fact": .string("unsaved"), "unsaved": .bool(source.hasUnsavedWork),
        "tree": source.tree.map(JSONValue.string),
      ],
      [
        sentence, .code(member: "checkpoint", saved.name),
        .markup(source.hasUnsavedWork ? tree(source) : "."),
      ])
  }

  private static func tree(_ source: HandoffSource) -> String {
    source.tree.map { "; as a tree it is \(Markdown.code(short($0)))." } ?? "."
  }

  private static func head(_ source: HandoffSource) -> HandoffEntry {
    var pieces: [HandoffEntry.Piece] = [
      .markup(source.head.map { "HEAD is \(Markdown.code(short($0)))" } ?? "HEAD has no commit yet")
    ]
    if let branch = source.branch {
      pieces += [.markup(", on "), .code(member: "branch", branch), .markup(".")]
    } else {
      pieces.append(.markup(source.head == nil ? "." : ", detached."))
    }
    return HandoffEntry(
      fact, .state, facts: ["fact": .string("head"), "commit": source.head.map(JSONValue.string)], pieces)
  }

  private static func operation(_ source: HandoffSource) -> HandoffEntry? {
    guard let operation = source.operation else { return nil }
    let heads = operation.heads.prefix(4).map { Markdown.code(short($0)) }
    let more = operation.heads.count - heads.count
    let list = heads.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    let kind = operation.kind.rawValue
    return HandoffEntry(
      fact, .choice,
      facts: [
        "fact": .string("operation"), "operation": .string(kind),
        "heads": .array(operation.heads.map(JSONValue.string)),
      ],
      [.markup("A \(kind) is under way\(list.isEmpty ? "" : ", of \(list)").")])
  }

  private static func phase(_ session: SessionState) -> HandoffEntry? {
    session.phase.map {
      HandoffEntry(
        fact, .state, facts: ["fact": .string("phase")], [.markup("Phase: "), .prose(member: "phase", $0)])
    }
  }

  private static let lostRunsLimit = 3

  /// The runs that ended without a word. The first context that begins after that is told of them, and no further one.
  private static func lostRuns(_ source: HandoffSource) -> [HandoffEntry] {
    let runs = source.session?.runsInOrder ?? []
    let starts = runs.flatMap { $0.starts.isEmpty ? [$0.started] : $0.starts.map(\.time) }
    let lost = runs.filter { run in
      guard run.reason == AgentRun.lost, let ended = run.ended else { return false }
      // It may be that start which has found it.
      return starts.count { $0 >= ended } <= 1
    }
    return lost.suffix(lostRunsLimit).map { run in
      let unfinished = source.conversations.first { ($0.agent, $0.run) == (run.id.agent, run.id.run) }?
        .unfinished
      return HandoffEntry(
        fact, .choice,
        facts: [
          "fact": .string("lost-run"), "agent": .string(run.id.agent), "run": .string(run.id.run),
          "ended": run.ended.map { .string($0.description) },
        ],
        [.markup("A run of \(Markdown.code(run.id.agent)) ended without a word, ")]
          + (unfinished.map {
            [
              .markup("in the middle of a turn: nothing is known of how "), .code(member: "command", $0),
              .markup(" went."),
            ]
          } ?? [.markup("perhaps in the middle of a turn.")]))
    }
  }

  private static func itemCounts(_ session: SessionState) -> HandoffEntry {
    func count(_ kind: Item.Kind) -> Int { session.items(kind).filter(\.isOpen).count }
    func phrase(_ kind: Item.Kind) -> String { counted(count(kind), kind.rawValue) }
    let facts = Item.Kind.allCases.map { ($0.rawValue + "s", Optional(JSONValue.integer(Int64(count($0))))) }
    return HandoffEntry(
      fact, .state, facts: .init(facts + [("fact", .string("items"))]),
      [
        .markup(
          "Open: \(phrase(.blocker)), \(phrase(.question)). Recorded: \(phrase(.decision)), \(phrase(.note))."
        )
      ])
  }

  private static func uncommittedCounts(_ source: HandoffSource) -> HandoffEntry {
    let groups = [
      (source.unmerged.count, "unmerged"), (source.staged.count, "staged"),
      (source.unstaged.count, "unstaged"), (source.untracked.count, "untracked"),
    ]
    let phrases = groups.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    let sentence =
      phrases.isEmpty
      ? "Nothing is uncommitted." : "Files with uncommitted work: \(phrases.joined(separator: ", "))."
    let facts = groups.map { ($0.1, Optional(JSONValue.integer(Int64($0.0)))) }
    return HandoffEntry(
      fact, .state, facts: .init(facts + [("fact", .string("uncommitted"))]),
      [.markup(sentence)])
  }

  private static func leftOut(_ leftOut: LeftOut, rank: Int) -> HandoffEntry {
    let reason =
      switch leftOut.reason {
      case .tooLarge: "too large" + (leftOut.size.map { ", \(grouped(Int($0))) bytes" } ?? "")
      case .neverSave: "among what is never saved"
      case .nestedRepository: "a repository of its own"
      case .dirtySubmodule: "a submodule with changes of its own"
      case .emptyFolder: "an empty folder"
      case .specialFile: "a pipe, socket or device"
      case .unreadable: leftOut.filter == nil ? "not readable" : "its filter fails"
      case .skipped: "changed, but marked skip-worktree; the checkpoint holds what git does"
      }
    return HandoffEntry(
      .init("path in no checkpoint", "paths in no checkpoint"), .leftOut(rank),
      facts: [
        "fact": .string("left-out"), "reason": .string(leftOut.reason.rawValue),
        "size": leftOut.size.map(JSONValue.integer),
      ],
      [.markup("In no checkpoint: "), .code(member: "path", leftOut.path), .markup(" (\(reason)).")])
  }
}

/// `1 note`, `2 notes`
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// An object id as people read it.
func short(_ id: String) -> String { String(PlainText.line(id).prefix(10)) }
