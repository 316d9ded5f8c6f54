/// Objects in the order in which `git rev-list --objects` names them: commits from the newest on, each chain in one
/// go, then what their trees hold, as they come. Versions of one thing stand side by side in it, and git seeks
/// differences among neighbours.
struct RecencyOrder {
  struct Named {
    let id: ObjectID
    /// From the top of the tree that it was found in; empty for others.
    let path: [UInt8]
  }

  private(set) var objects: [Named] = []

  private let repository: Repository
  /// Those that are still to be named.
  private var rest: Set<ObjectID>

  /// Of these objects alone; what they refer to besides is not looked at.
  init(of ids: Set<ObjectID>, in repository: Repository) throws(GitError) {
    self.repository = repository
    rest = ids
    let trees = try nameCommits()
    for tree in trees { try walk(tree, path: []) }
    // Of commits that are not among them.
    for id in rest.sorted() where rest.contains(id) {
      if try repository.kind(of: id) == .tree { try walk(id, path: []) } else { name(id, []) }
    }
  }

  private mutating func name(_ id: ObjectID, _ path: [UInt8]) {
    if rest.remove(id) != nil { objects.append(Named(id: id, path: path)) }
  }

  /// Gives their trees in the same order.
  private mutating func nameCommits() throws(GitError) -> [ObjectID] {
    var commits: [ObjectID: Commit] = [:]
    for id in rest where try repository.kind(of: id) == .commit { commits[id] = try repository.commit(id) }
    let parents = Set(commits.values.flatMap(\.parents))
    let newest = commits.filter { !parents.contains($0.key) }.sorted { left, right in
      (right.value.time, left.key) < (left.value.time, right.key)
    }
    var trees: [ObjectID] = []
    for (start, _) in newest {
      var open = [start]
      while let id = open.popLast() {
        guard let commit = commits.removeValue(forKey: id) else { continue }
        name(id, [])
        trees.append(commit.tree)
        // The first parent, that of the chain, comes when the others are named.
        open += commit.parents
      }
    }
    return trees
  }

  /// Without recursion: there is no bound to how deep folders lie.
  private mutating func walk(_ tree: ObjectID, path: [UInt8]) throws(GitError) {
    var waiting = [(id: tree, path: path, isTree: true)]
    while let (id, path, isTree) = waiting.popLast() {
      guard rest.contains(id) else { continue }
      name(id, path)
      guard isTree else { continue }
      for entry in try repository.tree(id).reversed() where rest.contains(entry.id) {
        let below = path.isEmpty ? entry.name : path + [UInt8(ascii: "/")] + entry.name
        waiting.append((entry.id, below, entry.isTree))
      }
    }
  }
}
