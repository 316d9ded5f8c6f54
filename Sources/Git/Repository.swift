import Clibgit2

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
  package let objectFormat = ObjectFormat.sha1

  /// Whether libgit2 has an empty index instead of the user's.
  var hasOwnIndex = false

  let handle: Handle
  let database: Handle

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
    guard place.objectFormat == "sha1" else {
      throw GitError(
        .unsupported,
        "this repository uses \(place.objectFormat) object names, which git-session cannot read yet")
    }
    try Library.start()
    let opened: Handle
    do {
      opened = try Handle("open '\(place.gitDirectory)'", release: git_repository_free) {
        git_repository_open(&$0, place.gitDirectory)
      }
    } catch  where error.description.contains("unsupported extension name") {
      let name = error.description.split(separator: " ").last.map(String.init) ?? ""
      throw GitError(.unsupported, "this repository uses \(name), which git-session cannot read yet")
    }
    let repository = opened.pointer
    database = try Handle("open the object database", release: git_odb_free) {
      git_repository_odb(&$0, repository)
    }
    handle = opened
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
    guard lines.count == (isInside ? 5 : 4), !isInside || output.status == 0 else {
      throw GitError(.unsupported, "the path of this repository holds a line feed")
    }
    workTree = isInside ? lines[4] : nil
  }
}
