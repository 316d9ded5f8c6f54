import Operations
import Sessions

/// `checkpoint` with options spelled in full, as programs call it at every turn: read without the parser, which takes
/// longer to start than a small checkpoint to save. Every other spelling, and whatever is wrong, is the parser's.
struct PlainCheckpoint {
  private(set) var output = OutputOptions()
  private var message: String?
  private var trigger: Trigger = .manual
  private var pathsFrom: String?

  /// Nil if that is not what the words say.
  init?(_ words: ArraySlice<String>) {
    guard words.first == "checkpoint" else { return nil }
    (output.json, output.quiet) = (false, false)
    var rest = words.dropFirst()
    while let option = rest.popFirst() {
      switch option {
      case "--json": output.json = true
      case "-q", "--quiet": output.quiet = true
      case "-m", "--message", "--trigger", "--paths-from":
        // What begins like an option may be one.
        guard let value = rest.popFirst(), !value.hasPrefix("-") || value == "-", set(option, value) else {
          return nil
        }
      default: return nil
      }
    }
  }

  /// False for a value that there is not.
  private mutating func set(_ option: String, _ value: String) -> Bool {
    switch option {
    case "--trigger":
      guard let known = Trigger(rawValue: value) else { return false }
      trigger = known
    case "--paths-from": pathsFrom = value
    default: message = value
    }
    return true
  }

  func run(in workspace: Workspace, _ console: Console) throws -> ExitStatus {
    try CheckpointVerb.save(message, trigger, pathsFrom, in: workspace, console)
  }
}
