import Files
package import Git
import Sessions

/// In what the contents of files differ, and in which paths trees do, kept so that they need not be read again to say
/// so once more.
///
/// A memo of a pure function of the contents and trees.
enum DifferenceMemo {
  /// Of more it is not worth it.
  private static let (countLimit, headersLimit, pathsLimit) = (2_000, 2_000, 500)

  private static func file(in repository: Repository) -> MemoFile { MemoFile("differences", in: repository) }

  static func read(in repository: Repository) -> KnownDifferences {
    guard var bytes = file(in: repository).read().map({ ByteReader($0) }),
      let contents = try? bytes.list(Self.difference),
      let paths = try? bytes.list(Self.paths), bytes.isAtEnd
    else { return KnownDifferences() }
    var known = KnownDifferences()
    known.contents = Dictionary(contents) { first, _ in first }
    known.paths = Dictionary(paths) { first, _ in first }
    return known
  }

  static func write(_ known: KnownDifferences, in repository: Repository) throws(FileError) {
    let kept = known.contents.filter { ($0.value.headers?.reduce(0) { $0 + $1.count } ?? 0) <= headersLimit }
    var bytes = ByteWriter()
    bytes.write(min(kept.count, countLimit))
    for (contents, difference) in kept.prefix(countLimit) { bytes.write(contents, difference) }
    let paths = known.paths.filter { $0.value.count <= pathsLimit }
    bytes.write(min(paths.count, countLimit))
    for (trees, differing) in paths.prefix(countLimit) {
      bytes.write(trees.old)
      bytes.write(trees.new)
      bytes.write(differing.map(\.bytes))
    }
    try file(in: repository).write(bytes.bytes)
  }

  private static func paths(
    _ bytes: inout ByteReader
  ) throws(ByteReader.Malformed) -> (ComparedTrees, [RepositoryPath]) {
    let trees = ComparedTrees(old: try bytes.objectID(), new: try bytes.objectID())
    let paths = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      RepositoryPath(Array(try bytes.bytes()))
    }
    return (trees, paths)
  }

  private static func difference(
    _ bytes: inout ByteReader
  ) throws(ByteReader.Malformed) -> (ComparedContents, KnownDifference) {
    typealias Malformed = ByteReader.Malformed
    func id() throws(Malformed) -> ObjectID? {
      try bytes.optional { (bytes) throws(Malformed) in try bytes.objectID() }
    }
    let contents = ComparedContents(old: try id(), new: try id(), limit: try bytes.count())
    let lines = LineCount(insertions: try bytes.count(), deletions: try bytes.count())
    let headers = try bytes.optional { (bytes) throws(Malformed) in
      try bytes.list { (bytes) throws(Malformed) in Array(try bytes.bytes()) }
    }
    return (contents, KnownDifference(lines: lines, headers: headers))
  }
}

// Loops rather than `write(each:)`, which is not specialized in another module: there may be some ten thousand values.
extension ByteWriter {
  fileprivate mutating func write(_ contents: ComparedContents, _ difference: KnownDifference) {
    write(contents.old) { $0.write($1) }
    write(contents.new) { $0.write($1) }
    write(contents.limit)
    write(difference.lines.insertions)
    write(difference.lines.deletions)
    write(difference.headers) { $0.write($1) }
  }

  fileprivate mutating func write(_ texts: [[UInt8]]) {
    write(texts.count)
    for text in texts { write(text) }
  }
}

extension Repository {
  /// In what contents and trees differ, as it was remembered last.
  package var knownDifferences: KnownDifferences { DifferenceMemo.read(in: self) }

  /// Keeps that for the next command in this work tree. Nobody needs it: that it cannot be written is no error.
  package func remember(_ differences: KnownDifferences) {
    do {
      try DifferenceMemo.write(differences, in: self)
    } catch {}
  }
}
