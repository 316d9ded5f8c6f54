import Sessions

/// What git tells: commits, uncommitted work, and the files that matter most.
extension HandoffSection {
  /// Oldest first; the newest are valued most.
  static func commits(_ source: HandoffSource) -> HandoffSection {
    let count = source.commits.count
    let entries = source.commits.enumerated().map { index, commit in
      HandoffEntry(
        .init("commit"), .commit(count - 1 - index), facts: ["id": .string(commit.id)],
        [.markup("\(Markdown.code(short(commit.id))) "), .prose(member: "subject", commit.subject)]
          + (commit.agent.map { [.markup(" by "), .code(member: "agent", $0)] } ?? []))
    }
    return HandoffSection(name: "commits", title: "Commits made", entries: entries)
  }

  static func unmerged(_ source: HandoffSource) -> HandoffSection {
    let entries = source.unmerged.enumerated().map { rank, file in
      HandoffEntry(
        .init("unmerged file"), .unmerged(rank), facts: ["state": .string(file.state.rawValue)],
        [.code(member: "path", file.path), .markup(" \(file.state.words)")])
    }
    return HandoffSection(name: "unmerged", title: "Unmerged: conflicts to be resolved", entries: entries)
  }

  /// One section for each of the three kinds; the changes with the most lines are valued most.
  static func uncommitted(_ source: HandoffSource) -> [HandoffSection] {
    let groups = [("staged", source.staged), ("unstaged", source.unstaged), ("untracked", source.untracked)]
    let sizes = groups.flatMap { group in group.1.map(FileWeight.lines) }
    let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    var ranks = [Int](repeating: 0, count: sizes.count)
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    var index = 0
    return groups.map { name, changes in
      let entries = changes.map { change in
        defer { index += 1 }
        return entry(change, .init("\(name) file"), .uncommitted(ranks[index]))
      }
      return HandoffSection(name: name, title: "Uncommitted work: \(name)", entries: entries)
    }
  }

  static func files(_ source: HandoffSource) -> HandoffSection {
    let entries = FileWeight.ranking(source).enumerated().map { rank, file in
      var words = [size(of: file.change)]
      if file.timesTouched > 0 { words.append("in \(counted(file.timesTouched, "checkpoint"))") }
      if file.isNamed { words.append("named in a decision") }
      return HandoffEntry(
        .init("file by weight", "files by weight"), .file(rank),
        facts: [
          "weight": .integer(Int64(file.points)), "checkpoints": .integer(Int64(file.timesTouched)),
          "named": .bool(file.isNamed), "insertions": file.change.insertions.map { .integer(Int64($0)) },
          "deletions": file.change.deletions.map { .integer(Int64($0)) },
        ],
        [.code(member: "path", file.path), .markup(" \(words.joined(separator: ", "))")])
    }
    return HandoffSection(
      name: "files", title: "Files by weight: lines, checkpoints and decisions", entries: entries)
  }

  /// The functions that one entry names, and the characters of each.
  private static let functionLimit = (count: 5, length: 60)

  private static func entry(
    _ change: HandoffSource.FileChange, _ noun: HandoffEntry.Noun, _ value: HandoffValue
  ) -> HandoffEntry {
    let functions = change.functions.prefix(functionLimit.count).map {
      cut(PlainText.line($0), toBytes: functionLimit.length)
    }
    let more = change.functions.count - functions.count
    var rest = " \(change.kind.rawValue), \(size(of: change))"
    if !functions.isEmpty {
      rest +=
        ", in " + functions.map(Markdown.code).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
    return HandoffEntry(
      noun, value,
      facts: [
        "change": .string(change.kind.rawValue), "insertions": change.insertions.map { .integer(Int64($0)) },
        "deletions": change.deletions.map { .integer(Int64($0)) },
        "functions": functions.isEmpty ? nil : .array(functions.map(JSONValue.string)),
        "more-functions": more > 0 ? .integer(Int64(more)) : nil,
      ],
      [.code(member: "path", change.path), .markup(rest)])
  }

  private static func size(of change: HandoffSource.FileChange) -> String {
    guard change.insertions != nil || change.deletions != nil else { return "binary" }
    return "+\(change.insertions ?? 0) -\(change.deletions ?? 0)"
  }
}

/// At most `limit` bytes of UTF-8, the last of them `…` if anything was cut.
func cut(_ text: String, toBytes limit: Int) -> String {
  guard text.utf8.count > limit else { return text }
  var end = text.utf8.index(text.startIndex, offsetBy: limit - "…".utf8.count)
  // Not within a scalar.
  while text.utf8[end] & 0xc0 == 0x80 { end = text.utf8.index(before: end) }
  return String(text[..<end]) + "…"
}
