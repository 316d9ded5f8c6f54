import Git
import Sessions
import Snapshots

/// A `git config` key of ours.
package struct Setting: Sendable {
  package let key: String
  /// As one would write it.
  package let defaultValue: String
  package let meaning: String
  /// True if files of the repository have no say in it.
  var isPersonal = false

  package static let maxUntrackedSize = Setting(
    key: "session.maxUntrackedSize", defaultValue: "10m",
    meaning: "Untracked files larger than this are left out of checkpoints (k, m and g are understood).")
  package static let neverSave = Setting(
    key: "session.neverSave", defaultValue: "",
    meaning:
      "A pattern of untracked files that are never saved, besides keys and credentials; may be repeated.")
  package static let handoffBudget = Setting(
    key: "session.handoffBudget", defaultValue: "4000",
    meaning: "Tokens that a handoff may have, at least 400 (k and M are understood).")

  package static let push = Setting(
    key: "session.push", defaultValue: "ask",
    meaning:
      "Whether sessions may be pushed: ask (before the first push to a remote), manual (without asking),"
      + " with-push (after 'git push', too), emergency (also when a context is about to be lost), never. Files of the repository have no say in it.",
    isPersonal: true)

  package static let redact = Setting(
    key: "session.redact", defaultValue: "",
    meaning:
      "The form of a secret that is to be taken out of notes and messages, besides those known, such as"
      + " acme-[a-z0-9]{20,}; may be repeated.")
  package static let redactAllow = Setting(
    key: "session.redactAllow", defaultValue: "",
    meaning:
      "The form of what only looks like a secret and stays, such as test-key-*; may be repeated."
      + " Files of the repository have no say in it.",
    isPersonal: true)

  package static let autoStart = Setting(
    key: "session.autoStart", defaultValue: "true",
    meaning:
      "Whether the first request to a connected agent begins a session, in a work tree that has none.")

  package static let checkpointEdits = Setting(
    key: "session.checkpoint.edits", defaultValue: "false",
    meaning: "Whether each tool that a connected agent uses is followed by a checkpoint, not only each turn.")

  package static let transcripts = Setting(
    key: "session.transcripts", defaultValue: "true",
    meaning:
      "Whether checkpoints keep the conversations of connected agents, without the secrets in them.")

  package static let contextThresholds = Setting(
    key: "session.context.thresholds", defaultValue: "70,85,95",
    meaning:
      "From how many percent of its context an agent's work is saved, the agent is asked to record what it knows,"
      + " and all is saved once more.")

  package static let all = [
    maxUntrackedSize, neverSave, handoffBudget, autoStart, checkpointEdits, transcripts, contextThresholds,
    redact,
    redactAllow, push,
  ]

  /// The key as git lists it.
  var listedKey: String { key.lowercased() }
}

/// The settings in force. One that cannot be understood stops only what depends on it, with a sentence that names
/// the key and where it is set.
struct Settings {
  private let configuration: Configuration
  /// Where nobody sits who would mend it, the default holds instead, and this is told the sentence.
  private let complain: ((String) -> Void)?

  init(_ configuration: Configuration, complain: ((String) -> Void)? = nil) {
    self.configuration = configuration
    self.complain = complain
  }

  var limits: SnapshotLimits {
    get throws {
      SnapshotLimits(
        maxUntrackedSize: try value(.maxUntrackedSize, parse: Self.size),
        neverSave: configuration.all(Setting.neverSave.listedKey))
    }
  }

  var handoffBudget: Int {
    get throws { try value(.handoffBudget, parse: Tokens.parse) }
  }

  var autoStart: Bool {
    get throws { try value(.autoStart, parse: Configuration.boolean) }
  }

  var checkpointEdits: Bool {
    get throws { try value(.checkpointEdits, parse: Configuration.boolean) }
  }

  var transcripts: Bool {
    get throws { try value(.transcripts, parse: Configuration.boolean) }
  }

  var contextThresholds: ContextThresholds {
    get throws { try value(.contextThresholds, parse: ContextThresholds.init(parsing:)) }
  }

  var push: PushPolicy {
    get throws { try value(.push, parse: PushPolicy.init) }
  }

  /// Throws the first complaint there is.
  func check() throws {
    _ = (
      try limits, try handoffBudget, try autoStart, try checkpointEdits, try transcripts,
      try contextThresholds, try push
    )
    try patterns(.redact) { text in _ = try Self.form(text) }
    try patterns(.redactAllow) { text in _ = try BytePattern(text) }
  }

  private func patterns(_ setting: Setting, parse: (String) throws -> Void) throws {
    for text in configuration.all(setting.listedKey) where !text.isEmpty {
      do {
        try parse(text)
      } catch {
        throw SessionError(
          .fatal, "'\(PlainText.line(text))' is no pattern for \(setting.key): \(error)",
          hints: [setting.meaning])
      }
    }
  }

  private func value<Value>(_ setting: Setting, parse: (String) -> Value?) throws -> Value {
    let entry = configuration.entry(setting.listedKey)
    if let value = parse(entry?.value ?? setting.defaultValue) { return value }
    let sentence = "'\(entry?.value ?? "")' is no value for \(setting.key), which \(entry?.origin ?? "") sets"
    guard let complain, let value = parse(setting.defaultValue) else {
      throw SessionError(.fatal, sentence, hints: [setting.meaning])
    }
    complain(sentence)
    return value
  }

  /// git's own way to write sizes: a number, and perhaps k, m or g.
  private static func size(_ text: String) -> Int64? {
    let shifts: [Character: Int64] = ["k": 10, "m": 20, "g": 30]
    let shift = text.last.flatMap { shifts[Character($0.lowercased())] }
    guard let number = Int64(shift == nil ? text : String(text.dropLast())), number >= 0, number < 1 << 32
    else {
      return nil
    }
    return number << (shift ?? 0)
  }
}

/// What `session.push` may be.
enum PushPolicy: String {
  case ask, never, manual
  case withPush = "with-push"
  /// After an emergency save, too.
  case emergency

  /// Whether sessions are sent that nobody has asked for by name.
  var sendsByItself: Bool { self == .withPush || self == .emergency }
}

extension Workspace {
  /// What the user, and no file of the repository, has said.
  var pushPolicy: PushPolicy {
    get throws { try Settings(userConfiguration).push }
  }
}
