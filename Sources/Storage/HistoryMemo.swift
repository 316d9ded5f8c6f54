import Files
import Git
package import Sessions

/// What a session is at a certain set of tips, kept so that its commits need not be read again to append one more.
///
/// A memo of a pure function of the tips, in the git dir of the work tree whose session it is. It counts only if
/// the tips are those of the references or lie below them; then what came since is read and added. A file that is not
/// whole, was written by another version or belongs to another session is as good as none. What is kept is a session
/// of which every commit could be read and counted, so that nothing of what reading sets aside is ever decided here;
/// but a commit that was damaged later is not noticed: `doctor` reads everything.
///
/// One for each work tree: old sessions leave nothing behind.
enum HistoryMemo {
  /// Raised when commits are written in another way; ``SessionFold/format`` stands for the fold.
  private static let format: Int64 = 3

  /// More than this is rather read from the objects.
  private static let limit = 64 << 20

  private static func file(in repository: Repository) -> MemoFile { MemoFile("history", in: repository) }

  /// Nil if there is none for this session that can be used.
  static func read(_ session: SessionID, in repository: Repository) -> SessionHistory? {
    guard let content = file(in: repository).read() else { return nil }
    var bytes = ByteReader(content)
    do {
      guard try bytes.integer() == format, try bytes.integer() == SessionFold.format,
        try bytes.text() == session.description
      else { return nil }
      return try SessionHistory(session, from: &bytes)
    } catch {
      return nil
    }
  }

  /// Keeps a history, if it is worth it. It is not waited for until that is on the disk: the checksum tells.
  static func write(_ history: SessionHistory, in repository: Repository) throws(FileError) {
    guard history.isSound, history.documentSize < limit else {
      return try Files.remove(file(in: repository).path)
    }
    var bytes = ByteWriter()
    bytes.write(format)
    bytes.write(SessionFold.format)
    bytes.write(history.id.description)
    history.encode(to: &bytes)
    try file(in: repository).write(bytes.bytes)
  }
}

extension Repository {
  /// Keeps what is known of a session at its tips, for the next command in this work tree.
  ///
  /// Nobody needs it: that it cannot be written is no error.
  package func remember(_ history: SessionHistory) {
    do {
      try HistoryMemo.write(history, in: self)
    } catch {}
  }

  /// The session at these tips; `known` is what is known of it at others.
  package func history(
    of session: SessionID, at tips: [Tip], knowing known: SessionHistory? = nil
  ) throws -> SessionHistory {
    if let known = known ?? HistoryMemo.read(session, in: self),
      let continued = try known.continued(to: tips, from: self)
    {
      return continued
    }
    return try SessionHistory(session, tips: tips, from: self)
  }
}
