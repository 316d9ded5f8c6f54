import Sessions

/// Takes the lines out of a file that grows, in pieces. What it remembers suffices to go on another time with what
/// has come since, and to notice that the file is no longer the same one.
package struct TranscriptLines: Hashable, Sendable {
  /// Longer lines are pictures and copies of whole requests: they are passed over, so that no line takes more memory
  /// than this, and what is made of it.
  static let longest = 1 << 20
  private static let markLength = 32

  /// The file has other bytes than were read before, and has to be read anew.
  package struct Changed: Error {
    package init() {}
  }

  /// Behind the last line that was taken.
  private(set) var offset = 0
  /// What stands just before it.
  private(set) var mark: [UInt8] = []
  /// The line behind it is too long, and its beginning was passed over.
  private(set) var isInLongLine = false

  /// What is still to be compared.
  private var unverified: [UInt8] = []
  private var partial: [UInt8] = []

  init() {}

  init(offset: Int, mark: [UInt8], isInLongLine: Bool) {
    (self.offset, self.mark, self.isInLongLine) = (offset, mark, isInLongLine)
    unverified = mark
  }

  /// Where reading has to begin.
  var start: Int { offset - mark.count }

  /// What was given in and is no line yet is forgotten; it will be given in again.
  mutating func rewind() {
    partial = []
    unverified = mark
  }

  /// What is given in from now on stands behind ``offset``, which the caller vouches for.
  mutating func goOn() { unverified = [] }

  mutating func read(
    _ piece: some Collection<UInt8>, line: (ArraySlice<UInt8>) -> Void, longLine: () -> Void
  ) throws(Changed) {
    var rest = Array(piece)[...]
    if !unverified.isEmpty {
      let seen = rest.prefix(unverified.count)
      guard unverified.starts(with: seen) else { throw Changed() }
      unverified.removeFirst(seen.count)
      rest = rest.dropFirst(seen.count)
    }
    while !rest.isEmpty {
      let end = rest.place(of: UInt8(ascii: "\n"))
      let segment = rest[..<(end ?? rest.endIndex)]
      rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
      take(segment, isWhole: end != nil, line: line, longLine: longLine)
    }
  }

  private mutating func take(
    _ segment: ArraySlice<UInt8>, isWhole: Bool, line: (ArraySlice<UInt8>) -> Void, longLine: () -> Void
  ) {
    if !isInLongLine, partial.count + segment.count > Self.longest {
      isInLongLine = true
      advance(over: partial[...])
      partial = []
      longLine()
    }
    if isInLongLine {
      advance(over: segment)
    } else if isWhole, partial.isEmpty {
      line(segment)
      advance(over: segment)
    } else {
      partial += segment
      guard isWhole else { return }
      line(partial[...])
      advance(over: partial[...])
      partial = []
    }
    if isWhole {
      advance(over: [UInt8(ascii: "\n")])
      isInLongLine = false
    }
  }

  private mutating func advance(over bytes: ArraySlice<UInt8>) {
    offset += bytes.count
    mark = Array((mark + bytes.suffix(Self.markLength)).suffix(Self.markLength))
  }
}
