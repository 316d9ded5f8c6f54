/// A value whose coded form is its text.
package protocol TextCodable: Codable, CustomStringConvertible {
  init?(_ text: String)
}

extension TextCodable {
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no \(Self.self)"))
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension SessionID: TextCodable {}
extension WriterID: TextCodable {}
extension EventID: TextCodable {}
extension Timestamp: TextCodable {}
