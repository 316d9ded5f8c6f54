/// The name of a git object: 40 hexadecimal digits in lower case (64 in a SHA-256 repository).
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let hex: String

  package init?(_ text: some StringProtocol) {
    let bytes = text.utf8
    let isHex = bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard bytes.count == 40 || bytes.count == 64, isHex else { return nil }
    hex = String(text)
  }

  init(bytes: some Sequence<UInt8>) {
    let digits = Array("0123456789abcdef".utf8)
    hex = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  package var description: String { hex }

  /// The first digits, for people.
  package var short: String { String(hex.prefix(8)) }

  package static func < (left: ObjectID, right: ObjectID) -> Bool { left.hex < right.hex }

  /// The empty tree, which git knows without its being stored.
  package static let emptyTree = ObjectID(known: "4b825dc642cb6eb9a060e54bf8d69288fbee4904")

  /// Stands for no object.
  package static let none = ObjectID(known: String(repeating: "0", count: 40))

  private init(known hex: String) { self.hex = hex }
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
