package import Sessions

/// The files that a tool says it has edited. A hint, from whoever writes payloads: what has really changed is told by
/// the files themselves.
package enum EditedFiles {
  /// A tool that names more of them is looked after by a look at all files.
  private static let limit = 100

  /// As they are named, absolute or from the folder of the agent; none if the tool names none, as a shell.
  package static func named(in payload: JSONValue) -> [String] {
    let input = payload["tool_input"] ?? payload
    let single = ["file_path", "notebook_path", "path"].compactMap { input[$0]?.string }.prefix(1)
    let found = single + patched(input["command"]?.string)
    return found.count > limit ? [] : found.filter { !$0.isEmpty && !$0.utf8.contains(0) }
  }

  private static func patched(_ command: String?) -> [String] {
    guard let command, command.hasPrefix("*** Begin Patch") else { return [] }
    return named(inPatch: command)
  }

  private static let headings = ["*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: "]

  /// Those of a patch as Codex applies it.
  static func named(inPatch patch: String) -> [String] {
    patch.split(separator: "\n").compactMap { line in
      headings.first { line.hasPrefix($0) }.map { String(line.dropFirst($0.count)) }
    }
  }
}
