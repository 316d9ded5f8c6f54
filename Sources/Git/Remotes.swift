/// Sending and fetching, each by one run of git: it alone knows the user's credentials, proxies and ssh set-up.
extension Repository {
  /// The references of another repository that match one of `patterns`, sorted by name, without fetching anything.
  ///
  /// `remote` is a name from the configuration.
  package func references(of remote: String, matching patterns: [String]) throws(GitError) -> [Reference] {
    let output = try runNetwork(["ls-remote", "--refs", "--", remote] + patterns, accepting: [0])
    return output.text.split(separator: "\n").compactMap { line in
      let columns = line.split(separator: "\t", maxSplits: 1)
      guard columns.count == 2, let id = ObjectID(columns[0]) else { return nil }
      return Reference(name: String(columns[1]), target: id)
    }.sorted { $0.name < $1.name }
  }

  /// Makes the references below each `here` those that `remote` has below `there`, with their objects.
  ///
  /// All end with a slash. Touched are these references alone, without those below `others` there and in their places
  /// here: no tags, no `FETCH_HEAD`. Returns git's complaint if single references could not be written.
  package func fetch(
    folders: [(there: String, here: String)], without others: [String], from remote: String
  ) throws(GitError) -> String? {
    let patterns = folders.map { "+\($0.there)*:\($0.here)*" } + others.map { "^\($0)*" }
    return try fetch(["--prune", "--", remote] + patterns, input: "")
  }

  /// The same for these references alone, by their names there and here. Throws `.moved` if the remote lacks one.
  package func fetch(_ names: [(there: String, here: String)], from remote: String) throws(GitError)
    -> String?
  {
    do throws(GitError) {
      let lines = names.map { "+\($0.there):\($0.here)\n" }.joined()
      return try fetch(["--stdin", "--", remote], input: lines)
    } catch  where error.description.contains("couldn't find remote ref") {
      throw GitError(.moved, "'\(remote)' changes while it is fetched from: \(error)")
    }
  }

  private func fetch(_ arguments: [String], input: String) throws(GitError) -> String? {
    // In a partial clone git would leave out file contents, which a session needs as a whole.
    let output = try runNetwork(
      [
        "fetch", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-filter",
        git.showProgress == nil ? "--quiet" : "--progress",
      ] + arguments, accepting: [0, 1], input: Array(input.utf8))
    return output.status == 0 ? nil : output.complaint
  }

  /// What became of one reference that was pushed.
  package enum PushOutcome: Hashable, Sendable {
    case sent, upToDate
    /// The remote's chain holds commits that this clone does not have or that do not descend from ours.
    case notForward
    /// In git's words.
    case rejected(String)
  }

  /// Moves references of `remote` forward, each by itself and none by force, without the hooks of this clone.
  ///
  /// Throws if the remote cannot be reached. References that git says nothing of are not in the result.
  package func push(_ references: [Reference], to remote: String) throws(GitError) -> [String: PushOutcome] {
    var outcomes: [String: PushOutcome] = [:]
    for start in stride(from: 0, to: references.count, by: Self.pushLimit) {
      let part = references[start..<min(start + Self.pushLimit, references.count)]
      let output = try runNetwork(
        pushing + ["--", remote] + part.map { "\($0.target):\($0.name)" }, accepting: [0, 1])
      let found = output.text.split(separator: "\n").compactMap(Self.outcome)
      guard !found.isEmpty else { throw Self.failure("push", output) }
      for (name, outcome) in found { outcomes[name] = outcome }
    }
    return outcomes
  }

  /// Deletes references of `remote`, each by itself and only if it still has the value that is given here.
  ///
  /// Throws if the remote cannot be reached.
  package func delete(_ references: [Reference], at remote: String) throws(GitError) -> [String: PushOutcome]
  {
    let output = try runNetwork(
      pushing + references.map { "--force-with-lease=\($0.name):\($0.target)" } + ["--", remote]
        + references.map { ":\($0.name)" }, accepting: [0, 1])
    let found = output.text.split(separator: "\n").compactMap(Self.outcome)
    guard !found.isEmpty else { throw Self.failure("push", output) }
    return Dictionary(found) { $1 }
  }

  private var pushing: [String] {
    [
      "push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--no-signed",
      git.showProgress == nil ? "--no-progress" : "--progress",
    ]
  }

  /// As many names as a command line has room for on every system.
  private static let pushLimit = 5000

  /// Reads `<flag>\t<from>:<to>\t<summary>`, the format of `git push --porcelain`.
  private static func outcome(_ line: Substring) -> (String, PushOutcome)? {
    let columns = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
    guard columns.count == 3, columns[0].count == 1, let flag = columns[0].first,
      let colon = columns[1].firstIndex(of: ":")
    else { return nil }
    let name = String(columns[1][columns[1].index(after: colon)...])
    let summary = String(columns[2])
    switch flag {
    case "=": return (name, .upToDate)
    case "!":
      let isBehind = ["(fetch first)", "(non-fast-forward)", "(needs force)"].contains(
        where: summary.hasSuffix)
      return (name, isBehind ? .notForward : .rejected(summary))
    default: return (name, .sent)
    }
  }

  private func runNetwork(
    _ arguments: [String], accepting: Set<Int32>, input: [UInt8] = []
  ) throws(GitError) -> GitExecutable.Output {
    let output = try run(arguments, input: input, accepting: Set(0...255), isTransfer: true)
    guard accepting.contains(output.status) else { throw Self.failure(arguments[0], output) }
    return output
  }

  /// git's last word of a failed connection only says that it failed; the first one says why.
  private static func failure(_ verb: String, _ output: GitExecutable.Output) -> GitError {
    let lines = output.standardError.split(whereSeparator: \.isNewline)
    // Where progress is shown, it also says from whence it fetches.
    let first = lines.first { !$0.hasPrefix("From ") }.map(String.init)
    let reason = first.map { $0 == "fatal: \(output.complaint)" ? "" : " (\($0))" } ?? ""
    return GitError(
      output.isFullDisk ? .fullDisk : .command(status: output.status),
      "git \(verb): \(output.complaint)\(reason)")
  }

  /// Sets references to values, whatever they were, all or none.
  package func set(_ references: [Reference]) throws(GitError) {
    guard !references.isEmpty else { return }
    let lines = references.map { "update \($0.name) \($0.target)\n" }.joined()
    try run(["update-ref", "--stdin"], input: Array(lines.utf8))
  }
}
