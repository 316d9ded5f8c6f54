/// A set of bytes.
struct ByteClass: Hashable, Sendable {
  private var words = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))

  init() {}

  init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

  init(_ text: StaticString) { self.init(text.description.utf8) }

  mutating func insert(_ byte: UInt8) {
    let bit = UInt64(1) << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  @inline(__always) func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word >> UInt64(byte & 63) & 1 == 1
  }

  func union(_ other: ByteClass) -> ByteClass {
    var result = self
    result.words.0 |= other.words.0
    result.words.1 |= other.words.1
    result.words.2 |= other.words.2
    result.words.3 |= other.words.3
    return result
  }

  func subtracting(_ other: ByteClass) -> ByteClass { ByteClass(members.filter { !other.contains($0) }) }

  var count: Int {
    words.0.nonzeroBitCount + words.1.nonzeroBitCount + words.2.nonzeroBitCount + words.3.nonzeroBitCount
  }

  var members: [UInt8] {
    var members: [UInt8] = []
    for (base, word) in [words.0, words.1, words.2, words.3].enumerated() {
      var rest = word
      while rest != 0 {
        members.append(UInt8(base * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return members
  }

  static func == (left: ByteClass, right: ByteClass) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) {
    for word in [words.0, words.1, words.2, words.3] { hasher.combine(word) }
  }
}

extension ByteClass {
  static let all = ByteClass(UInt8.min...UInt8.max)
  static let digits = ByteClass("0123456789")
  static let lower = ByteClass("abcdefghijklmnopqrstuvwxyz")
  static let upper = ByteClass("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  static let letters = lower.union(upper)
  static let alphanumeric = letters.union(digits)
  /// What a name in a program is made of.
  static let name = alphanumeric.union(ByteClass("_"))
  static let hexadecimal = digits.union(ByteClass("abcdefABCDEF"))
  static let base64 = letters.union(digits).union(ByteClass("+/="))
  static let space = ByteClass(" \t\n\r")
  static let quotes = ByteClass("\"'`")
}
