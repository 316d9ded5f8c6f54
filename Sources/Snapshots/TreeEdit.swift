import Git

/// Changes some paths of a tree; only the folders on the way to them are read and written.
struct TreeEdit {
  private let repository: Repository
  private let batch: ObjectBatch
  private var trees: [ObjectID: [TreeEntry]] = [:]
  private var changes: [RepositoryPath: TreeEntry?] = [:]

  init(_ repository: Repository, batch: ObjectBatch) {
    self.repository = repository
    self.batch = batch
  }

  /// What a tree holds at a path; nil if nothing.
  mutating func entry(_ path: RepositoryPath, in tree: ObjectID) throws(GitError) -> TreeEntry? {
    var found: TreeEntry?
    var tree: ObjectID? = tree
    for component in path.components {
      guard let folder = tree else { return nil }
      found = try entries(folder).first { $0.name[...] == component }
      tree = found.flatMap { $0.isTree ? $0.id : nil }
    }
    return found
  }

  private mutating func entries(_ tree: ObjectID) throws(GitError) -> [TreeEntry] {
    if let known = trees[tree] { return known }
    let entries = try repository.tree(tree)
    trees[tree] = entries
    return entries
  }

  /// Puts a file at a path, or nothing. The folders above it come and go with what they hold.
  mutating func set(_ path: RepositoryPath, _ entry: TreeEntry?) { changes[path] = .some(entry) }

  /// The tree with all changes.
  mutating func apply(to tree: ObjectID) throws(GitError) -> ObjectID {
    let changes = changes.map { (path: $0.key.components[...], entry: $0.value) }
    guard !changes.isEmpty else { return tree }
    guard let changed = try apply(changes, to: tree) else { return try batch.writeTree([]) }
    return changed
  }

  private typealias Change = (path: ArraySlice<ArraySlice<UInt8>>, entry: TreeEntry?)

  /// Nil if nothing is left.
  private mutating func apply(_ changes: [Change], to tree: ObjectID?) throws(GitError) -> ObjectID? {
    var entries = try tree.map { (tree) throws(GitError) in try self.entries(tree) } ?? []
    for (name, group) in Dictionary(grouping: changes, by: { $0.path.first ?? [] }) {
      let old = entries.firstIndex { $0.name[...] == name }.map { entries.remove(at: $0) }
      if let change = group.first(where: { $0.path.count == 1 }), let entry = change.entry {
        entries.append(entry)
        continue
      }
      let below = group.filter { $0.path.count > 1 }.map { ($0.path.dropFirst(), $0.entry) }
      guard !below.isEmpty else { continue }
      if below.allSatisfy({ $0.1 == nil }), let old, !old.isTree {
        // What is gone below a folder that has become a file.
        entries.append(old)
        continue
      }
      let folder = old.flatMap { $0.isTree ? $0.id : nil }
      if let id = try apply(below, to: folder) {
        entries.append(TreeEntry(mode: "40000", name: Array(name), id: id))
      }
    }
    return entries.isEmpty ? nil : try batch.writeTree(entries)
  }
}
