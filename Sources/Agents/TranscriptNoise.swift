/// What of a transcript is not worth keeping: copies of whole requests and files, and pictures. A conversation goes
/// on without them.
package enum TranscriptNoise {
  /// Kinds of lines that repeat what other lines say, or list what the agent can do, by the first `"type"` in them.
  /// Claude Code 2.1.329 takes a conversation up again without them.
  private static let kinds: Set<String> = [
    "api-request", "api-request-shape", "api-request-blob", "file-history-snapshot", "progress",
    "prompt_snapshot", "skill_listing", "agent_listing_delta", "deferred_tools_delta", "queue-operation",
    "last-prompt", "atis-latch", "tools-used", "cost-state",
  ]

  /// Shorter content is kept: it may be anything.
  fileprivate static let least = 1024

  /// The line as it is kept, without its end; nil if it is left out as a whole.
  package static func kept(of line: ArraySlice<UInt8>) -> [UInt8]? {
    guard line.count > least else { return isNoise(line) ? nil : Array(line) }
    var kept = KeptLine()
    kept.read(line)
    let found = kept.finish()
    // Nothing is left out of a string that does not end.
    return kept.isInFile ? Array(line) : found
  }

  fileprivate static func isNoise(_ line: ArraySlice<UInt8>) -> Bool {
    let needle = Array("\"type\":\"".utf8)
    // It stands near the beginning, or the line is of no kind that is left out.
    guard let start = line.prefix(KeptLine.head).firstRange(of: needle)?.upperBound else { return false }
    let kind = line[start...].prefix(32).prefix { $0 != UInt8(ascii: "\"") }
    return kinds.contains(String(decoding: kind, as: UTF8.self))
  }
}

/// What is kept of one line of a transcript, which may come in pieces: so no line has to be held as a whole.
package struct KeptLine {
  /// What tells its kind is in so many bytes.
  fileprivate static let head = 4096
  /// More is not kept of one line, in bytes.
  static let longest = 4 << 20

  private var kept: [UInt8] = []
  /// What of it has come and may be the beginning of noise.
  private var rest: [UInt8] = []
  /// The noise that has begun, and how much of it has come.
  private var noise: (opening: Opening, count: Int)?
  private var size = 0
  private var state = State.unknown

  private enum State { case unknown, kept, tooLong, leftOut }

  package init() {}

  fileprivate var isInFile: Bool { noise?.opening == .originalFile }

  package mutating func read(_ piece: ArraySlice<UInt8>) {
    size += piece.count
    guard state != .tooLong, state != .leftOut else { return }
    rest += piece
    if state == .unknown, rest.count >= Self.head { begin() }
    if state == .kept { look() }
  }

  /// Nil if it is left out as a whole. In the place of one that is too long stands a line that tells so.
  package mutating func finish() -> [UInt8]? {
    if state == .unknown { begin() }
    if state == .kept { look() }
    if let noise { kept += Self.note(noise.count) }
    switch state {
    case .leftOut: return nil
    case .tooLong: return Array("{\"type\":\"left-out\",\"bytes\":\(size)}".utf8)
    case .unknown, .kept: return kept + rest
    }
  }

  private mutating func begin() { state = TranscriptNoise.isNoise(rest[...]) ? .leftOut : .kept }

  private static func note(_ count: Int) -> String.UTF8View { "[left out: \(count) bytes]".utf8 }

  /// Passes on what can be told of what has come.
  private mutating func look() {
    var place = 0
    while place < rest.count {
      if let (opening, count) = noise {
        let (end, isEnd) = opening.end(in: rest, from: place)
        noise = isEnd ? nil : (opening, count + end - place)
        if isEnd { kept += Self.note(count + end - place) }
        place = end
        if !isEnd { break }
      }
      let mark = rest[place...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ";") }
      kept += rest[place..<(mark ?? rest.endIndex)]
      place = mark ?? rest.endIndex
      guard let mark else { break }
      // It may go on in the next piece.
      guard rest.count - mark >= Opening.longest else { break }
      guard let opening = Opening.allCases.first(where: { $0.text.begins(rest[mark...]) }) else {
        kept.append(rest[mark])
        place += 1
        continue
      }
      let content = mark + opening.text.utf8CodeUnitCount
      let (end, isEnd) = opening.end(in: rest, from: content)
      guard end - content > TranscriptNoise.least else {
        guard isEnd else { break }
        kept += rest[mark..<end]
        place = end
        continue
      }
      kept += rest[mark..<content]
      (noise, place) = ((opening, 0), content)
    }
    rest.removeFirst(place)
    if kept.count > Self.longest { (state, kept, rest, noise) = (.tooLong, [], [], nil) }
  }
}

/// What stands before content that is left out.
private enum Opening: CaseIterable {
  /// `"data":"…"`, a picture in base64.
  case data
  /// `"url":"data:image/png;base64,…"`
  case address
  /// `"originalFile":"…"`, a whole file before an edit.
  case originalFile

  var text: StaticString {
    switch self {
    case .data: "\"data\":\""
    case .address: ";base64,"
    case .originalFile: "\"originalFile\":\""
    }
  }

  static let longest = allCases.map(\.text.utf8CodeUnitCount).max() ?? 0

  /// Up to where content that began before `start` goes in what has come, and whether it ends there.
  func end(in bytes: [UInt8], from start: Int) -> (place: Int, isEnd: Bool) {
    guard self == .originalFile else {
      let end = bytes[start...].firstIndex { !Self.isBase64($0) }
      return (end ?? bytes.count, end != nil)
    }
    var place = start
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): return (place, true)
      case UInt8(ascii: "\\") where place + 1 == bytes.count: return (place, false)
      case UInt8(ascii: "\\"): place += 2
      default: place += 1
      }
    }
    return (place, false)
  }

  private static func isBase64(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || [0x2b, 0x2f, 0x3d, 0x2d, 0x5f].contains(byte)
  }
}

extension StaticString {
  fileprivate func begins(_ bytes: ArraySlice<UInt8>) -> Bool {
    withUTF8Buffer { bytes.starts(with: $0) }
  }
}
