package import Files

/// One repository as seen from one work tree. Belongs to one thread.
package final class Repository {
  package let git: GitExecutable
  /// The git dir of this work tree.
  package let gitDirectory: String
  /// The git dir that all work trees share.
  package let commonDirectory: String
  /// The top of the work tree; nil in a bare repository or inside a git dir.
  package let workTree: String?
  /// Where the user stands.
  package let currentDirectory: String

  /// How objects are named here.
  package let objectFormat: ObjectFormat

  /// The empty tree, which git knows without its being stored.
  package var emptyTree: ObjectID { objectFormat.emptyTree }

  let packed: PackedObjects
  private var openedBackend: (any Backend)?

  /// Finds the repository of `directory` as git does, by git itself where that could matter: it knows
  /// `safe.directory` and every form of work tree.
  package init(discoveringFrom directory: String, git: GitExecutable) throws(GitError) {
    let usual = RepositorySearch(sources: ConfigurationSources(git: git)).place(of: directory)
    let place = if let usual { usual } else { try Place(of: directory, git: git) }
    self.git = git
    currentDirectory = directory
    gitDirectory = place.gitDirectory
    commonDirectory = place.commonDirectory
    workTree = place.workTree
    guard let format = ObjectFormat(rawValue: place.objectFormat) else {
      throw GitError(
        .unsupported,
        "this repository uses \(place.objectFormat) object names, which git-session cannot read yet")
    }
    objectFormat = format
    packed = PackedObjects(in: commonDirectory + "/objects/pack", format: format)
    try Library.start()
    // Whether what git alone could find can be read here is said before anything of it is.
    if usual == nil { _ = try backend }
  }

  /// Opened by the first who needs it, which a hook that has nothing to do does not. Where other threads read too, that
  /// is before they begin.
  var backend: any Backend {
    get throws(GitError) {
      if let openedBackend { return openedBackend }
      let opened = try openBackend()
      openedBackend = opened
      return opened
    }
  }

  private func openBackend() throws(GitError) -> any Backend {
    if objectFormat == .sha1 {
      do {
        return try LibraryBackend(opening: gitDirectory)
      } catch {
        guard error.description.contains("unsupported extension name") else {
          throw GitError(error.kind == .notPermitted ? .notPermitted : .unopened, error.description)
        }
        // Git is asked instead.
      }
    }
    if let obstacle = GitError(extensionsIn: try configuration()) { throw obstacle }
    return PlumbingBackend(git: git, gitDirectory: gitDirectory, format: objectFormat)
  }

  /// The top of the work tree, for what cannot be done without one.
  package func requireWorkTree() throws(GitError) -> String {
    guard let workTree else { throw GitError(.bareRepository, "this operation must be run in a work tree") }
    return workTree
  }

  /// A folder of ours for this work tree alone.
  package var worktreeState: String { gitDirectory + "/session" }
  /// A folder of ours that all work trees share.
  package var cloneState: String { commonDirectory + "/sessions" }
  /// Of what all work trees share, folders have the permissions of this one: in a repository that a group shares they
  /// go beyond what the user's mask allows.
  var sharedModel: String { commonDirectory + "/refs" }

  package func makeCloneState() throws(FileError) {
    try Files.makeDirectory(cloneState, permissionsOf: sharedModel)
  }

  /// Runs git on this repository; fails if git's status is not among `accepted`.
  ///
  /// Git runs at the top of the work tree, or where the user stands if `fromCurrentDirectory`, so that paths
  /// that the user typed mean what they mean to git.
  @discardableResult
  package func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    accepting accepted: Set<Int32> = [0], fromCurrentDirectory: Bool = false, inheritingOutput: Bool = false,
    isTransfer: Bool = false
  ) throws(GitError) -> GitExecutable.Output {
    var location = ["--git-dir=" + gitDirectory]
    if let workTree { location.append("--work-tree=" + workTree) }
    let directory = fromCurrentDirectory ? currentDirectory : workTree ?? gitDirectory
    let output = try git.run(
      location + arguments, in: directory, input: input, environment: environment,
      inheritingOutput: inheritingOutput, isTransfer: isTransfer)
    guard accepted.contains(output.status) else {
      if output.complaint.contains("is outside repository") { throw GitError(.invalid, output.complaint) }
      let isMissing = output.complaint.hasPrefix("unable to read ")
      let kind: GitError.Kind =
        output.isFullDisk ? .fullDisk : isMissing ? .missing : .command(status: output.status)
      let verb = arguments.first { !$0.hasPrefix("-") && !$0.contains("=") } ?? ""
      throw GitError(kind, "git \(verb): \(output.complaint)")
    }
    return output
  }
}

extension Place {
  /// What `git rev-parse` says of a directory.
  init(of directory: String, git: GitExecutable) throws(GitError) {
    // U+FFFD stands for bytes that are none.
    if directory.contains("\u{fffd}"), Files.canonical(directory) == nil {
      throw GitError(.unsupported, "the path of this folder is not UTF-8; give it another name to work here")
    }
    let output = try git.run(
      [
        "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-object-format",
        "--is-inside-work-tree", "--show-toplevel",
      ], in: directory)
    guard String(validating: output.standardOutput, as: UTF8.self) != nil else {
      throw GitError(.unsupported, "the path of this repository is not UTF-8")
    }
    let lines = output.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 4 else {
      let isMissing = output.standardError.contains("not a git repository")
      throw GitError(isMissing ? .notRepository : .command(status: output.status), output.complaint)
    }
    (gitDirectory, commonDirectory, objectFormat) = (lines[0], lines[1], lines[2])
    let isInside = lines[3] == "true"
    if !isInside, output.status == 0, lines.count == 5 {
      throw GitError(
        .unsupported,
        "core.worktree puts the work tree of this repository into '\(lines[4])', which is not supported")
    }
    guard lines.count == (isInside ? 5 : 4), !isInside || output.status == 0 else {
      throw GitError(.unsupported, "the path of this repository holds a line feed")
    }
    workTree = isInside ? lines[4] : nil
  }
}

extension GitError {
  /// Extensions that change nothing about objects and references, or that are known here.
  private static let knownExtensions = [
    "noop", "noop-v1", "objectformat", "partialclone", "preciousobjects", "relativeworktrees",
    "worktreeconfig",
  ]

  /// Says which extension of a repository's format is not known here; nil if all are.
  init?(extensionsIn configuration: Configuration) {
    let extensions = configuration.entries.filter {
      ["local", "worktree"].contains($0.scope) && $0.key.hasPrefix("extensions.")
    }
    let unknown = extensions.first {
      let name = String($0.key.dropFirst("extensions.".count))
      return !Self.knownExtensions.contains(name) && !(name == "refstorage" && $0.value == "files")
    }
    guard let unknown else { return nil }
    let what =
      unknown.key == "extensions.refstorage"
      ? "keeps its references in the format \(unknown.value)" : "uses \(unknown.key)"
    self.init(.unsupported, "this repository \(what), which git-session cannot read yet")
  }
}
