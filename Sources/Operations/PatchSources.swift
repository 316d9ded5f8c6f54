import Files
import Git
import Sessions
import Storage

/// The linked commits that a new commit repeats elsewhere: the source of a cherry-pick or of an applied patch, or
/// all that `git merge --squash` put together. Known by equal patch ids, as git computes them.
///
/// The work is bounded: only linked commits that HEAD does not reach count, and of these the newest.
struct PatchSources {
  private let workspace: Workspace
  private let state: SessionState

  private static let candidateLimit = 50
  private static let tipLimit = 5

  init(_ workspace: Workspace, _ state: SessionState) {
    self.workspace = workspace
    self.state = state
  }

  private var repository: Repository { workspace.repository }

  func find(for new: Commit) throws -> [ObjectID] {
    if let picked = try picked() { return [picked] }
    guard let parent = new.parents.first, new.parents.count == 1 else { return [] }
    let apart = try candidates(apartFrom: new)
    guard !apart.isEmpty else { return [] }
    // Paths are compared first: they cost little and tell almost all apart.
    let paths = try self.paths(of: [new.id])[new.id]
    let similar = try self.paths(of: apart).filter { $0.value == paths }.map(\.key).sorted()
    if !similar.isEmpty {
      let patches = try self.patches(of: [new.id] + similar)
      let equal = similar.filter { patches[$0] != nil && patches[$0] == patches[new.id] }
      if !equal.isEmpty { return equal }
    }
    return try squashed(new, parent, apart)
  }

  /// What git itself says that it picks, if it is linked.
  private func picked() throws -> ObjectID? {
    guard let bytes = try Files.readIfPresent(repository.gitDirectory + "/CHERRY_PICK_HEAD"),
      let id = ObjectID(String(decoding: bytes.prefix(2 * repository.objectFormat.byteCount), as: UTF8.self))
    else { return nil }
    if state.knownCommits.contains(id.hex) { return id }
    return try workspace.links(of: [id])[id] == nil ? nil : id
  }

  /// The newest first.
  private func candidates(apartFrom new: Commit) throws -> [ObjectID] {
    let linked = Set(state.commits.suffix(500).map(\.id).filter { $0 != new.id.hex })
    guard !linked.isEmpty else { return [] }
    let input = linked.sorted().joined(separator: "\n") + "\n^\(new.id)\n"
    let output = try repository.run(
      ["rev-list", "--ignore-missing", "--max-count=1000", "--stdin"], input: Array(input.utf8))
    return output.text.split(separator: "\n").filter { linked.contains(String($0)) }
      .prefix(Self.candidateLimit).compactMap { ObjectID($0) }
  }

  /// One commit of a whole branch: its patch is that from where the branch forked to its tip.
  private func squashed(_ new: Commit, _ parent: ObjectID, _ apart: [ObjectID]) throws -> [ObjectID] {
    let inner = Set(try apart.flatMap { try repository.commit($0).parents })
    let patch = try patches(of: [new.id])[new.id]
    guard patch != nil else { return [] }
    for tip in apart.filter({ !inner.contains($0) }).prefix(Self.tipLimit) {
      let fork = try repository.run(["merge-base", parent.hex, tip.hex], accepting: [0, 1]).text
      guard let fork = ObjectID(fork) else { continue }
      let names = try repository.run(["diff-tree", "-r", "-z", "--name-only", fork.hex, tip.hex])
      guard try Set(names.fields.map { Array($0) }) == paths(of: [new.id])[new.id] else { continue }
      let diff = try repository.run(["diff-tree", "-p"] + Self.form + [fork.hex, tip.hex]).standardOutput
      guard try patchIDs(diff).first?.patch == patch else { continue }
      let below = try repository.run(["rev-list", "--max-count=1000", tip.hex, "^" + fork.hex]).text
      let branch = Set(below.split(separator: "\n").map(String.init))
      return apart.filter { branch.contains($0.hex) }
    }
    return []
  }

  private static let form = ["--no-ext-diff", "--no-textconv", "--no-renames", "--full-index", "--no-color"]

  /// The paths that each commit changes against its parent; none for a merge.
  private func paths(of commits: [ObjectID]) throws -> [ObjectID: Set<[UInt8]>] {
    let output = try repository.run(
      ["diff-tree", "--stdin", "-r", "-z", "--name-only", "--root"],
      input: Array(commits.map { "\($0)\n" }.joined().utf8))
    var paths: [ObjectID: Set<[UInt8]>] = [:]
    var commit: ObjectID?
    for field in output.fields {
      if let id = ObjectID(String(decoding: field, as: UTF8.self)), commits.contains(id) {
        commit = id
      } else if let commit {
        paths[commit, default: []].insert(Array(field))
      }
    }
    return paths
  }

  private func patches(of commits: [ObjectID]) throws -> [ObjectID: String] {
    let diffs = try repository.run(
      ["diff-tree", "--stdin", "-p", "--root"] + Self.form,
      input: Array(commits.map { "\($0)\n" }.joined().utf8))
    var patches: [ObjectID: String] = [:]
    for (patch, commit) in try patchIDs(diffs.standardOutput) {
      if let id = ObjectID(commit) { patches[id] = patch }
    }
    return patches
  }

  /// What `git patch-id` makes of diffs: each with the commit that stood before it.
  private func patchIDs(_ diffs: [UInt8]) throws -> [(patch: String, commit: String)] {
    guard !diffs.isEmpty else { return [] }
    return try repository.run(["patch-id", "--stable"], input: diffs).text.split(separator: "\n").compactMap {
      let words = $0.split(separator: " ").map(String.init)
      return words.count == 2 ? (words[0], words[1]) : nil
    }
  }
}
