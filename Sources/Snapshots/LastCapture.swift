import Files
import Git

/// Which checkpoint a work tree was last captured for, and what its index was then. A cache, as ``StatCache`` is.
struct LastCapture: Sendable {
  /// The checkpoint.
  var checkpoint: ObjectID
  /// The one for which the whole work tree was looked at last: the checkpoint itself, or one before it.
  var whole: ObjectID
  /// Of the user's index; nil if there was none.
  var index: FileStatus?

  /// Nil if it is about another checkpoint too.
  init?(readingFrom path: String, of checkpoint: ObjectID) {
    self.init(readingFrom: path)
    guard self.checkpoint == checkpoint else { return nil }
  }

  /// Nil if there is none that can be believed.
  init?(readingFrom path: String) {
    do {
      guard let bytes = try Files.readIfPresent(path) else { return nil }
      let lines = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      guard lines.count == 5, lines[0] == Self.format, lines[4] == Self.checksum(of: lines.dropLast()),
        let checkpoint = ObjectID(lines[1]), let whole = ObjectID(lines[2])
      else { return nil }
      self.checkpoint = checkpoint
      self.whole = whole
      index = FileStatus(values: lines[3].split(separator: " ").compactMap { Int64($0) })
    } catch {
      return nil
    }
  }

  init(checkpoint: ObjectID, whole: ObjectID, index: FileStatus?) {
    self.checkpoint = checkpoint
    self.whole = whole
    self.index = index
  }

  private static let format = "git-session last capture 2"

  func write(to path: String) throws(FileError) {
    let values = index?.values.map(String.init).joined(separator: " ") ?? ""
    let lines = [Self.format, checkpoint.hex, whole.hex, values][...]
    let text = (lines + [Self.checksum(of: lines)]).joined(separator: "\n")
    try Files.overwrite(Array(text.utf8), at: path)
  }

  private static func checksum(of lines: ArraySlice<some StringProtocol>) -> String {
    var checksum = Checksum()
    for line in lines { checksum.add(String(line)) }
    return String(checksum.value, radix: 16)
  }
}
