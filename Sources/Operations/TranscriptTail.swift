import Agents
import Files
import Git
import Sessions

/// What has come to a transcript since a segment of it was kept, in pieces of whole lines.
final class TranscriptTail {
  private let file: OpenFile
  private let repository: Repository
  /// Where the buffer begins.
  private var position: Int
  private var buffer: [UInt8] = []
  private var isAtEnd = false

  /// Of the agent's file, in bytes.
  private static let pieceSize = 256 << 10
  /// A longer line is a picture or a copy of a whole request, and is left out.
  private static let longestLine = 4 << 20
  private static let markLength = 32

  struct Piece {
    let range: Range<Int>
    /// Without noise, and not yet redacted.
    let bytes: [UInt8]
    /// Of the last bytes of the range, as they stand in the file.
    let mark: String
  }

  init(_ path: String, after last: TranscriptSegment?, _ repository: Repository) throws {
    file = try OpenFile(path)
    self.repository = repository
    position = last?.range.upperBound ?? 0
    guard let last else { return }
    let length = min(Self.markLength, last.range.count)
    try file.seek(to: position - length)
    try fill(to: length)
    if buffer.count == length, try mark(of: buffer) == last.mark {
      buffer = []
    } else {
      // Another file is in its place, and is told from its beginning.
      (position, buffer, isAtEnd) = (0, [], false)
      try file.seek(to: 0)
    }
  }

  private func mark(of bytes: some Collection<UInt8>) throws -> String {
    let end = Array(bytes.suffix(Self.markLength))
    return String(try repository.name(of: end, as: .blob).hex.prefix(16))
  }

  /// Nil as long as no further line has come.
  func next() throws -> Piece? {
    try fill(to: Self.pieceSize)
    if let end = buffer.prefix(Self.pieceSize).lastIndex(of: UInt8(ascii: "\n")) {
      return try take(to: end + 1)
    }
    var searched = buffer.count
    while !isAtEnd, buffer.count < Self.longestLine {
      try fill(to: buffer.count + Self.pieceSize)
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return try take(to: end + 1) }
      searched = buffer.count
    }
    return buffer.count >= Self.longestLine ? try passOverLine() : nil
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

  /// A line of which as much was read as may be.
  private func passOverLine() throws -> Piece? {
    let start = position
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let mark = try mark(of: buffer[...end])
        buffer.removeFirst(end + 1)
        position += end + 1
        return Piece(range: start..<position, bytes: [], mark: mark)
      }
      if isAtEnd { return nil }
      let dropped = buffer.count - Self.markLength
      buffer.removeFirst(dropped)
      position += dropped
      try fill(to: buffer.count + Self.pieceSize)
    }
  }
}
