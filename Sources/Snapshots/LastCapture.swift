import Files
import Git
import Sessions

/// Which checkpoint a work tree was last captured for, and what its index was then. A cache, as ``StatCache`` is.
struct LastCapture: Sendable {
  /// The checkpoint.
  var checkpoint: ObjectID
  /// The one for which the whole work tree was looked at last: the checkpoint itself, or one before it.
  var whole: ObjectID
  /// Of the user's index; nil if there was none.
  var index: FileStatus?

  init(checkpoint: ObjectID, whole: ObjectID, index: FileStatus?) {
    self.checkpoint = checkpoint
    self.whole = whole
    self.index = index
  }

  /// Nil if there is none that can be believed.
  init?(readingFrom file: MemoFile) {
    guard let bytes = file.read() else { return nil }
    var reader = ByteReader(bytes)
    do {
      (checkpoint, whole) = (try reader.objectID(), try reader.objectID())
      index = try reader.optional { (reader) throws(ByteReader.Malformed) in try reader.status() }
    } catch {
      return nil
    }
  }

  /// Nil if it is about another checkpoint too.
  init?(readingFrom file: MemoFile, of checkpoint: ObjectID) {
    self.init(readingFrom: file)
    guard self.checkpoint == checkpoint else { return nil }
  }

  func write(to file: MemoFile) throws(FileError) {
    var writer = ByteWriter()
    writer.write(checkpoint)
    writer.write(whole)
    writer.write(index) { $0.write($1) }
    try file.write(writer.bytes)
  }
}
