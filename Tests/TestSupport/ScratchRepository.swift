import Foundation
package import Git

/// A repository made for one test: fixed author, counted dates, no configuration of the machine, gone afterwards.
///
/// Ids are stable from run to run, so they can stand in expectations.
package final class ScratchRepository {
  /// The work tree.
  package let path: String
  /// What the tools see of the outside world; `HOME` is empty and lies beside the work tree.
  package private(set) var environment: [String: String]
  /// The folder that holds the work tree and all that lies beside it.
  package let root: String
  private var tick = 0

  /// A work tree with an unborn branch `main`; `arguments` go to `git init`. All repositories that git makes in
  /// this environment name their objects by `format`.
  package init(_ arguments: String..., format: ObjectFormat = .sha1) throws {
    let base = FileManager.default.temporaryDirectory.path
    root = base + "/git-session-test-" + UUID().uuidString
    path = root + "/work"
    environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
      "HOME": root + "/home", "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC", "LANG": "C.UTF-8",
    ]
    if format != .sha1 { environment["GIT_DEFAULT_HASH"] = format.rawValue }
    try FileManager.default.createDirectory(atPath: root + "/home", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(
      "../home/.gitconfig",
      "[user]\n\tname = Ada\n\temail = ada@example.test\n[init]\n\tdefaultBranch = main\n")
    try git(["init", "--quiet"] + arguments)
  }

  deinit {
    // Folders without permissions would stay otherwise.
    _ = try? run("chmod", ["-R", "u+rwX", root])
    try? FileManager.default.removeItem(atPath: root)
  }

  /// A new `Repository` value on the work tree, or on another folder.
  package func open(at directory: String? = nil) throws -> Repository {
    try Repository(discoveringFrom: directory ?? path, git: GitExecutable(environment: environment))
  }

  /// Writes a file below the work tree, with the folders above it.
  package func write(_ name: String, _ content: String) throws { try write(name, bytes: Array(content.utf8)) }

  package func write(_ name: String, bytes: [UInt8]) throws {
    let file = path + "/" + name
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileTree.write(bytes, to: Array(file.utf8))
  }

  /// Writes a file, link or pipe in place of whatever is in its way.
  package func put(_ name: String, _ entry: FileTree.Entry) {
    FileTree.put(entry, at: RepositoryPath(name.utf8), below: path)
  }

  /// All that lies in the work tree.
  package var files: FileTree { FileTree(of: path) }

  /// Nil if there is no such file.
  package func bytes(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path + "/" + name).map(Array.init)
  }

  /// Nil if there is no such file.
  package func read(_ name: String) -> String? {
    FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
  }

  package func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  /// The file of one object, which all packs are taken apart for.
  package func looseFile(_ id: ObjectID) throws -> String {
    let file = ".git/objects/\(id.hex.prefix(2))/\(id.hex.dropFirst(2))"
    if bytes(file) == nil {
      try run("sh", ["-c", Self.loosening, "sh", path, root + "/packs-" + UUID().uuidString])
    }
    return file
  }

  private static let loosening = """
    cd "$1" && mkdir "$2" && mv .git/objects/pack/* "$2" && for pack in "$2"/*.pack; do git unpack-objects -q <"$pack"; done
    """

  /// Runs git in the work tree and returns what it wrote; throws if it fails.
  @discardableResult
  package func git(_ arguments: String...) throws -> String { try git(arguments) }

  @discardableResult
  package func git(_ arguments: [String], in directory: String? = nil, input: String = "") throws -> String {
    tick += 1
    environment["GIT_AUTHOR_DATE"] = "\(1_700_000_000 + tick) +0000"
    environment["GIT_COMMITTER_DATE"] = environment["GIT_AUTHOR_DATE"]
    return try run("git", ["-C", directory ?? path] + arguments, input: input)
  }

  /// A variable that every program started from now on sees.
  package func setEnvironment(_ name: String, _ value: String?) { environment[name] = value }

  /// Stages all and commits.
  package func commit(_ message: String) throws {
    try git("add", "--all")
    try git("commit", "--quiet", "--allow-empty", "--message", message)
  }

  /// Runs a program in the test's environment and returns its standard output; throws with its errors if it fails.
  @discardableResult
  package func run(_ program: String, _ arguments: [String], input: String = "") throws -> String {
    let result = try Program.run(program, arguments, environment: environment, input: input)
    guard result.status == 0 else { throw Failure(command: [program] + arguments, result: result) }
    return result.output
  }

  package struct Failure: Error, CustomStringConvertible {
    package let command: [String]
    package let result: Program.Result

    package init(command: [String], result: Program.Result) {
      self.command = command
      self.result = result
    }

    package var description: String {
      "\(command.joined(separator: " ")) ended with \(result.status): \(result.errors)"
    }
  }
}
