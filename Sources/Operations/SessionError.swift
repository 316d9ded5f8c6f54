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

  /// An error that says that a folder belongs to no repository, with what the user's environment says of one; nil for
  /// any other error.
  package static func noRepository(_ error: any Error, in world: World) -> SessionError? {
    guard (error as? GitError)?.kind == .notRepository else { return nil }
    guard let named = world.environment["GIT_DIR"], !named.isEmpty else { return Self(wrapping: error) }
    return Self(
      .fatal, "this folder belongs to no repository; only GIT_DIR names one, '\(named)'", hints: placeHints)
  }

  /// For whoever has named a repository, or its work tree, by the environment: the second is for bare ones.
  static let placeHints = [
    "The folder decides; name it: git -C <work tree> session …",
    "A bare repository has a work tree where a file '.git' says 'gitdir: <repository>' and core.bare is false; then "
      + "all is saved in it that is not ignored.",
  ]

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
