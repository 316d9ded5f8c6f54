import Agents
import Git
import Sessions

/// What goes on below a hook, of git or of an agent, is silent, and starts no hook of ours again.
extension World {
  private static let hookVariable = "GIT_SESSION_HOOK"

  /// Whether one of our hooks has started this program, by way of git or of another one.
  var isBelowHook: Bool { environment[Self.hookVariable] != nil }

  /// The world as a hook's own work sees it. `complain` gets what would be told to the user.
  func belowHook(_ complain: @escaping @Sendable (String) -> Void) -> World {
    var quiet = withoutProgress
    quiet.environment[Self.hookVariable] = "1"
    quiet.git = quiet.git.seeing(quiet.environment)
    quiet.output.write = { _ in }
    quiet.errors.write = complain
    return quiet
  }
}

extension World {
  /// What an agent says to its hook: at most what a tool has printed.
  func readPayload() throws -> JSONValue {
    let bytes = try readInput(64 << 20)
    do throws(JSONValue.Malformed) {
      return try JSONValue(forgiving: bytes)
    } catch {
      throw SessionError(.fatal, "what the agent says is \(error)")
    }
  }
}
