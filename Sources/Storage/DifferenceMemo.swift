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
    bytes.write(each: kept.prefix(countLimit)) { bytes, entry in
      bytes.write(entry.key.old) { $0.write($1) }
      bytes.write(entry.key.new) { $0.write($1) }
      bytes.write(entry.key.limit)
      bytes.write(entry.value.lines.insertions)
      bytes.write(entry.value.lines.deletions)
      bytes.write(entry.value.headers) { bytes, headers in
        bytes.write(each: headers) { bytes, header in
          bytes.write(header.count)
          bytes.append(header)
        }
      }
    }
    bytes.write(each: known.paths.filter { $0.value.count <= pathsLimit }.prefix(countLimit)) {
      bytes, entry in
      bytes.write(entry.key.old)
      bytes.write(entry.key.new)
      bytes.write(each: entry.value) { bytes, path in
        bytes.write(path.bytes.count)
        bytes.append(path.bytes)
      }
    }
    try file(in: repository).write(bytes.bytes)
  }

  private static func paths(
    _ bytes: inout ByteReader
  ) throws(ByteReader.Malformed) -> (ComparedTrees, [RepositoryPath]) {
    let trees = ComparedTrees(old: try bytes.objectID(), new: try bytes.objectID())
    let paths = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      RepositoryPath(Array(try bytes.bytes(try bytes.count())))
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
      try bytes.list { (bytes) throws(Malformed) in Array(try bytes.bytes(try bytes.count())) }
    }
    return (contents, KnownDifference(lines: lines, headers: headers))
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
