import Files
import Git
import Sessions
import Storage

/// On which branch a resume puts HEAD. An existing branch moves forward or not at all.
struct ResumeTarget {
  let head: Head
  let branches: [Resumption.BranchMove]
  /// Why HEAD is not on the branch of the session; nil if it is.
  let detachedBecause: String?

  /// `name` is a branch that is to be created at the base of the checkpoint.
  init(of checkpoint: ChainCommit, from head: Head, creating name: String?, in repository: Repository) throws
  {
    if let name {
      let reference = try Self.newBranch(name, in: repository)
      self.init(on: reference, at: checkpoint.base, from: nil)
      return
    }
    let branch = try checkpoint.checkpoint?.branch.flatMap { try Self.isBranch($0, repository) ? $0 : nil }
    guard let base = checkpoint.base else {
      try self.init(unborn: branch, from: head, in: repository)
      return
    }
    guard let branch else {
      let isNamed = checkpoint.checkpoint?.branch != nil
      self.init(
        detachedAt: base,
        because: isNamed ? "the name of its branch is not valid" : "there was no branch when it was saved")
      return
    }
    let short = branch.dropFirst(Self.prefix.count)
    guard let old = try repository.reference(branch) else {
      self.init(on: branch, at: base, from: nil)
      return
    }
    if head.branch != branch, let place = try Self.otherWorkTree(with: branch, repository) {
      self.init(detachedAt: base, because: "branch '\(short)' is checked out in \(place)")
    } else if try old == base || Self.isAncestor(old, of: base, repository) {
      self.init(on: branch, at: base, from: old)
    } else if try Self.isAncestor(base, of: old, repository) {
      self.init(detachedAt: base, because: "branch '\(short)' is ahead of it here and does not move back")
    } else {
      self.init(detachedAt: base, because: "branch '\(short)' has other commits here")
    }
  }

  private init(on branch: String, at base: ObjectID?, from old: ObjectID?) {
    head = Head(branch: branch, commit: base)
    branches = base == old ? [] : [.init(name: branch, from: old, to: base)]
    detachedBecause = nil
  }

  private init(detachedAt base: ObjectID, because reason: String) {
    head = Head(branch: nil, commit: base)
    branches = []
    detachedBecause = reason
  }

  /// The session began before the first commit, which is only possible on a branch without one.
  private init(unborn branch: String?, from head: Head, in repository: Repository) throws {
    guard let branch, try repository.reference(branch) == nil else {
      throw SessionError(
        .no, "it was saved before the first commit, and there are commits here",
        hints: ["Name a new branch for it with --branch."])
    }
    self.head = Head(branch: branch, commit: nil)
    branches = []
    detachedBecause = nil
  }

  private static let prefix = "refs/heads/"

  /// What a checkpoint calls a branch may be anything.
  private static func isBranch(_ reference: String, _ repository: Repository) throws -> Bool {
    guard reference.hasPrefix(prefix) else { return false }
    let short = String(reference.dropFirst(prefix.count))
    let check = try repository.run(["check-ref-format", "--branch", short], accepting: [0, 1, 128])
    return check.status == 0 && check.text == short
  }

  private static func newBranch(_ name: String, in repository: Repository) throws -> String {
    let reference = prefix + name
    guard try isBranch(reference, repository) else {
      throw SessionError(.fatal, "'\(PlainText.line(name))' is not a valid branch name")
    }
    guard try repository.reference(reference) == nil else {
      throw SessionError(.fatal, "a branch named '\(name)' already exists")
    }
    return reference
  }

  /// Where else than in this work tree a branch is checked out.
  static func otherWorkTree(with branch: String, _ repository: Repository) throws -> String? {
    let place = try repository.run(["for-each-ref", "--format=%(worktreepath)", branch]).text
    let isHere = Files.canonical(place) == repository.workTree.flatMap(Files.canonical)
    return place.isEmpty || isHere ? nil : place
  }

  private static func isAncestor(_ old: ObjectID, of new: ObjectID, _ repository: Repository) throws -> Bool {
    try repository.run(["merge-base", "--is-ancestor", old.hex, new.hex], accepting: [0, 1]).status == 0
  }
}
