package import Sessions

/// A coding agent that runs programs of the user's at certain moments, and so tells what it does.
package protocol Agent: Sendable {
  /// As it is typed: `claude-code`.
  var name: String { get }
  /// As people call it.
  var title: String { get }
  /// The moments that we want to hear of.
  var hooks: [AgentHook] { get }
  /// How many characters of context it takes from one hook.
  var contextLimit: Int { get }
  /// Whether its settings name a program that makes its status line.
  var hasStatusLine: Bool { get }
  /// What the user has to do once our hooks are in its settings, if anything.
  var remark: String? { get }
  /// The command that takes up a run again, without its id.
  var resume: String { get }

  /// The file of its settings; nil if it has none of that scope.
  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String?
  /// What stands in that file; `bytes` is nil if there is none.
  func settings(in bytes: [UInt8]?) throws(UnusableSettings) -> any AgentSettings

  /// The files that say how it works, those that count more after the others.
  func configurationFiles(in places: AgentPlaces) -> [String]
  /// What such a file says; nil if it cannot be read.
  func configuration(in file: String, _ bytes: [UInt8]) -> JSONValue?
  /// What in such a document turns all hooks off, in its own words; nil if nothing does.
  func hookSwitch(in configuration: JSONValue) -> String?

  /// Who has sent a payload to this agent's hook: some agents run the hooks of others too.
  func speaker(of payload: JSONValue) -> any Agent
  /// The folder of the project that it was started in, if its hooks are told; payloads may name another one.
  func home(in environment: [String: String]) -> String?
  /// What a payload tells; nil if that is none of our concern, or not as it should be.
  func event(in payload: JSONValue) -> AgentEvent?
  /// What to print at an event so that the agent's context gets a text; nil where it takes none.
  func output(context: String, at event: AgentEvent.Kind) -> JSONValue?

  /// How its transcripts are read.
  var transcripts: TranscriptAgent { get }
  /// Where the transcript of a run lies, for payloads that do not say so.
  func transcript(of run: String, environment: [String: String]) -> String?
  /// Where it writes down the conversations of a work tree; nil if nobody knows.
  func conversations(in places: AgentPlaces) -> ConversationFolder?
  /// Whether the transcript of that name is one document, written anew with each message, rather than lines.
  func isDocument(_ transcript: String) -> Bool
  /// The lines that stand for such a document; none if it is not whole.
  func lines(of document: [UInt8]) -> [JSONValue]
  /// It writes no transcript that could be read while it runs; what its payloads say stands for one.
  var tellsLines: Bool { get }
  /// Whether it tells of a context that begins after a compaction. Otherwise the compaction is found in its
  /// transcript, and the next moment at which it takes a text has to do.
  var tellsOfCompaction: Bool { get }
  /// Where the context of a run ends; nil as long as nothing says so. `settings` are what its configuration files say,
  /// those that count more after the others.
  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow?
}

/// What most agents do.
extension Agent {
  package var hasStatusLine: Bool { false }
  package var remark: String? { nil }
  package var tellsLines: Bool { false }
  package var tellsOfCompaction: Bool { false }

  package func configurationFiles(in places: AgentPlaces) -> [String] {
    SettingsScope.allCases.compactMap { settings($0, in: places) }
  }

  package func configuration(in file: String, _ bytes: [UInt8]) -> JSONValue? {
    try? JSONValue(parsing: LooseJSON.strict(bytes))
  }

  package func hookSwitch(in configuration: JSONValue) -> String? {
    configuration["disableAllHooks"] == .bool(true) ? "'disableAllHooks'" : nil
  }

  package func conversations(in places: AgentPlaces) -> ConversationFolder? { nil }

  package func speaker(of payload: JSONValue) -> any Agent { self }

  package func home(in environment: [String: String]) -> String? { nil }

  package func transcript(of run: String, environment: [String: String]) -> String? { nil }

  package func isDocument(_ transcript: String) -> Bool { false }
  package func lines(of document: [UInt8]) -> [JSONValue] { [] }
}

/// All agents that can be connected.
package enum Agents {
  package static let all: [any Agent] = [
    ClaudeCode(), Codex(), Gemini(), OpenCode(), Cursor(), Copilot(),
  ]

  package static func named(_ name: String) -> (any Agent)? { all.first { $0.name == name } }
}

/// For whom settings hold.
package enum SettingsScope: String, CaseIterable, Codable, Sendable {
  /// All work of this user.
  case user
  /// Everybody who works in this repository: the file is one of the work tree.
  case project
  /// This user's work in this work tree.
  case local
}

/// Where files of settings lie.
package struct AgentPlaces: Sendable {
  package let environment: [String: String]
  /// The top of the work tree; nil where there is none.
  package let workTree: String?

  package init(environment: [String: String], workTree: String?) {
    self.environment = environment
    self.workTree = workTree
  }

  /// The folder that a variable names, or else one in the user's home; nil without a home.
  func folder(_ variable: String, _ name: String) -> String? {
    value(variable) ?? home().map { $0 + "/" + name }
  }

  /// The user's home, or what a variable of an agent's names in its place.
  package func home(_ variable: String? = nil) -> String? { variable.flatMap(value) ?? value("HOME") }

  private func value(_ variable: String) -> String? {
    environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Where an agent writes conversations down.
package struct ConversationFolder: Sendable {
  package let path: String
  /// For each level of folders below, and the files at the end, how many are looked at: the last ones by name.
  package let newest: [Int]
  /// Whether a file that begins with this line is of the work tree; nil if all are.
  package let isOfWorkTree: (@Sendable (_ line: [UInt8]) -> Bool)?
}

/// A moment at which an agent runs our program.
package struct AgentHook: Hashable, Sendable {
  /// The agent's name for it.
  package let event: String
  /// Of which of these moments we want to hear; nil means all.
  package let matcher: String?
  /// Seconds; nil leaves it to the agent.
  package let timeout: Int?

  init(_ event: String, matcher: String? = nil, timeout: Int? = nil) {
    self.event = event
    self.matcher = matcher
    self.timeout = timeout
  }
}

/// What an agent tells us.
package struct AgentEvent: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// A context that knows nothing, or no longer knows all.
    case started(Source)
    case asked(String)
    case toolUsed
    /// It is over too, and may have changed files.
    case toolFailed
    case turnEnded(lastWords: String?)
    case subagentEnded
    /// The context is about to be compacted.
    case compacting
    /// For a reason in the agent's word.
    case ended(reason: String?)
  }

  package enum Source: String, CaseIterable, Sendable { case startup, resume, fork, clear, compact }

  package let kind: Kind
  /// By which the agent knows the run.
  package let run: String
  /// Where the agent works.
  package let folder: String
  /// The file of its transcript, which need not be there.
  package var transcript: String?
  /// What the payload itself says that a transcript would say, in the form of its lines.
  package var lines: [JSONValue]

  package init(_ kind: Kind, run: String, folder: String, transcript: String?, lines: [JSONValue] = []) {
    self.kind = kind
    self.run = run
    self.folder = folder
    self.transcript = transcript
    self.lines = lines
  }
}
