import Git

/// One folder as a scan found it, or did not find it any more.
final class ScannedFolder: @unchecked Sendable {
  // Unchecked, because it belongs to the thread that scans it. Others read it when all of them have ended.

  /// What a snapshot holds in place of what the index holds under a name.
  enum Found {
    case file(mode: UInt32, id: ObjectID)
    case nothing
  }

  /// From the top, with a slash at its end; empty for the top itself.
  let path: [UInt8]
  /// Its entries in the index; none if git does not know it.
  let entries: Range<Int>
  /// Its place among the trees that the index knows.
  let knownTree: Int?
  /// What attributes above this folder bring about and, once it is scanned, its own.
  var conversions: Conversions
  /// Whether there is an attribute file above this folder or, once it is scanned, in it.
  var hasAttributes: Bool
  /// Where the snapshot differs from the index.
  var found: [[UInt8]: Found] = [:]
  /// Those below that were looked at; what the index knows of others stands.
  var folders: [ScannedFolder] = []

  init(path: [UInt8], entries: Range<Int>, knownTree: Int?, conversions: Conversions, hasAttributes: Bool) {
    self.path = path
    self.entries = entries
    self.knownTree = knownTree
    self.conversions = conversions
    self.hasAttributes = hasAttributes
  }

  /// A folder in this one.
  func folder(_ name: Glob.Bytes, entries: Range<Int>, knownTree: Int?) -> ScannedFolder {
    let folder = ScannedFolder(
      path: path + name + [UInt8(ascii: "/")], entries: entries, knownTree: knownTree,
      conversions: conversions, hasAttributes: hasAttributes)
    folders.append(folder)
    return folder
  }

  /// The last part of the path.
  var name: [UInt8] {
    let rest = path.dropLast()
    return Array(rest[(rest.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...])
  }

  /// Whether anything at or below this folder is not what the index holds, or the index does not know it. To be asked
  /// when the scan is over.
  private(set) lazy var differs: Bool =
    !found.isEmpty || entries.isEmpty || folders.contains { $0.differs }
}
