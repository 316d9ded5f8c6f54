import Git
import TestSupport
import Testing

@Suite struct ObjectIDs {
  private let short = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
  private let long = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"

  @Test func hexadecimalAndBytesAreOne() throws {
    for (hex, count) in [(short, 20), (long, 32)] {
      let id = try #require(ObjectID(hex))
      #expect(id.hex == hex)
      #expect(id.description == hex)
      #expect(id.short == String(hex.prefix(8)))
      #expect(id.byteCount == count)
      var bytes: [UInt8] = [7]
      id.append(to: &bytes)
      #expect(bytes.count == count + 1)
      #expect(ObjectID(bytes: bytes.dropFirst()) == id)
      #expect(id.withUnsafeBytes { ObjectID(bytes: $0) } == id)
    }
    #expect(ObjectID.emptyTree.hex == short)
    #expect(ObjectID.none.hex == String(repeating: "0", count: 40))
  }

  @Test(arguments: [0, 39, 41, 63, 65]) func otherLengthsAreNoNames(count: Int) {
    #expect(ObjectID(String(repeating: "a", count: count)) == nil)
    #expect(ObjectID(bytes: [UInt8](repeating: 1, count: count)[...]) == nil)
  }

  @Test(arguments: ["A", "g", " ", "-", "/", ":", "`"]) func otherDigitsAreNoNames(digit: String) {
    #expect(ObjectID(String(short.dropLast()) + digit) == nil)
    #expect(ObjectID(digit + String(short.dropFirst())) == nil)
  }

  @Test func orderIsThatOfTheDigits() throws {
    var random = Random(1)
    let names = (0..<200).map { index in
      (0..<(index % 2 == 0 ? 40 : 64)).map { _ in String(random.number(0...15), radix: 16) }.joined()
    }
    let zeros = [String(repeating: "0", count: 64), String(repeating: "0", count: 40)]
    let prefixes = [short, short + String(repeating: "0", count: 24)]
    let all = names + zeros + prefixes
    #expect(all.compactMap { ObjectID($0) }.sorted().map(\.hex) == all.sorted())
    #expect(Set(all.compactMap { ObjectID($0) }).count == all.count)
  }
}
