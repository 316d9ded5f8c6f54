import Foundation
import TestSupport

/// A shell in a scratch repository, where `git session` is the program that was built with these tests.
///
/// Each command is one minute later than the one before it and has random numbers of its own, so that all ids
/// and ages are the same from run to run.
final class Terminal {
  let repository: ScratchRepository
  private var count = 0

  /// The first command runs at this time.
  private static let start = 1_767_603_600  // 2026-01-05 09:00 UTC

  init(_ arguments: String...) throws {
    repository = try arguments.isEmpty ? ScratchRepository() : ScratchRepository(arguments[0])
    let path = [Self.products, Self.programs, repository.environment["PATH"] ?? ""]
    repository.setEnvironment("PATH", path.joined(separator: ":"))
    repository.setEnvironment("ROOT", repository.root)
    // Tests that run git as another user must find the same things.
    repository.setEnvironment("GIT_CEILING_DIRECTORIES", repository.root)
  }

  /// Runs a command line by `sh` at the top of the work tree.
  @discardableResult
  func run(_ command: String, input: String = "") throws -> Program.Result {
    let result = try Program.run(
      "sh", ["-c", command], environment: nextEnvironment(), in: repository.path, input: input)
    // A minute later, by the clock here, it would be taken for one that was stopped.
    let pending = repository.path + "/.git/session/pending-save.json"
    for _ in 0..<1200 where FileManager.default.fileExists(atPath: pending) {
      Thread.sleep(forTimeInterval: 0.05)
    }
    return result
  }

  /// Runs a command line that has to succeed, and returns what it wrote on standard output.
  @discardableResult
  func output(_ command: String) throws -> String {
    let result = try run(command)
    guard result.status == 0 else {
      throw ScratchRepository.Failure(command: [command], result: result)
    }
    return result.output
  }

  /// What the next command sees; for those who start it themselves.
  func nextEnvironment() -> [String: String] {
    count += 1
    let time = Date(timeIntervalSince1970: Double(Self.start + 60 * count))
    var environment = repository.environment
    environment["GIT_SESSION_TEST_CLOCK"] = time.ISO8601Format()
    environment["GIT_SESSION_TEST_SEED"] = String(count)
    environment["GIT_AUTHOR_DATE"] = "\(Int(time.timeIntervalSince1970)) +0000"
    environment["GIT_COMMITTER_DATE"] = environment["GIT_AUTHOR_DATE"]
    return environment
  }

  /// Text in which the place of this test is called `/scratch`.
  func neutral(_ text: String) -> String { text.replacing(repository.root, with: "/scratch") }

  /// Where the executables of this build are: beside the test bundle, or beside the program that holds it.
  private static let products: String = {
    let places = [Bundle.main.bundleURL] + Bundle.allBundles.map(\.bundleURL)
    let folders = places.flatMap { [$0, $0.deletingLastPathComponent()] }.map(\.path)
    let found = folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/git-session") }
    guard let found else { preconditionFailure("no git-session beside the tests: \(folders)") }
    return found
  }()

  /// Where `git-session` is that was built with these tests.
  static var folder: String { products }
  static var program: String { products + "/git-session" }

  /// Small programs that set a scene.
  private static let programs = URL(filePath: #filePath).deletingLastPathComponent().path + "/Programs"
}
