import Foundation
import TestSupport

/// All that no verb but restore and undo may change: HEAD, index, references of others, stash, and work tree.
struct Surroundings: Equatable {
  private let index: [UInt8]?
  private let head: String?
  private let references: String
  private let stash: String
  private let files: FileTree

  init(_ terminal: Terminal) throws {
    let repository = terminal.repository
    // The bytes of the index come first: other programs may refresh it.
    index = repository.bytes(".git/index")
    head = repository.read(".git/HEAD")
    let all = try repository.run(
      "git", ["-C", repository.path, "for-each-ref", "--format=%(refname) %(objectname)"])
    let lines = all.split(separator: "\n").filter { line in
      !["refs/sessions/", "refs/sessions-held/", "refs/notes/sessions "].contains { line.hasPrefix($0) }
    }
    references = lines.joined(separator: "\n")
    stash = try repository.run("git", ["-C", repository.path, "stash", "list"])
    files = repository.files
  }

  /// The names of the parts that differ.
  func differences(from other: Surroundings) -> [String] {
    let parts = [
      (index == other.index, "index"), (head == other.head, "HEAD"),
      (references == other.references, "references"), (stash == other.stash, "stash"),
    ]
    return parts.filter { !$0.0 }.map(\.1) + files.differences(from: other.files)
  }
}
