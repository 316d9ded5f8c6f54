import Operations
import Sessions

/// How values read to people.
enum Text {
  /// What was said where the repository cannot be written.
  static let spooled =
    "The repository cannot be written here; it is kept beside it, and recorded by the next hook or command that may."

  /// Text from a repository or a person, without anything that a terminal would obey.
  static func safe(_ text: String) -> String { PlainText.sanitize(text) }

  static func line(_ text: String, limit: Int = .max) -> String { PlainText.line(text, limit: limit) }

  /// Safe text on one line, every other space as it is.
  static func singleLine(_ text: String) -> String { safe(text).replacing("\n", with: " ") }

  /// The first line of a message that may have more.
  static func subject(_ message: String, limit: Int = .max) -> String {
    line(
      message.split(separator: "\n").first { !line(String($0)).isEmpty }.map(String.init) ?? "", limit: limit)
  }

  /// `5 minutes ago`, in git's steps.
  static func age(_ milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    func count(_ number: Int64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s") ago" }
    switch seconds {
    case ..<90: return count(seconds, "second")
    case ..<(90 * 60): return count((seconds + 30) / 60, "minute")
    case ..<(36 * 3600): return count((seconds + 1800) / 3600, "hour")
    case ..<(14 * 86_400): return count((seconds + 43_200) / 86_400, "day")
    case ..<(70 * 86_400): return count((seconds / 86_400 + 3) / 7, "week")
    case ..<(365 * 86_400): return count((seconds / 86_400 + 15) / 30, "month")
    default: return count((seconds / 86_400 + 183) / 365, "year")
    }
  }

  /// `1h 20m`
  static func duration(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    if minutes < 1 { return "\(milliseconds / 1000)s" }
    return minutes < 60 ? "\(minutes)m" : "\(minutes / 60)h \(minutes % 60)m"
  }

  /// `3 files, +12 -4`
  static func changes(_ count: ChangeCount) -> String {
    count.files == 0
      ? "no changes" : "\(plural(count.files, "file")), +\(count.insertions) -\(count.deletions)"
  }

  static func plural(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// `M  src/a.swift  +10 -3`
  static func change(_ file: FileChange) -> String {
    let letter =
      switch file.kind {
      case .added: "A"
      case .modified: "M"
      case .deleted: "D"
      case .typeChanged: "T"
      }
    return "\(letter)  \(safe(file.path))  \(lines(file))"
  }

  private static func lines(_ file: FileChange) -> String {
    guard let insertions = file.insertions, let deletions = file.deletions else { return "binary" }
    return "+\(insertions) -\(deletions)"
  }

  static func leftOut(_ path: LeftOut) -> String {
    let reason =
      switch path.reason {
      case .tooLarge: "larger than session.maxUntrackedSize: \(path.size ?? 0) bytes"
      case .neverSave: "may hold a secret"
      case .nestedRepository: "a repository of its own"
      case .dirtySubmodule: "a submodule with changes of its own"
      case .emptyFolder: "an empty folder, which git does not know"
      case .specialFile: "a pipe, socket or device"
      case .unreadable: path.filter.map { "its filter '\(safe($0))' fails" } ?? "cannot be read"
      case .skipped: "changed, but marked skip-worktree; saved as git has it"
      }
    return "\(safe(path.path))  (\(reason))"
  }

  /// `main` for `refs/heads/main`.
  static func branch(_ reference: String?) -> String {
    guard let reference else { return "no branch" }
    return safe(reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference)
  }

  static func item(_ item: ItemReport) -> [String] {
    let mark = item.resolved == nil ? "" : " (resolved)"
    var lines = indented(safe(item.text), first: "\(item.id)\t", rest: "\t")
    lines[0] += mark
    if let because = item.because { lines += indented(safe(because), first: "\tbecause: ", rest: "\t") }
    if let resolution = item.resolution {
      lines += indented(safe(resolution), first: "\tanswer: ", rest: "\t")
    }
    return lines.map { $0.replacing("\t", with: "  ") }
  }

  private static func indented(_ text: String, first: String, rest: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
      ($0.offset == 0 ? first : rest) + $0.element
    }
  }

  /// Columns as wide as their widest cell, two spaces apart; the last cell of a row is as wide as it likes.
  static func table(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.count > column + 1 ? Columns.count($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell in
        cell + String(repeating: " ", count: max(0, widths[index] - Columns.count(cell)))
      }
      let line = cells.joined(separator: "  ")
      return String(
        line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex))
    }
  }

  /// Levenshtein's distance, for suggestions.
  static func distance(_ left: String, _ right: String) -> Int {
    var previous = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      for (column, b) in right.enumerated() {
        current.append(
          min(previous[column + 1] + 1, current[column] + 1, previous[column] + (a == b ? 0 : 1)))
      }
      previous = current
    }
    return previous[right.count]
  }
}
