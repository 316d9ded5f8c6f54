/// FNV-1a, 64 bits: tells whether something is still the same. It is no protection against malice.
struct Checksum: Hashable, Sendable {
  private(set) var value: UInt64

  init(value: UInt64 = 0xcbf2_9ce4_8422_2325) { self.value = value }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// A text, and where it ends.
  mutating func add(_ text: String) {
    add(text.utf8)
    add(CollectionOfOne(0))
  }
}
