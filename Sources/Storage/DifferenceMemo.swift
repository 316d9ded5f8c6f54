import Files
package import Git
import Sessions

/// In what the contents of files differ, kept so that they need not be read again to say so once more.
///
/// A memo of a pure function of the contents, in the git dir of the work tree. A file that is not whole or was written
/// by another version is as good as none.
enum DifferenceMemo {
  private static let magic = Array("git-session differences 1\n".utf8)

  /// Of more it is not worth it.
  private static let (countLimit, headersLimit) = (2_000, 2_000)

  private static func path(in repository: Repository) -> String { repository.worktreeState + "/differences" }

  static func read(in repository: Repository) -> KnownDifferences {
    // Whatever is wrong with the file: the contents tell the same.
    guard let file = try? Files.readIfPresent(path(in: repository)), file.starts(with: magic) else {
      return [:]
    }
    var bytes = ByteReader(file[magic.count...])
    guard let sum = try? bytes.integer(), sum == HistoryMemo.checksum(file[(magic.count + 8)...]),
      let known = try? bytes.list(Self.difference), bytes.isAtEnd
    else { return [:] }
    return Dictionary(known) { first, _ in first }
  }

  /// It is not waited for until that is on the disk: the checksum tells.
  static func write(_ known: KnownDifferences, in repository: Repository) throws(FileError) {
    let kept = known.filter { ($0.value.headers?.reduce(0) { $0 + $1.count } ?? 0) <= headersLimit }
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
    var sum = ByteWriter()
    sum.write(HistoryMemo.checksum(bytes.bytes[...]))
    try Files.makeDirectory(repository.worktreeState)
    try Files.overwrite(magic + sum.bytes + bytes.bytes, at: path(in: repository))
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
  /// In what contents differ, as it was remembered last.
  package var knownDifferences: KnownDifferences { DifferenceMemo.read(in: self) }

  /// Keeps that for the next command in this work tree. Nobody needs it: that it cannot be written is no error.
  package func remember(_ differences: KnownDifferences) {
    do {
      try DifferenceMemo.write(differences, in: self)
    } catch {}
  }
}
