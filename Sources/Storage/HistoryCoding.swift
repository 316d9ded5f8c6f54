import Git
import Sessions

/// The bytes of a history in which every commit counts.
///
/// Loops instead of functions that take closures: generic code of another module is not specialized, and each hook
/// that saves reads and writes all commits.
extension SessionHistory {
  func encode(to bytes: inout ByteWriter) {
    bytes.write(each: tips) {
      $0.write($1.reference.writer.description)
      $0.write($1.commit)
    }
    fold.encode(to: &bytes)
    let writers = Array(Set(allCommits.map(\.writer)))
    bytes.write(each: writers) { $0.write($1.description) }
    let places = Dictionary(uniqueKeysWithValues: zip(writers, writers.indices))
    var ids: [UInt8] = []
    for commit in allCommits { commit.appendIDs(to: &ids) }
    bytes.write(allCommits.first?.id.byteCount ?? 0)
    bytes.write(ids)
    bytes.write(allCommits.count)
    for commit in allCommits { commit.encode(writer: places[commit.writer] ?? 0, to: &bytes) }
  }

  /// Throws if the bytes are not those of a history of this session.
  init(_ id: SessionID, from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    let tips = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      let writer = try bytes.parsed { WriterID($0) }
      return Tip(reference: SessionReference(session: id, writer: writer), commit: try bytes.objectID())
    }
    let fold = try SessionFold(from: &bytes)
    let writers = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      try bytes.parsed { WriterID($0) }
    }
    var ids = IDReader(length: try bytes.count(), rest: try bytes.bytes())
    let count = try bytes.listCount()
    var commits: [ChainCommit] = []
    commits.reserveCapacity(count)
    for _ in 0..<count {
      commits.append(try ChainCommit(of: id, writers: writers, ids: &ids, from: &bytes))
    }
    guard bytes.isAtEnd, ids.rest.isEmpty else { throw ByteReader.Malformed() }
    self.init(id, tips: tips, sound: commits, fold: fold)
  }
}

/// Reads names of objects that stand one after the other, without their length.
private struct IDReader {
  /// Of each, in bytes.
  let length: Int
  var rest: ArraySlice<UInt8>

  mutating func next() throws(ByteReader.Malformed) -> ObjectID {
    guard let id = ObjectID(bytes: rest.prefix(length)) else { throw ByteReader.Malformed() }
    rest = rest.dropFirst(length)
    return id
  }

  mutating func list(_ count: Int) throws(ByteReader.Malformed) -> [ObjectID] {
    var list: [ObjectID] = []
    for _ in 0..<count { list.append(try next()) }
    return list
  }
}

extension ChainCommit {
  /// The objects that it names, in the order in which they are read: those that there always are, those of which a bit
  /// of ``presentIDs`` tells that they are there, and the lists.
  fileprivate func appendIDs(to ids: inout [UInt8]) {
    id.append(to: &ids)
    tree.append(to: &ids)
    previous?.append(to: &ids)
    base?.append(to: &ids)
    index?.append(to: &ids)
    conflict?.append(to: &ids)
    documentBlob?.append(to: &ids)
    squashed?.append(to: &ids)
    for parent in merged { parent.append(to: &ids) }
    for parent in operations { parent.append(to: &ids) }
  }

  private var presentIDs: Int {
    (previous == nil ? 0 : 1) | (base == nil ? 0 : 2) | (index == nil ? 0 : 4) | (conflict == nil ? 0 : 8)
      | (documentBlob == nil ? 0 : 16) | (squashed == nil ? 0 : 32)
  }

  fileprivate func encode(writer: Int, to bytes: inout ByteWriter) {
    bytes.write(presentIDs)
    bytes.write(merged.count)
    bytes.write(operations.count)
    bytes.write(writer)
    bytes.write(clock)
    bytes.write(time)
    bytes.write(number ?? 0)
    bytes.write(linksCommits)
    bytes.write(document.bytes)
  }

  fileprivate init(
    of session: SessionID, writers: [WriterID], ids: inout IDReader, from bytes: inout ByteReader
  ) throws(ByteReader.Malformed) {
    let present = try bytes.count()
    (id, tree) = (try ids.next(), try ids.next())
    previous = present & 1 == 0 ? nil : try ids.next()
    base = present & 2 == 0 ? nil : try ids.next()
    index = present & 4 == 0 ? nil : try ids.next()
    conflict = present & 8 == 0 ? nil : try ids.next()
    documentBlob = present & 16 == 0 ? nil : try ids.next()
    squashed = present & 32 == 0 ? nil : try ids.next()
    merged = try ids.list(try bytes.count())
    operations = try ids.list(try bytes.count())
    self.session = session
    let writer = try bytes.count()
    guard writer < writers.count else { throw ByteReader.Malformed() }
    self.writer = writers[writer]
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
