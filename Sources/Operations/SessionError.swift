import Files
import Git

/// Why a command cannot do what it was asked to: one sentence, and what to do about it.
package struct SessionError: Error, Hashable, Sendable {
  /// The exit status follows from it, as in git.
  package enum Kind: Hashable, Sendable {
    /// The answer is no: there is no session, the name is ambiguous. Status 1.
    case no
    /// It cannot be done. Status 128.
    case fatal
    /// The command line is wrong. Status 129.
    case usage
  }

  package let kind: Kind
  package let sentence: String
  package let hints: [String]

  package init(_ kind: Kind, _ sentence: String, hints: [String] = []) {
    self.kind = kind
    self.sentence = sentence
    self.hints = hints
  }

  /// Any error in the words of the one who uses the program.
  package init(wrapping error: any Error) {
    switch error {
    case let error as SessionError: self = error
    case let error as GitError: self.init(.fatal, error.description, hints: Self.hints(for: error))
    case let error as FileError:
      self.init(.fatal, error.description, hints: Self.hints(for: GitError(error)))
    default: self.init(.fatal, "\(error)")
    }
  }

  /// Whether it says that a folder belongs to no repository.
  package static func isNoRepository(_ error: any Error) -> Bool {
    (error as? GitError)?.kind == .notRepository
  }

  private static func hints(for error: GitError) -> [String] {
    switch error.kind {
    case .fullDisk: ["Free some space and try again."]
    case .notPermitted where error.description.contains("Read-only"):
      ["In the sandbox of an agent nothing else is wrong: its hooks save when the turn ends."]
    case .locked: ["If no other git command is running, remove the lock file and try again."]
    case .command where error.description.contains("dubious ownership"):
      ["If you trust its owner, name it in safe.directory of your git configuration."]
    case .missing: ["'git fsck' tells what the repository has lost."]
    case .notRepository: ["Run it in a git repository, or begin one with 'git init'."]
    default: []
    }
  }
}
