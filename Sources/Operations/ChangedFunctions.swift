import Git

extension ObjectBatch {
  /// The functions in which lines of files changed, by path, each once, in order: what git's own hunk headers name, by
  /// the `diff` drivers of the user's attributes. `files` are differences between the two trees.
  ///
  /// `headers` are those of their hunks, as ``hunkHeaders(of:knowing:)`` gives them.
  func changedFunctions(
    in files: [TreeDifference], _ headers: [[[UInt8]]?], from old: ObjectID, to new: ObjectID
  ) throws(GitError) -> [RepositoryPath: [String]] {
    var functions: [RepositoryPath: [String]] = [:]
    var unknown: [RepositoryPath] = []
    for (file, headers) in zip(files, headers) {
      if let headers { functions[file.path] = Self.functions(headers) } else { unknown.append(file.path) }
    }
    guard !unknown.isEmpty else { return functions }
    return functions.merging(try askGit(of: unknown, from: old, to: new)) { $1 }
  }

  /// Git reads the whole index for an attribute, which takes longer than all the rest.
  private func askGit(
    of files: [RepositoryPath], from old: ObjectID, to new: ObjectID
  ) throws(GitError) -> [RepositoryPath: [String]] {
    // What is not UTF-8 cannot be an argument here; then all files are compared.
    let names = files.map { String(validating: $0.bytes, as: UTF8.self) }
    let output = try repository.run(
      [
        "diff-tree", "-r", "-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
        "--src-prefix=a/", "--dst-prefix=b/", "--diff-filter=M", old.hex, new.hex, "--",
      ] + (names.contains(nil) ? [] : names.compactMap(\.self)),
      environment: try environment.merging(["GIT_LITERAL_PATHSPECS": "1"]) { $1 })
    var headers: [RepositoryPath: [[UInt8]]] = [:]
    var path: RepositoryPath?
    for line in output.standardOutput.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      if line.starts(with: "diff --git ".utf8) { path = nil }
      if path == nil, line.starts(with: "+++ ".utf8) { path = Self.path(ofHeader: line.dropFirst(4)) }
      if let path, line.starts(with: "@@ ".utf8) { headers[path, default: []].append(Array(line)) }
    }
    return headers.mapValues(Self.functions)
  }

  /// `b/dir/file`, quoted by git where it must be, and ended by a tab if it holds a space.
  private static func path(ofHeader header: ArraySlice<UInt8>) -> RepositoryPath? {
    let trimmed = header.last == UInt8(ascii: "\t") ? header.dropLast() : header
    guard let text = String(validating: trimmed, as: UTF8.self),
      let path = text.hasPrefix("\"") ? RepositoryPath(quoted: text) : RepositoryPath(trimmed),
      path.bytes.starts(with: "b/".utf8)
    else { return nil }
    return RepositoryPath(path.bytes.dropFirst(2))
  }

  /// What stands behind the second `@@` of each, each once.
  private static func functions(_ headers: [[UInt8]]) -> [String] {
    var functions: [String] = []
    for header in headers {
      let parts = String(decoding: header, as: UTF8.self).split(
        separator: "@@", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let name = parts[2].split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if !name.isEmpty, !functions.contains(name) { functions.append(name) }
    }
    return functions
  }
}
