package import Sessions

/// What Claude Code tells the program that makes its status line, at every turn of its wheel. Other agents say it in
/// the same words, as far as they say it.
///
/// Sources: https://code.claude.com/docs/en/statusline, and version 2.1.329 at work.
package struct StatusLineInput: Hashable, Sendable {
  /// By which the agent knows the run.
  package let run: String?
  /// Where the agent works; an absolute path.
  package let folder: String
  package let model: String?
  /// What the model takes, in tokens.
  package let windowSize: Int?
  /// Nil before the first answer and after a compaction, for which zeros are told: nobody knows then.
  package let usage: ContextUsage?

  /// Nil without a folder.
  package init?(_ payload: JSONValue) {
    let folders = [payload["cwd"], payload["workspace"]?["current_dir"]].compactMap { Self.text($0) }
    guard let folder = folders.first(where: { $0.hasPrefix("/") }) else { return nil }
    self.folder = folder
    run = Self.text(payload["session_id"])
    model = Self.text(payload["model"]?["id"])
    let window = payload["context_window"]
    windowSize = window?.countIfAny("context_window_size").flatMap { $0 > 0 ? $0 : nil }
    usage = window?["current_usage"].flatMap { ContextUsage(claude: $0) }
  }

  /// Nobody's names and paths are longer.
  private static let limit = 4096

  private static func text(_ value: JSONValue?) -> String? {
    value?.string.flatMap { $0.isEmpty || $0.utf8.count > limit || $0.utf8.contains(0) ? nil : $0 }
  }

  /// As a transcript that says no more than this.
  package var transcript: Transcript {
    var transcript = Transcript()
    transcript.setIdentity(\.id, run)
    transcript.setIdentity(\.model, model)
    transcript.measure(usage)
    transcript.reportedWindow = windowSize
    return transcript
  }
}
