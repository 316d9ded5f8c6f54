/// A member of JSON whose content is sealed by the one who made it: a change would make it worthless, and it is
/// noise to every rule.
struct OpaqueMember: Hashable, Sendable {
  private let name: [UInt8]

  private init(_ name: StaticString) { self.name = Array(name.description.utf8) }

  static let all = [OpaqueMember("signature\""), OpaqueMember("encrypted_content\"")]

  /// Shorter content is looked at like any other.
  private static let least = 200

  var opening: RuleTable.Opening { name.prefix(4).map { ByteClass([$0]) } }

  /// Where long content begins; `place` is where the name may stand.
  func content(in text: Excerpt, at place: Int) -> Int? {
    guard text[place - 1] == UInt8(ascii: "\""), text.end - place > name.count,
      text.bytes[place..<(place + name.count)].elementsEqual(name)
    else { return nil }
    var start = text.skip(.space, from: place + name.count, atMost: 4)
    guard text[start] == UInt8(ascii: ":") else { return nil }
    start = text.skip(.space, from: start + 1, atMost: 4)
    guard text[start] == UInt8(ascii: "\"") else { return nil }
    let end = text.skip(.base64URL, from: start + 1, atMost: Self.least)
    return end - start > Self.least ? start + 1 : nil
  }
}

extension ByteClass {
  static let base64URL = base64.union(ByteClass("-_"))
}
