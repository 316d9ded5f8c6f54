/// The name of a git object: 20 bytes, or 32 in a SHA-256 repository, written as hexadecimal digits in lower case.
///
/// The bytes lie inside the value, so that names by the hundred thousand cost no memory of their own.
package struct ObjectID: Hashable, Sendable {
  /// The bytes in their order in memory, zeros behind them.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private let isLong: Bool

  /// Nil unless `text` has 40 or 64 digits, in lower case.
  package init?(_ text: some StringProtocol) {
    let digits = text.utf8
    guard digits.count == 40 || digits.count == 64 else { return nil }
    isLong = digits.count == 64
    var position = digits.startIndex
    for index in 0..<digits.count / 2 {
      let next = digits.index(after: position)
      guard let high = Self.value(of: digits[position]), let low = Self.value(of: digits[next]) else {
        return nil
      }
      withUnsafeMutableBytes(of: &words) { $0[index] = high << 4 | low }
      position = digits.index(after: next)
    }
  }

  /// Nil unless there are 20 or 32 bytes.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 20 || bytes.count == 32 else { return nil }
    isLong = bytes.count == 32
    withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
  }

  /// Nil unless there are 20 or 32 bytes.
  package init?(bytes: ArraySlice<UInt8>) {
    guard let id = bytes.withUnsafeBytes({ ObjectID(bytes: $0) }) else { return nil }
    self = id
  }

  /// How many bytes the name has.
  package var byteCount: Int { isLong ? 32 : 20 }

  /// Lends the bytes of the name.
  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<byteCount])) }
  }

  package func append(to bytes: inout [UInt8]) { withUnsafeBytes { bytes.append(contentsOf: $0) } }

  package var hex: String { digits(byteCount) }

  /// The first digits, for people.
  package var short: String { digits(4) }

  private func digits(_ count: Int) -> String {
    String(unsafeUninitializedCapacity: 2 * count) { target in
      withUnsafeBytes { bytes in
        for (index, byte) in bytes.prefix(count).enumerated() {
          target.initializeElement(at: 2 * index, to: Self.digit(byte >> 4))
          target.initializeElement(at: 2 * index + 1, to: Self.digit(byte & 15))
        }
      }
      return 2 * count
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }

  package static func == (left: ObjectID, right: ObjectID) -> Bool {
    left.words == right.words && left.isLong == right.isLong
  }

  package func hash(into hasher: inout Hasher) {
    // Names are evenly spread, so that their first part says enough.
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// The empty tree where names are short.
  package static let emptyTree = ObjectID(
    (0x4b82_5dc6_42cb_6eb9, 0xa060_e54b_f8d6_9288, 0xfbee_4904_0000_0000, 0))

  /// The same in a repository with SHA-256 names.
  static let longEmptyTree = ObjectID(
    (0x6ef1_9b41_225c_5369, 0xf1c1_04d4_5d8d_85ef, 0xa9b0_57b5_3b14_b4b9, 0xb939_dd74_decc_5321), isLong: true
  )

  package var isEmptyTree: Bool { self == .emptyTree || self == .longEmptyTree }

  /// Stands for no object, where names are short.
  package static let none = ObjectID((0, 0, 0, 0))

  /// The same in a repository with SHA-256 names.
  static let longNone = ObjectID((0, 0, 0, 0), isLong: true)

  /// From its value as a number.
  private init(_ number: (UInt64, UInt64, UInt64, UInt64), isLong: Bool = false) {
    words = (number.0.bigEndian, number.1.bigEndian, number.2.bigEndian, number.3.bigEndian)
    self.isLong = isLong
  }
}

extension ObjectFormat {
  /// The length of an object name.
  package var byteCount: Int { self == .sha1 ? 20 : 32 }

  /// The empty tree, which git knows without its being stored.
  package var emptyTree: ObjectID { self == .sha1 ? .emptyTree : .longEmptyTree }

  /// Stands for no object.
  package var none: ObjectID { self == .sha1 ? .none : .longNone }
}

extension ObjectID: Comparable {
  /// Byte by byte.
  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    let (a, b) = (left.words, right.words)
    if a.0 != b.0 { return a.0.bigEndian < b.0.bigEndian }
    if a.1 != b.1 { return a.1.bigEndian < b.1.bigEndian }
    if a.2 != b.2 { return a.2.bigEndian < b.2.bigEndian }
    if a.3 != b.3 { return a.3.bigEndian < b.3.bigEndian }
    return !left.isLong && right.isLong
  }
}

extension ObjectID: CustomStringConvertible {
  package var description: String { hex }
}

extension ObjectID: Codable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = ObjectID(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no object name"))
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
