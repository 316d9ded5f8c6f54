import Sessions
import Synchronization

/// The `session.json` of a commit, parsed when it is first asked for.
final class StoredDocument: Hashable, Sendable {
  /// Empty for the root record, which has none.
  let bytes: ArraySlice<UInt8>
  private let known: Mutex<SessionDocument?>

  convenience init() { self.init([]) }

  init(_ bytes: ArraySlice<UInt8>, _ parsed: SessionDocument? = nil) {
    self.bytes = bytes
    known = Mutex(parsed)
  }

  /// Nil for the root record. All other bytes were parsed before they were kept.
  var parsed: SessionDocument? {
    known.withLock { known in
      if known == nil, !bytes.isEmpty { known = try? SessionDocument(parsing: Array(bytes)) }
      return known
    }
  }

  static func == (left: StoredDocument, right: StoredDocument) -> Bool { left.bytes == right.bytes }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes.count) }
}
