package import Sessions

/// What the transcript of one run of an agent tells. Everything in it has a bound, whatever the length of the
/// transcript.
///
/// A transcript is hostile: texts are harmless for a terminal, but names of files are as they stand there, nothing
/// says that an id is one, and secrets are still in it.
package struct Transcript: Hashable, Sendable {
  /// By which the agent itself knows the run, and takes it up again.
  package var id: String?
  package var title: String?
  package var model: String?
  /// Where the agent works.
  package var folder: String?
  package var branch: String?
  package var version: String?

  /// How full the context is; nil until an answer, or a compaction, says so.
  package var usage: ContextUsage?
  /// What ``usage`` was since somebody has last looked, the oldest first: agents write late, so that several answers
  /// come at once.
  package var figures: [ContextUsage] = []
  /// The agent does not tell ``usage``: it is what the texts that were seen come to. What was not seen, such as
  /// instructions, is in it once a compaction has told of it.
  package var isEstimated = false
  /// So many tokens were in the context at the last compaction beside those texts.
  var unseen = 0
  /// The window that the agent names itself, if it does.
  package var reportedWindow: Int?
  package var compactions = 0
  package var lastCompaction: Compaction?
  /// How full the context was at the end of each of the last turns since the last compaction, the oldest first.
  package var turnEnds: [Int] = []

  /// How often the user has asked for something.
  package var requestCount = 0
  /// The last of these requests, the oldest first.
  package var requests: [String] = []
  /// When each of ``requests`` was made, where the agent tells it.
  package var requestTimes: [Timestamp?] = []
  /// The agent's own list of what is to be done.
  package var plan: [PlanItem] = []
  package var lastWords: String?
  /// The last commands, the oldest first.
  package var commands: [Command] = []
  /// The newest last.
  package var filesRead: [FileUse] = []
  package var filesEdited: [FileUse] = []

  /// Lines that were too long to be looked at.
  package var longLines = 0
  /// Lines that are no JSON.
  package var malformedLines = 0

  package init() {}

  package struct Compaction: Hashable, Sendable {
    /// `auto` or `manual`, if it is known.
    package let trigger: String?
    package let before: Int?
    package let after: Int?
  }

  package struct PlanItem: Hashable, Sendable {
    /// By which the agent changes it, if it does so one by one.
    package let id: String?
    package var text: String
    /// `pending`, `in_progress` and `completed` are usual.
    package var status: String
  }

  package struct Command: Hashable, Sendable {
    package enum Outcome: Int, Sendable {
      /// Not yet, or never.
      case none
      case passed, failed, interrupted
    }

    /// By which its result is found.
    let call: String
    package let text: String
    package var outcome = Outcome.none
    package var exitCode: Int?
  }

  package struct FileUse: Hashable, Sendable {
    package let path: String
    package var count: Int
  }
}

/// How full a context is, in tokens.
package struct ContextUsage: Hashable, Sendable {
  /// What the last request had in it.
  package var occupied: Int
  /// What was answered, and will be part of the next request.
  package var answered: Int

  package var next: Int { occupied + answered }
}

// MARK: - Bounds

extension Transcript {
  private static let longestText = 4000

  /// Harmless for a terminal, and short.
  private static func text(_ text: String) -> String {
    // Cutting comes first: what is sanitized is counted in characters.
    let head = text.utf8.count > 4 * longestText ? String(text.unicodeScalars.prefix(2 * longestText)) : text
    let plain = PlainText.sanitize(head)
    return PlainText.cut(plain, to: longestText)
  }

  /// What tells a call, a message or an item of a plan from others. Of one that is long its beginning does.
  static func name(_ text: String) -> String { String(text.unicodeScalars.prefix(200)) }

  private static func keepLast<Element>(_ count: Int, of list: inout [Element]) {
    if list.count > count { list.removeFirst(list.count - count) }
  }

  mutating func setIdentity(_ path: WritableKeyPath<Transcript, String?>, _ value: String?) {
    guard let value, !value.isEmpty, value != self[keyPath: path] else { return }
    self[keyPath: path] = PlainText.line(String(value.unicodeScalars.prefix(1000)), limit: 300)
  }

  mutating func addRequest(_ text: String, at time: Timestamp? = nil) {
    requestCount += 1
    if let usage { turnEnds.append(usage.next) }
    Self.keepLast(16, of: &turnEnds)
    requests.append(Self.text(text))
    requestTimes.append(time)
    Self.keepLast(20, of: &requests)
    Self.keepLast(20, of: &requestTimes)
  }

  /// The last requests have not been made, after all.
  mutating func takeBack(requests count: Int) {
    guard count > 0 else { return }
    requestCount -= min(count, requestCount)
    requests.removeLast(min(count, requests.count))
    requestTimes.removeLast(min(count, requestTimes.count))
    turnEnds.removeLast(min(count, turnEnds.count))
  }

  mutating func setLastWords(_ text: String?) {
    guard let text, text.contains(where: { !$0.isWhitespace }) else { return }
    lastWords = Self.text(text)
  }

  mutating func setPlan(_ items: [PlanItem]) {
    plan = items.suffix(100).map { item in
      PlanItem(
        id: item.id.map(Self.name), text: Self.text(item.text), status: PlainText.line(item.status, limit: 40)
      )
    }
  }

  /// From a list of objects with a text of that name, and a status.
  mutating func setPlan(_ list: JSONValue?, text: String) {
    setPlan(
      (list?.array ?? []).compactMap { item in
        item[text]?.string.map { PlanItem(id: nil, text: $0, status: item["status"]?.string ?? "pending") }
      })
  }

  mutating func addCommand(_ text: String, call: String) {
    commands.append(Command(call: Self.name(call), text: Self.text(text)))
    Self.keepLast(40, of: &commands)
  }

  /// The first result of a command counts: some agents tell it twice.
  mutating func finishCommand(_ call: String, _ outcome: Command.Outcome, exitCode: Int? = nil) {
    guard let place = commands.lastIndex(where: { $0.call == Self.name(call) }),
      commands[place].outcome == .none
    else {
      return
    }
    (commands[place].outcome, commands[place].exitCode) = (outcome, exitCode)
  }

  mutating func use(_ path: String?, in list: WritableKeyPath<Transcript, [FileUse]>) {
    guard let path, !path.isEmpty, path.utf8.count <= 4096 else { return }
    var files = self[keyPath: list]
    let old = files.firstIndex { $0.path == path }.map { files.remove(at: $0) }
    files.append(FileUse(path: path, count: (old?.count ?? 0) + 1))
    Self.keepLast(200, of: &files)
    self[keyPath: list] = files
  }

  mutating func measure(_ usage: ContextUsage?) {
    guard let usage, usage.next > 0 else { return }
    note(usage)
    isEstimated = false
  }

  private mutating func note(_ usage: ContextUsage) {
    self.usage = usage
    if figures.last != usage { figures.append(usage) }
    Self.keepLast(64, of: &figures)
  }

  /// Of a text so many bytes are looked at; no agent gives a model more at once.
  private static let longestEstimate = 1 << 20

  /// Adds a text that has come into the context, for an agent that does not tell how full that is.
  mutating func estimate(_ text: String) {
    guard !text.isEmpty else { return }
    let tokens = TokenEstimate.count(String(decoding: text.utf8.prefix(Self.longestEstimate), as: UTF8.self))
    note(ContextUsage(occupied: (usage?.next ?? unseen) + tokens, answered: 0))
    isEstimated = true
  }

  mutating func compact(_ compaction: Compaction) {
    if isEstimated, let before = compaction.before, let usage {
      unseen = max(0, before - (usage.next - unseen))
    }
    compactions += 1
    lastCompaction = compaction
    usage = compaction.after.map { ContextUsage(occupied: $0, answered: 0) }
    (figures, turnEnds) = ([], [])
  }
}
