import Files
package import Git

/// Reads a list of files that a caller names.
package struct ReadPaths {
  /// A file, or `-` for standard input.
  package var source: String

  package init(from source: String) { self.source = source }

  /// A list of a million paths is no list of what has just been changed.
  private static let limit = 64 << 20

  /// The paths from the top of the work tree. Throws if one lies outside.
  package func run(in workspace: Workspace) throws -> [RepositoryPath] {
    let bytes =
      source == "-"
      ? try workspace.world.readInput(Self.limit)
      : try Files.read(workspace.path(of: source), limit: Self.limit)
    let separator: UInt8 = bytes.contains(0) ? 0 : UInt8(ascii: "\n")
    return try bytes.split(separator: separator).map { field in
      let isQuoted = separator != 0 && field.first == UInt8(ascii: "\"")
      let named =
        isQuoted ? RepositoryPath(quoted: String(decoding: field, as: UTF8.self)) : RepositoryPath(field)
      guard let path = named.flatMap({ workspace.repositoryPath(ofBytes: $0.bytes) }) else {
        throw SessionError(
          .fatal, "'\(RepositoryPath(field))' is outside of this work tree",
          hints: ["Paths are meant from where you stand, or from the root if they start with '/'."])
      }
      return path
    }
  }
}

extension Workspace {
  /// A path from where the user stands, as one from the top of the work tree; nil if it lies outside. The file
  /// need not be there, and no link is followed.
  func repositoryPath(ofBytes path: [UInt8]) -> RepositoryPath? {
    guard let top = repository.workTree.flatMap(Files.canonical),
      let place = Files.canonical(world.currentDirectory)
    else { return nil }
    let absolute = path.first == UInt8(ascii: "/") ? path : Array((place + "/").utf8) + path
    var components: [ArraySlice<UInt8>] = []
    for component in absolute.split(separator: UInt8(ascii: "/")) {
      if component == Array("..".utf8)[...] {
        _ = components.popLast()
      } else if component != Array(".".utf8)[...] {
        components.append(component)
      }
    }
    let above = top.utf8.split(separator: UInt8(ascii: "/")).map { Array($0)[...] }
    guard components.count > above.count, components.starts(with: above) else { return nil }
    return RepositoryPath(components.dropFirst(above.count).joined(separator: [UInt8(ascii: "/")]))
  }
}
