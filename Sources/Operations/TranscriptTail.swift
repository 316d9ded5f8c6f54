import Agents
import Files
import Git
import Sessions

/// What has come to a transcript since a segment of it was kept, in pieces of whole lines.
final class TranscriptTail {
  private let file: OpenFile
  private let repository: Repository
  /// Of what is told now.
  private(set) var generation: String?
  /// Where the buffer begins.
  private var position = 0
  private var buffer: [UInt8] = []
  private var isAtEnd = false

  /// Of the agent's file, in bytes.
  private static let pieceSize = 256 << 10
  /// So much is held at once: of a longer line, which has pictures or a whole request in it, noise goes as it comes.
  private static let heldLength = 4 << 20
  private static let markLength = 1024
  /// Of parts that have no generation.
  private static let oldMarkLength = 32
  /// So much of the first line tells files apart.
  private static let beginningLength = 4096

  struct Piece {
    let range: Range<Int>
    /// Without noise, and not yet redacted.
    let bytes: [UInt8]
    /// Of the last bytes of the range, as they stand in the file.
    let mark: String
  }

  /// `ends` are the last parts that were kept, one for each file that the run has had. Where none of them is the end of
  /// what this one had before, it is told from its beginning.
  init(_ path: String, after ends: [TranscriptSegment], _ repository: Repository) throws {
    file = try OpenFile(path)
    self.repository = repository
    try fill(to: Self.beginningLength)
    let line = buffer.prefix { $0 != UInt8(ascii: "\n") }
    // Until there is a line nobody knows which file it is.
    if line.count == buffer.count, isAtEnd {
      buffer = []
      return
    }
    let beginning = try name(of: line)
    let own = ends.filter { $0.generation?.hasPrefix(beginning) ?? true }
    let last = try own.first(where: goesOn)
    let number = own.count { $0.generation != nil } + 1
    generation = last.map(\.generation) ?? (number == 1 ? beginning : "\(beginning)-\(number)")
    position = last?.range.upperBound ?? 0
    (buffer, isAtEnd) = ([], false)
    try file.seek(to: position)
  }

  /// Whether the file still has what was kept last.
  private func goesOn(after end: TranscriptSegment) throws -> Bool {
    let length = min(end.generation == nil ? Self.oldMarkLength : Self.markLength, end.range.count)
    (buffer, isAtEnd) = ([], false)
    try file.seek(to: end.range.upperBound - length)
    try fill(to: length)
    return try buffer.count == length && name(of: buffer) == end.mark
  }

  private func mark(of bytes: some Collection<UInt8>) throws -> String {
    try name(of: bytes.suffix(generation == nil ? Self.oldMarkLength : Self.markLength))
  }

  private func name(of bytes: some Collection<UInt8>) throws -> String {
    String(try repository.name(of: Array(bytes), as: .blob).hex.prefix(16))
  }

  /// Nil as long as no further line has come.
  func next() throws -> Piece? {
    try fill(to: Self.pieceSize)
    if let end = buffer.prefix(Self.pieceSize).lastIndex(of: UInt8(ascii: "\n")) {
      return try take(to: end + 1)
    }
    var searched = buffer.count
    while !isAtEnd, buffer.count < Self.heldLength {
      try fill(to: buffer.count + Self.pieceSize)
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return try take(to: end + 1) }
      searched = buffer.count
    }
    return buffer.count >= Self.heldLength ? try takeLongLine() : nil
  }

  private func fill(to count: Int) throws {
    while buffer.count < count, !isAtEnd {
      let more = try file.read(upTo: count - buffer.count)
      if more.isEmpty { isAtEnd = true } else { buffer += more }
    }
  }

  private func take(to end: Int) throws -> Piece {
    var kept: [UInt8] = []
    for line in buffer[..<end].split(separator: UInt8(ascii: "\n")) {
      guard let line = TranscriptNoise.kept(of: line) else { continue }
      kept += line
      kept.append(UInt8(ascii: "\n"))
    }
    let piece = Piece(range: position..<(position + end), bytes: kept, mark: try mark(of: buffer[..<end]))
    buffer.removeFirst(end)
    position += end
    return piece
  }

  /// A line of which as much was read as is held.
  private func takeLongLine() throws -> Piece? {
    var (line, ending, size) = (KeptLine(), [UInt8](), 0)
    while !buffer.isEmpty {
      let end = buffer.firstIndex(of: UInt8(ascii: "\n"))
      let piece = buffer[..<(end ?? buffer.endIndex)]
      line.read(piece)
      ending = (ending + piece.suffix(Self.markLength)).suffix(Self.markLength)
      size += piece.count
      guard let end else {
        buffer = []
        try fill(to: Self.pieceSize)
        continue
      }
      buffer.removeFirst(end + 1)
      defer { position += size + 1 }
      return Piece(
        range: position..<(position + size + 1),
        bytes: line.finish().map { $0 + [UInt8(ascii: "\n")] } ?? [],
        mark: try mark(of: ending + [UInt8(ascii: "\n")]))
    }
    return nil
  }
}
