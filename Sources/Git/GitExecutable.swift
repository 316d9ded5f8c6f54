import Files

/// The `git` program, the only place that starts it.
///
/// It sees the user's configuration but nothing of the repository that a hook or an alias was called for:
/// no `GIT_DIR`, no `GIT_INDEX_FILE`, no dates. Hooks, the file system monitor, maintenance and optional locks
/// are off.
package struct GitExecutable: Sendable {
  /// A path, or a name that is looked up in the user's `PATH`.
  private let name: String
  package let environment: [String: String]
  /// The user's `LC_ALL`; what we read ourselves is in the language of programs.
  private let locale: String?
  /// Gets what git says of how far a transfer is; nil if nobody wants to see it.
  package var showProgress: (@Sendable (String) -> Void)?

  /// `environment` is the user's; `path` a name to look up in its `PATH`, or a path.
  package init(path: String = "git", environment: [String: String]) {
    name = path
    self.environment = Self.scrubbed(environment)
    locale = environment["LC_ALL"]
  }

  /// The same program for a user who has another environment.
  package func seeing(_ environment: [String: String]) -> GitExecutable {
    var other = GitExecutable(path: name, environment: environment)
    other.showProgress = showProgress
    return other
  }

  /// The first program of that name in the user's folders; the name itself if there is none. `posix_spawnp` would
  /// look in the folders of this process, whatever environment was given.
  package var path: String {
    guard !name.utf8.contains(UInt8(ascii: "/")) else { return name }
    for folder in (environment["PATH"] ?? "").utf8.split(separator: UInt8(ascii: ":")) {
      let candidate = "\(Substring(folder))/\(name)"
      if Files.isExecutable(candidate) { return candidate }
    }
    return name
  }

  /// What one run wrote and how it ended.
  package struct Output: Sendable {
    package let status: Int32
    package let standardOutput: [UInt8]
    package let standardError: String

    /// Standard output as text, without the line feed at its end.
    package var text: String {
      let bytes = standardOutput.last == UInt8(ascii: "\n") ? standardOutput.dropLast() : standardOutput[...]
      return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of `-z` output.
    package var fields: [ArraySlice<UInt8>] {
      var fields = standardOutput.split(separator: 0, omittingEmptySubsequences: false)
      if fields.last?.isEmpty == true { fields.removeLast() }
      return fields
    }

    package var isFullDisk: Bool {
      ["No space left on device", "Disk quota exceeded", "Out of diskspace"].contains {
        standardError.contains($0)
      }
    }

    /// git's own last complaint, without `fatal:` or `error:`.
    package var complaint: String {
      // ssh ends its lines with a carriage return as well.
      let lines = standardError.split(whereSeparator: \.isNewline).map(String.init)
      let line =
        lines.last { $0.hasPrefix("fatal: ") } ?? lines.first { $0.hasPrefix("error: ") } ?? lines.last
      guard let line else { return "git ended with status \(status)" }
      for prefix in ["fatal: ", "error: "] where line.hasPrefix(prefix) {
        return String(line.dropFirst(prefix.count))
      }
      return line
    }
  }

  /// Runs git in `directory` and waits for it. Only a git that cannot be started is an error here.
  package func run(
    _ arguments: [String], in directory: String, input: [UInt8] = [],
    environment extra: [String: String] = [:],
    inheritingOutput: Bool = false, isTransfer: Bool = false
  ) throws(GitError) -> Output {
    var process = process(arguments, in: directory, environment: extra)
    process.inheritsOutput = inheritingOutput
    // What the user reads, and the pager that git starts for it, speak the user's language.
    if inheritingOutput { process.environment["LC_ALL"] = locale }
    process.showProgress = isTransfer ? showProgress : nil
    do {
      let result = try process.run(input: input)
      return Output(
        status: result.status, standardOutput: result.output,
        standardError: String(decoding: result.errors, as: UTF8.self))
    } catch  where error.isMissing {
      throw GitError(.other, "cannot start git: '\(path)' is not found")
    } catch {
      throw GitError(error)
    }
  }

  /// One run of git, not started yet.
  func process(
    _ arguments: [String], in directory: String, environment extra: [String: String]
  ) -> ChildProcess {
    ChildProcess(
      executable: path, arguments: ["-C", directory] + Self.settings + arguments,
      environment: environment.merging(extra) { $1 })
  }

  private static let settings: [String] =
    ["--no-optional-locks"] + ownSettings.flatMap { ["-c", "\($0.key)=\($0.value)"] }

  /// The configuration that git always runs with here, over that of the user.
  static let ownSettings: [(key: String, value: String)] = [
    ("core.hooksPath", "/dev/null"), ("core.fsmonitor", "false"), ("gc.auto", "0"),
    ("maintenance.auto", "false"), ("core.quotePath", "false"), ("core.splitIndex", "false"),
    ("submodule.recurse", "false"),
  ]

  /// The variables that tie git to one repository (`git rev-parse --local-env-vars`), without those that carry
  /// `git -c` settings, and those that would colour what is written.
  private static let removed: Set<String> = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_CONFIG",
    "GIT_QUARANTINE_PATH", "GIT_INDEX_VERSION", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_NOTES_REF",
    "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE", "GIT_ATTR_SOURCE", "GIT_DEFAULT_HASH",
  ]

  private static func scrubbed(_ environment: [String: String]) -> [String: String] {
    var kept = environment.filter { !removed.contains($0.key) }
    kept["GIT_OPTIONAL_LOCKS"] = "0"
    // Replace refs would make git read other objects than those that a chain names.
    kept["GIT_NO_REPLACE_OBJECTS"] = "1"
    kept["LC_ALL"] = "C"
    return kept
  }
}
