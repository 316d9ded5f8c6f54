/// Crockford's base 32, lower case: no `i`, `l`, `o`, `u`.
enum Base32 {
  static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  static func contains(_ byte: UInt8) -> Bool { alphabet.contains(byte) }

  /// The lowest `5 * count` bits of `value`.
  static func encode(_ value: UInt64, count: Int) -> String {
    let digits = (0..<count).map { alphabet[Int(value >> (5 * UInt64(count - 1 - $0)) & 31)] }
    return String(decoding: digits, as: UTF8.self)
  }
}

/// The identity of a session: a ULID in lower case, 26 characters, sortable by its start time, never reused.
///
/// Format: https://github.com/ulid/spec — 48 bits of milliseconds since 1970, then 80 random bits.
package struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let description: String

  /// Reads the 26 characters; nil if they are not a ULID in lower case.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 26, bytes.allSatisfy(Base32.contains), bytes[0] <= UInt8(ascii: "7") else {
      return nil
    }
    description = String(text)
  }

  /// `random` gives the 10 bytes after the time.
  package init(time: Timestamp, random: [UInt8]) {
    precondition(random.count == 10, "a session's name takes 10 random bytes")
    let milliseconds = UInt64(clamping: time.milliseconds) & 0xffff_ffff_ffff
    let halves = [random.prefix(5), random.suffix(5)].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    description =
      Base32.encode(milliseconds, count: 10) + halves.map { Base32.encode($0, count: 8) }.joined()
  }

  /// The moment that the name holds: when the session was started.
  package var time: Timestamp {
    let value = description.utf8.prefix(10).reduce(Int64(0)) { sum, byte in
      sum << 5 | Int64(Base32.alphabet.firstIndex(of: byte) ?? 0)
    }
    return Timestamp(milliseconds: value)
  }

  /// The last four characters, which tell two sessions with the same key apart.
  package var suffix: String { String(description.suffix(4)) }

  package static func < (left: SessionID, right: SessionID) -> Bool { left.description < right.description }
}

/// The identity of a writer, which is one work tree: 8 random characters of base 32.
package struct WriterID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let description: String

  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 8, bytes.allSatisfy(Base32.contains) else { return nil }
    description = String(text)
  }

  /// `random` gives 8 bytes, of which five bits each are used.
  package init(random: [UInt8]) {
    precondition(random.count == 8, "a writer's name takes 8 random bytes")
    description = String(decoding: random.map { Base32.alphabet[Int($0 & 31)] }, as: UTF8.self)
  }

  package var suffix: String { String(description.suffix(4)) }

  package static func < (left: WriterID, right: WriterID) -> Bool { left.description < right.description }
}

/// The identity of an event: who wrote it, and as which of their events of the session, from 1.
package struct EventID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let writer: WriterID
  package let sequence: Int

  package init(writer: WriterID, sequence: Int) {
    self.writer = writer
    self.sequence = sequence
  }

  /// Reads `k3f2abcd-12`.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let writer = WriterID(parts[0]), let sequence = Int(parts[1]), sequence > 0,
      parts[1] == String(sequence)
    else { return nil }
    self.init(writer: writer, sequence: sequence)
  }

  package var description: String { "\(writer)-\(sequence)" }

  package static func < (left: EventID, right: EventID) -> Bool {
    (left.writer, left.sequence) < (right.writer, right.sequence)
  }
}
