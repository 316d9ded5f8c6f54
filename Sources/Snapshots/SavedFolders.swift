import Files
package import Git

/// The folders of a work tree whose files checkpoints hold, for those who want to hear of changes there.
package struct SavedFolders {
  private let repository: Repository
  private let workTree: String
  private let ignore: IgnoreLookup

  package init(_ repository: Repository, settings: WorkTreeSettings) throws(GitError) {
    let workTree = try repository.requireWorkTree()
    self.repository = repository
    self.workTree = workTree
    ignore = try withFiles { () throws(FileError) in try IgnoreLookup(workTree, settings) }
  }

  /// Visits a folder, by its path from the top (empty for the top itself), and those below it that are not ignored and
  /// no repositories of their own. Each is visited before its content is looked at, so that nobody misses what comes
  /// into it meanwhile.
  package func visit(below folder: [UInt8], _ body: ([UInt8]) throws -> Void) throws {
    var waiting = [folder]
    let listing = FolderListing()
    while let folder = waiting.popLast() {
      let path = RepositoryPath(folder)
      guard folder.isEmpty || !isOther(path) else { continue }
      try body(folder)
      let place = self.place(of: folder)
      do {
        try Directory(place).list(into: listing)
      } catch {
        // Gone meanwhile, or not for us to read.
        continue
      }
      for entry in listing.entries {
        let kind = try entry.kind ?? Files.status(place + [UInt8(ascii: "/")] + listing.name(entry))?.kind
        guard kind == .directory else { continue }
        waiting.append((folder.isEmpty ? [] : folder + [UInt8(ascii: "/")]) + listing.name(entry))
      }
    }
  }

  /// Visits the folders that a tree holds, ignored or not, without the top.
  package func visit(of tree: ObjectID, _ body: ([UInt8]) throws -> Void) throws {
    var waiting: [([UInt8], ObjectID)] = [([], tree)]
    while let (folder, tree) = waiting.popLast() {
      if !folder.isEmpty { try body(folder) }
      for entry in try repository.tree(tree) where entry.isTree {
        waiting.append(((folder.isEmpty ? [] : folder + [UInt8(ascii: "/")]) + entry.name, entry.id))
      }
    }
  }

  /// Whether nothing in it is saved: a git dir, another repository, or what is ignored.
  private func isOther(_ path: RepositoryPath) -> Bool {
    if path.name.elementsEqual(".git".utf8) || ignore.ignores(path, isFolder: true) { return true }
    return (try? Files.status(place(of: path.bytes + Array("/.git".utf8)))) != nil
  }

  private func place(of path: [UInt8]) -> [UInt8] {
    Array(workTree.utf8) + (path.isEmpty ? [] : [UInt8(ascii: "/")] + path)
  }
}
