import Git
import Sessions

/// The bytes of a history in which every commit counts.
extension SessionHistory {
  func encode(to bytes: inout ByteWriter) {
    bytes.write(each: tips) {
      $0.write($1.reference.writer.description)
      $0.write($1.commit)
    }
    fold.encode(to: &bytes)
    bytes.write(each: allCommits) { $1.encode(to: &$0) }
  }

  /// Throws if the bytes are not those of a history of this session.
  init(_ id: SessionID, from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    let tips = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      let writer = try bytes.parsed { WriterID($0) }
      return Tip(reference: SessionReference(session: id, writer: writer), commit: try bytes.objectID())
    }
    let fold = try SessionFold(from: &bytes)
    let commits = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      try ChainCommit(of: id, from: &bytes)
    }
    guard bytes.isAtEnd else { throw ByteReader.Malformed() }
    self.init(id, tips: tips, sound: commits, fold: fold)
  }
}

extension ChainCommit {
  fileprivate func encode(to bytes: inout ByteWriter) {
    bytes.write(id)
    bytes.write(tree)
    for parent in [previous, base, index, conflict, documentBlob, squashed] {
      bytes.write(parent) { $0.write($1) }
    }
    for parents in [merged, operations] { bytes.write(each: parents) { $0.write($1) } }
    bytes.write(writer.description)
    bytes.write(clock)
    bytes.write(time)
    bytes.write(number ?? 0)
    bytes.write(linksCommits)
    bytes.write(document.bytes)
  }

  fileprivate init(of session: SessionID, from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    typealias Malformed = ByteReader.Malformed
    func parent() throws(Malformed) -> ObjectID? {
      try bytes.optional { (bytes) throws(Malformed) in try bytes.objectID() }
    }
    func parents() throws(Malformed) -> [ObjectID] {
      try bytes.list { (bytes) throws(Malformed) in try bytes.objectID() }
    }
    (id, tree) = (try bytes.objectID(), try bytes.objectID())
    (previous, base, index) = (try parent(), try parent(), try parent())
    (conflict, documentBlob, squashed) = (try parent(), try parent(), try parent())
    (merged, operations) = (try parents(), try parents())
    self.session = session
    writer = try bytes.parsed { WriterID($0) }
    (clock, time) = (try bytes.integer(), try bytes.integer())
    let number = try bytes.count()
    self.number = number == 0 ? nil : number
    linksCommits = try bytes.bool()
    document = StoredDocument(try bytes.bytes())
  }
}

extension ByteWriter {
  mutating func write(_ id: ObjectID) { id.withUnsafeBytes { write($0) } }
}

extension ByteReader {
  mutating func objectID() throws(Malformed) -> ObjectID {
    guard let id = ObjectID(bytes: try bytes()) else { throw Malformed() }
    return id
  }
}
