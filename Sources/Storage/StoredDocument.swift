import Sessions

/// The `session.json` of a commit, parsed when it is first asked for. Belongs to one thread.
final class StoredDocument: Hashable {
  /// Empty for the root record, which has none.
  let bytes: ArraySlice<UInt8>
  private var known: SessionDocument?

  init() { bytes = [] }

  init(_ bytes: ArraySlice<UInt8>, _ parsed: SessionDocument? = nil) {
    self.bytes = bytes
    known = parsed
  }

  /// Nil for the root record. All other bytes were parsed before they were kept.
  var parsed: SessionDocument? {
    if known == nil, !bytes.isEmpty { known = try? SessionDocument(parsing: Array(bytes)) }
    return known
  }

  static func == (left: StoredDocument, right: StoredDocument) -> Bool { left.bytes == right.bytes }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes.count) }
}
