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

  /// The file of its settings; nil if it has none of that scope.
  func settings(_ scope: SettingsScope, in places: AgentPlaces) -> String?
  /// What a payload tells; nil if that is none of our concern, or not as it should be.
  func event(in payload: JSONValue) -> AgentEvent?
  /// What to print at an event so that the agent's context gets a text; nil where it takes none.
  func output(context: String, at event: AgentEvent.Kind) -> JSONValue?

  /// How its transcripts are read.
  var transcripts: TranscriptAgent { get }
  /// Where the context of a run ends; nil as long as nothing says so. `settings` are the documents of its settings,
  /// those that count more after the others.
  func window(
    of transcript: Transcript, settings: [JSONValue], environment: [String: String]
  ) -> ContextWindow?
}

/// What agents do that speak as Claude Code does.
extension Agent {
  package var hasStatusLine: Bool { false }

  package func event(in payload: JSONValue) -> AgentEvent? { HookPayload.event(in: payload) }

  package func output(context: String, at event: AgentEvent.Kind) -> JSONValue? {
    HookPayload.output(context: context, at: event)
  }
}

/// All agents that can be connected.
package enum Agents {
  package static let all: [any Agent] = [ClaudeCode(), Codex()]

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
  /// The top of the work tree.
  package let workTree: String

  package init(environment: [String: String], workTree: String) {
    self.environment = environment
    self.workTree = workTree
  }

  /// The folder that a variable names, or else one in the user's home; nil without a home.
  func folder(_ variable: String, _ name: String) -> String? {
    if let folder = environment[variable], !folder.isEmpty { return folder }
    return environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/" + name }
  }
}

/// A moment at which an agent runs our program.
package struct AgentHook: Hashable, Sendable {
  /// The agent's name for it.
  package let event: String
  /// Seconds; nil leaves it to the agent.
  package let timeout: Int?

  init(_ event: String, timeout: Int? = nil) {
    self.event = event
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
  package let transcript: String?

  package init(_ kind: Kind, run: String, folder: String, transcript: String?) {
    self.kind = kind
    self.run = run
    self.folder = folder
    self.transcript = transcript
  }
}
