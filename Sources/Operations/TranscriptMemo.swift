import Agents
import Git
import Sessions
import Storage

/// What the kept transcripts of a session were found to tell when its last handoff was made, so that the next one costs
/// what was kept since.
///
/// A memo of a pure function of the parts that are kept, which their files, ranges and marks tell from others; but where
/// a writer was replaced, somebody may tell the same parts with something taken out.
struct TranscriptMemo: Sendable {
  /// What has to be the same: the session, and who was replaced.
  private let scope: [String]
  private let file: MemoFile

  init(of history: SessionHistory, in repository: Repository) {
    scope = [history.id.description] + history.state.replaced.map(\.description).sorted()
    file = MemoFile("conversations", in: repository)
  }

  /// How far the transcript of a run was read.
  struct Reading {
    let run: AgentRun.ID
    private(set) var parts: [TranscriptSegment] = []
    private(set) var reader: TranscriptReader
    /// False if a part is not here, or does not end with a line. It may come, or goes on in the next one.
    fileprivate private(set) var isWhole = true

    init(run: AgentRun.ID, reader: TranscriptReader) { (self.run, self.reader) = (run, reader) }

    /// The part that stands behind those that were read; nil for one that is not here.
    mutating func add(_ part: TranscriptSegment, _ bytes: [UInt8]?) {
      parts.append(part)
      let newline = UInt8(ascii: "\n")
      isWhole = isWhole && bytes.map { $0.last ?? newline == newline } ?? false
      // Of parts that were given in one after the other none is another one.
      if let bytes { try? reader.read(bytes) }
    }
  }

  /// Nothing for another session, and of a file that is damaged or was written by another version.
  func read() -> [Reading] {
    guard var bytes = file.read().map({ ByteReader($0) }), let scope = try? bytes.texts(),
      scope == self.scope,
      let readings = try? bytes.list(Reading.init), bytes.isAtEnd
    else { return [] }
    return readings
  }

  /// For the next handoff. Nobody needs it: that it cannot be written is no error.
  func write(_ readings: [Reading], unless known: [Reading]) {
    let whole = readings.filter(\.isWhole)
    guard !whole.elementsEqual(known, by: { $0.run == $1.run && $0.parts == $1.parts }) else { return }
    var bytes = ByteWriter()
    bytes.write(each: scope) { $0.write($1) }
    bytes.write(each: whole) { $1.write(to: &$0) }
    do {
      try file.write(bytes.bytes, isPrivate: true)
    } catch {}
  }
}

extension TranscriptMemo.Reading {
  fileprivate init(from bytes: inout ByteReader) throws(ByteReader.Malformed) {
    guard let run = AgentRun.ID(agent: try bytes.text(), run: try bytes.text()) else {
      throw ByteReader.Malformed()
    }
    self.run = run
    parts = try bytes.list { (bytes) throws(ByteReader.Malformed) in
      let file = try bytes.text()
      let generation = try bytes.optional { (bytes) throws(ByteReader.Malformed) in try bytes.text() }
      let (start, end, mark) = (try bytes.count(), try bytes.count(), try bytes.text())
      guard
        let part = TranscriptSegment(file: file, generation: generation, from: start, to: end, mark: mark)
      else { throw ByteReader.Malformed() }
      return part
    }
    reader = try TranscriptReader(Array(try bytes.bytes()))
    reader.goOn()
  }

  fileprivate func write(to bytes: inout ByteWriter) {
    bytes.write(run.agent)
    bytes.write(run.run)
    bytes.write(each: parts) { bytes, part in
      bytes.write(part.file)
      bytes.write(part.generation) { $0.write($1) }
      bytes.write(part.range.lowerBound)
      bytes.write(part.range.upperBound)
      bytes.write(part.mark)
    }
    bytes.write(reader.bytes)
  }
}

extension ByteReader {
  fileprivate mutating func texts() throws(Malformed) -> [String] {
    try list { (bytes) throws(Malformed) in try bytes.text() }
  }
}
