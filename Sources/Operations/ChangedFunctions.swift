import Git

extension Repository {
  /// The functions in which lines changed, by path, each once, in order: what git's own hunk headers name, by the
  /// `diff` drivers of the user's attributes. Only in `files`, unless that is empty.
  func changedFunctions(
    from old: ObjectID, to new: ObjectID, in files: [String], environment: [String: String]
  ) throws(GitError) -> [String: [String]] {
    let output = try run(
      [
        "diff-tree", "-r", "-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
        "--src-prefix=a/", "--dst-prefix=b/", "--diff-filter=M", old.hex, new.hex, "--",
      ] + files, environment: environment.merging(["GIT_LITERAL_PATHSPECS": "1"]) { $1 })
    var functions: [String: [String]] = [:]
    var path: String?
    for line in output.standardOutput.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      if line.starts(with: "diff --git ".utf8) { path = nil }
      if path == nil, line.starts(with: "+++ ".utf8) { path = Self.path(ofHeader: line.dropFirst(4)) }
      guard let path, line.starts(with: "@@ ".utf8), let name = Self.function(ofHunk: line) else { continue }
      if functions[path]?.contains(name) != true { functions[path, default: []].append(name) }
    }
    return functions
  }

  /// `b/dir/file`, quoted by git where it must be, and ended by a tab if it holds a space.
  private static func path(ofHeader header: ArraySlice<UInt8>) -> String? {
    let trimmed = header.last == UInt8(ascii: "\t") ? header.dropLast() : header
    guard let text = String(validating: trimmed, as: UTF8.self),
      let path = text.hasPrefix("\"") ? RepositoryPath(quoted: text) : RepositoryPath(trimmed),
      path.bytes.starts(with: "b/".utf8)
    else { return nil }
    return RepositoryPath(path.bytes.dropFirst(2)).description
  }

  /// What stands behind the second `@@`.
  private static func function(ofHunk line: ArraySlice<UInt8>) -> String? {
    let parts = String(decoding: line, as: UTF8.self).split(
      separator: "@@", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let name = parts[2].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return name.isEmpty ? nil : name
  }
}
