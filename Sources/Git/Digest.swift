import CSHA

extension ObjectFormat {
  /// What git writes behind an index or a pack to tell whether it is whole.
  package func checksum(of bytes: UnsafeRawBufferPointer) -> ObjectID {
    var digest = Digest(self)
    digest.update(bytes)
    return digest.finish()
  }
}

/// SHA-1 or SHA-256 of bytes that come piece by piece (FIPS 180-4).
///
/// SHA-1 here finds no collision attack. It guards packs against damage; objects of SHA-1 repositories get
/// their names from libgit2, which does find one.
struct Digest {
  private var state: [UInt32]
  private var block: [UInt8] = []
  private var count = 0
  private let isLong: Bool

  init(_ format: ObjectFormat) {
    isLong = format == .sha256
    state = isLong ? Self.sha256Start : Self.sha1Start
    block.reserveCapacity(128)
  }

  mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var rest = bytes[...]
    if !block.isEmpty {
      let taken = rest.prefix(64 - block.count)
      block += taken
      rest = rest.dropFirst(taken.count)
      guard block.count == 64 else { return }
      block.withUnsafeBytes { compress($0) }
      block.removeAll(keepingCapacity: true)
    }
    let whole = rest.count & ~63
    compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    block += rest.dropFirst(whole)
  }

  /// The digest, which has as many bytes as an object name of that format.
  consuming func finish() -> ObjectID {
    let bits = UInt64(count) * 8
    var padding: [UInt8] = [0x80]
    while (count + padding.count) % 64 != 56 { padding.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    update(padding)
    var bytes: [UInt8] = []
    for word in state {
      for shift in stride(from: 24, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return ObjectID(bytes: bytes[...]) ?? .none
  }

  /// Takes in whole blocks of 64 bytes.
  private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
    guard !blocks.isEmpty else { return }
    let isLong = isLong
    state.withUnsafeMutableBufferPointer { state in
      if !isLong, csha_sha1(state.baseAddress, blocks.baseAddress, blocks.count / 64) != 0 { return }
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { schedule in
        for start in stride(from: 0, to: blocks.count, by: 64) {
          for index in 0..<16 {
            schedule[index] = UInt32(
              bigEndian: blocks.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self))
          }
          if isLong { Self.sha256(state, schedule) } else { Self.sha1(state, schedule) }
        }
      }
    }
  }

  private static func left(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
  private static func right(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  private static let sha1Start: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]

  private static func sha1(
    _ state: UnsafeMutableBufferPointer<UInt32>, _ schedule: UnsafeMutableBufferPointer<UInt32>
  ) {
    for index in 16..<80 {
      schedule[index] = left(
        schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16], 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    func turn(_ rounds: Range<Int>, _ constant: UInt32, _ mix: (UInt32, UInt32, UInt32) -> UInt32) {
      for index in rounds {
        let next = left(a, 5) &+ mix(b, c, d) &+ e &+ constant &+ schedule[index]
        (e, d, c, b, a) = (d, c, left(b, 30), a, next)
      }
    }
    turn(0..<20, 0x5a82_7999) { $2 ^ ($0 & ($1 ^ $2)) }
    turn(20..<40, 0x6ed9_eba1) { $0 ^ $1 ^ $2 }
    turn(40..<60, 0x8f1b_bcdc) { ($0 & $1) | ($2 & ($0 | $1)) }
    turn(60..<80, 0xca62_c1d6) { $0 ^ $1 ^ $2 }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
  }

  private static let sha256Start: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  private static func sha256(
    _ state: UnsafeMutableBufferPointer<UInt32>, _ schedule: UnsafeMutableBufferPointer<UInt32>
  ) {
    for index in 16..<64 {
      let (early, late) = (schedule[index - 15], schedule[index - 2])
      let first = right(early, 7) ^ right(early, 18) ^ early >> 3
      let second = right(late, 17) ^ right(late, 19) ^ late >> 10
      schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    constants.withUnsafeBufferPointer { constants in
      for index in 0..<64 {
        let first = h &+ (right(e, 6) ^ right(e, 11) ^ right(e, 25)) &+ (g ^ (e & (f ^ g)))
        let one = first &+ constants[index] &+ schedule[index]
        let two = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) &+ ((a & b) | (c & (a | b)))
        (h, g, f, e, d, c, b, a) = (g, f, e, d &+ one, c, b, a, one &+ two)
      }
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }

  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}

/// How a repository names its objects.
package enum ObjectFormat: String, CaseIterable, Sendable { case sha1, sha256 }
