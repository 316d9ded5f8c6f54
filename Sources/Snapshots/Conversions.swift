import Files
import Git

/// What git may change in the content of a folder's files before it stores them.
///
/// Nothing here evaluates attributes: where one could matter, git itself writes the file. An attribute that changes
/// content is `filter`, `ident`, `working-tree-encoding`, or one that makes line ends change, and the last of these
/// touches only files that hold a carriage return before a line feed.
struct Conversions: Sendable {
  /// Files that hold such line ends may change.
  private(set) var ofLineEnds = false
  /// Any file may change.
  private(set) var ofAll = false
  /// Of all that this follows from: with other rules, the same file may come out differently.
  private(set) var checksum = Checksum()

  init() {}

  var isEmpty: Bool { !ofLineEnds && !ofAll }

  /// Adds the rules of an attribute file.
  mutating func add(attributes content: [UInt8]) {
    checksum.add(CollectionOfOne(1))
    checksum.add(content)
    if !content.isEmpty { ofLineEnds = true }
    if !ofAll { ofAll = Self.words.contains { content.contains($0) } }
  }

  /// Adds rules that are not looked into, but told from others by `id`.
  mutating func add(unread id: ObjectID) {
    checksum.add(id.hex)
    (ofLineEnds, ofAll) = (true, true)
  }

  private static let words = ["filter", "ident", "working-tree-encoding"].map { Array($0.utf8) }

  /// Whether a file of this content must be written by git.
  func matter(to content: [UInt8]) -> Bool {
    ofAll || ofLineEnds && zip(content, content.dropFirst()).contains { $0 == 0x0d && $1 == 0x0a }
  }

  /// What holds at the top of a work tree, before any attribute file in it is read.
  init(_ settings: WorkTreeSettings) throws(FileError) {
    ofLineEnds = settings.convertsLineEnds
    for setting in settings.conversionSettings { checksum.add(setting) }
    for file in settings.attributeFiles where !file.isEmpty {
      if let content = try Files.readIfPresent(file) { add(attributes: content) }
    }
  }
}
