/// What a file holds before and after.
package struct ComparedContents: Hashable, Sendable {
  /// Nil where there is no file.
  package let old: ObjectID?
  package let new: ObjectID?
  /// From so many bytes on a file is taken for binary.
  package let limit: Int

  package init(old: ObjectID?, new: ObjectID?, limit: Int) {
    (self.old, self.new, self.limit) = (old, new, limit)
  }
}

/// In what two contents differ, found before.
package struct KnownDifference: Hashable, Sendable {
  package let lines: LineCount
  /// Of the hunks, as ``ObjectBatch/hunkHeaders(of:knowing:)`` gives them; nil if nobody has asked.
  package let headers: [[UInt8]]?

  package init(lines: LineCount, headers: [[UInt8]]?) { (self.lines, self.headers) = (lines, headers) }
}

/// Two trees that are compared.
package struct ComparedTrees: Hashable, Sendable {
  package let old: ObjectID
  package let new: ObjectID

  package init(old: ObjectID, new: ObjectID) { (self.old, self.new) = (old, new) }
}

/// In what contents and trees differ, found before.
package struct KnownDifferences: Hashable, Sendable {
  package var contents: [ComparedContents: KnownDifference] = [:]
  /// In no order.
  package var paths: [ComparedTrees: [RepositoryPath]] = [:]

  package init() {}
}

extension TreeDifference {
  /// What was found of two contents, if that follows from them alone. `limit` is the repository's
  /// ``Repository/bigFileThreshold``.
  package func found(limit: Int) -> (contents: ComparedContents, lines: LineCount)? {
    guard isTextByContent, let lines, let contents = contents(limit: limit) else { return nil }
    return (contents, lines)
  }

  /// Nil unless it is a file on each side where it is anything.
  func contents(limit: Int) -> ComparedContents? {
    guard [old, new].allSatisfy({ $0?.mode.hasPrefix("100") ?? true }) else { return nil }
    return ComparedContents(old: old?.id, new: new?.id, limit: limit)
  }
}
