import Files

/// What a folder held when it was listed last, beside what the index names.
///
/// A folder changes whenever a name in it comes, goes or gets another kind. So it need not be listed again as long
/// as it stands as it was, and the index names the same in it.
struct KnownFolder: Sendable {
  struct Name: Sendable {
    var bytes: [UInt8]
    var kind: FileStatus.Kind
  }

  /// From before it was listed.
  var status: FileStatus
  /// Of the names that the index has in it.
  var tracked: Checksum
  var others: [Name]

  /// Nil where what is there is not what the index says, but for what it does not know: then it has to be listed
  /// each time. `isSeen` tells which of the children were there.
  init?(
    _ listing: FolderListing, status: FileStatus, children: [IndexChild], isSeen: [Bool], in index: IndexFile,
    isTracked: (FolderListing.Entry) -> Bool
  ) {
    guard isSeen.allSatisfy({ $0 }) else { return nil }
    self.status = status
    tracked = Self.checksum(of: children, in: index)
    others = []
    for entry in listing.entries where !isTracked(entry) {
      guard let kind = entry.kind else { return nil }
      others.append(Name(bytes: Array(listing.name(entry)), kind: kind))
    }
  }

  init(status: FileStatus, tracked: Checksum, others: [Name]) {
    self.status = status
    self.tracked = tracked
    self.others = others
  }

  /// Fills `listing` with what the folder holds; false if the index names something else in it by now.
  func list(into listing: FolderListing, children: [IndexChild], in index: IndexFile) -> Bool {
    guard Self.checksum(of: children, in: index) == tracked else { return false }
    listing.removeAll()
    for child in children {
      listing.append(child.name, kind: child.isDirectory(in: index) ? .directory : .file)
    }
    for name in others { name.bytes.withUnsafeBufferPointer { listing.append($0, kind: name.kind) } }
    return true
  }

  private static func checksum(of children: [IndexChild], in index: IndexFile) -> Checksum {
    var checksum = Checksum()
    for child in children {
      checksum.add(child.name)
      checksum.add(CollectionOfOne(child.isDirectory(in: index) ? UInt8(ascii: "/") : 0))
    }
    return checksum
  }
}

extension IndexChild {
  /// Whether a folder belongs in its place.
  func isDirectory(in index: IndexFile) -> Bool { isFolder || index[entries.lowerBound].isSubmodule }
}
