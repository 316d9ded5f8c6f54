import Files

extension ObjectBatch {
  /// The content of a blob that the repository holds; throws `.missing` if it does not, as a partial clone may. Several
  /// threads may ask at once.
  package func stored(blob id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
    try repository.object(id, .blob, limit: limit)
  }

  /// The content of an object of this batch, published or not, or of the repository.
  package func object(_ id: ObjectID, _ kind: ObjectKind, limit: Int) throws(GitError) -> [UInt8] {
    if let content = content(of: id, kind), content.count <= limit { return content }
    if let (entry, packed) = entry(of: id) {
      guard entry.kind == kind else { throw GitError(.invalid, "object \(id) is not a \(kind)") }
      guard entry.size <= limit else { throw GitError.tooLarge(id, entry.size, limit: limit) }
      let body = packed.dropFirst(PackEntry.header(kind, size: entry.size).count)
      guard let content = body.lend({ Deflation.expand($0, size: entry.size) }) else {
        throw GitError(.invalid, "object \(id) is damaged")
      }
      return content
    }
    do throws(GitError) {
      let content = try repository.object(id, kind, limit: limit)
      if kind == .tree { retain(tree: content, of: id) }
      return content
    } catch {
      guard error.kind == .missing else { throw error }
    }
    // It may be what git has written into the quarantine, or what did not fit into memory.
    return try quarantineLock.whileHeld { () throws(GitError) in
      try finishLarge()
      let source =
        if let quarantined { quarantined } else {
          try repository.backend.objects(inQuarantine: quarantine, of: repository)
        }
      quarantined = source
      return try source.read(id, kind, limit: limit)
    }
  }
}
