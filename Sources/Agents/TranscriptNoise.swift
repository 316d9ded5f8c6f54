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
  private static let least = 1024

  /// The line as it is kept, without its end; nil if it is left out as a whole.
  package static func kept(of line: ArraySlice<UInt8>) -> [UInt8]? {
    if let kind = kind(of: line), kinds.contains(kind) { return nil }
    guard line.count > least else { return Array(line) }
    var (output, place) = ([UInt8](), line.startIndex)
    output.reserveCapacity(line.count)
    while let found = nextNoise(in: line, from: place) {
      output += line[place..<found.lowerBound]
      output += "[left out: \(found.count) bytes]".utf8
      place = found.upperBound
    }
    return output + line[place...]
  }

  private static func kind(of line: ArraySlice<UInt8>) -> String? {
    let needle = Array("\"type\":\"".utf8)
    // It stands near the beginning, or the line is of no kind that is left out.
    guard let start = line.prefix(4096).firstRange(of: needle)?.upperBound else { return nil }
    return String(decoding: line[start...].prefix(32).prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
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
  }

  private static func nextNoise(in line: ArraySlice<UInt8>, from start: Int) -> Range<Int>? {
    var place = start
    while let mark = line[place...].firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ";") })
    {
      for opening in Opening.allCases where opening.text.begins(line[mark...]) {
        let content = mark + opening.text.utf8CodeUnitCount
        let end =
          opening == .originalFile
          ? endOfString(in: line, from: content) : endOfBase64(in: line, from: content)
        if end - content > least { return content..<end }
      }
      place = mark + 1
    }
    return nil
  }

  private static func endOfBase64(in line: ArraySlice<UInt8>, from start: Int) -> Int {
    line[start...].firstIndex { byte in
      !(0x30...0x39).contains(byte) && !(0x41...0x5a).contains(byte) && !(0x61...0x7a).contains(byte)
        && ![0x2b, 0x2f, 0x3d, 0x2d, 0x5f].contains(byte)
    } ?? line.endIndex
  }

  /// At the quotation mark that ends it; nothing is left out of a string that does not end.
  private static func endOfString(in line: ArraySlice<UInt8>, from start: Int) -> Int {
    var place = start
    while place < line.endIndex {
      switch line[place] {
      case UInt8(ascii: "\""): return place
      case UInt8(ascii: "\\"): place += 2
      default: place += 1
      }
    }
    return start
  }
}

extension StaticString {
  fileprivate func begins(_ bytes: ArraySlice<UInt8>) -> Bool {
    withUTF8Buffer { bytes.starts(with: $0) }
  }
}
