import Git
import Sessions
import Snapshots

/// A `git config` key of ours.
package struct Setting: Sendable {
  package let key: String
  /// As one would write it.
  package let defaultValue: String
  package let meaning: String

  package static let maxUntrackedSize = Setting(
    key: "session.maxUntrackedSize", defaultValue: "10m",
    meaning: "Untracked files larger than this are left out of checkpoints (k, m and g are understood).")
  package static let neverSave = Setting(
    key: "session.neverSave", defaultValue: "",
    meaning:
      "A pattern of untracked files that are never saved, besides keys and credentials; may be repeated.")
  package static let handoffBudget = Setting(
    key: "session.handoffBudget", defaultValue: "4000",
    meaning: "Tokens that a handoff may have (k and M are understood).")

  package static let all = [maxUntrackedSize, neverSave, handoffBudget]

  /// The key as git lists it.
  var listedKey: String { key.lowercased() }
}

/// The settings in force. One that cannot be understood stops only what depends on it, with a sentence that names
/// the key and where it is set.
struct Settings {
  private let configuration: Configuration

  init(_ configuration: Configuration) { self.configuration = configuration }

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

  /// Throws the first complaint there is.
  func check() throws { _ = (try limits, try handoffBudget) }

  private func value<Value>(_ setting: Setting, parse: (String) -> Value?) throws -> Value {
    let entry = configuration.entry(setting.listedKey)
    guard let value = parse(entry?.value ?? setting.defaultValue) else {
      throw SessionError(
        .fatal, "'\(entry?.value ?? "")' is no value for \(setting.key), which \(entry?.origin ?? "") sets",
        hints: [setting.meaning])
    }
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
