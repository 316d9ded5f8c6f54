/// The tokens of o200k_base that have more than one byte, and nearly which rank each of them has.
///
/// It is a binary fuse filter (Graf and Lemire, 2022) that share/make-token-vocabulary has written: three slots of a
/// token, XORed, are twelve bits of its hash and a class of its rank. Of 4,096 other byte strings one is taken for a
/// token. The table is read where the program file is mapped, so that a start costs nothing.
enum TokenVocabulary {
  /// Slots in a segment.
  private static let slots: UInt64 = 4096

  /// What a byte string that is no token has instead of a class.
  static let none: UInt8 = 64

  /// The class of a token's rank, 0 to 63, lower for what is merged first; ``none`` for what is no token.
  static func rankClass(_ token: UnsafeBufferPointer<UInt8>.SubSequence) -> UInt8 {
    let hash = hash(token)
    let start = hash.multipliedFullWidth(by: segments).high * slots
    let value =
      slot(start + hash % slots)
      ^ slot(start + slots + (hash >> 12) % slots)
      ^ slot(start + 2 * slots + (hash >> 24) % slots)
    return value >> 6 == UInt32(truncatingIfNeeded: hash >> 36) & 0xfff ? UInt8(value & 63) : none
  }

  /// FNV-1a, and then mixed.
  private static func hash(_ token: UnsafeBufferPointer<UInt8>.SubSequence) -> UInt64 {
    var hash = seed
    for byte in token { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for _ in 0..<2 { hash = (hash ^ hash >> 32) &* 0xd6e8_feb8_6659_fd93 }
    return hash ^ hash >> 32
  }

  /// Eighteen bits, six in each of three characters.
  private static func slot(_ place: UInt64) -> UInt32 {
    let characters = table.utf8Start + Int(place) * 3
    return bits(characters[0]) << 12 | bits(characters[1]) << 6 | bits(characters[2])
  }

  /// The characters are those from `0` to `p` without the backslash.
  private static func bits(_ character: UInt8) -> UInt32 {
    UInt32(character) &- (character > UInt8(ascii: "\\") ? 49 : 48)
  }
}
