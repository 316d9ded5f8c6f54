import Testing

@testable import Sessions

@Suite struct ByteSearchSuite {
  /// Every byte in every place among others, of which those beside it by one or by the sign bit are the likely mistakes.
  @Test func placesAreFoundAsTheStandardLibraryFindsThem() {
    var mistakes: [String] = []
    for wanted in UInt8.min...UInt8.max {
      for other in [0, 1, 0x7f, 0x80, 0xff, wanted ^ 1, wanted ^ 0x80, wanted &+ 1, wanted &- 1] {
        for length in [0, 1, 7, 8, 9, 17] {
          for place in 0...length {
            var bytes = [UInt8](repeating: other, count: length)
            if place < length { bytes[place] = wanted }
            let slice = bytes.dropFirst(place / 2)
            if slice.place(of: wanted) != slice.firstIndex(of: wanted) {
              mistakes.append("\(wanted) among \(other) at \(place) of \(length)")
            }
          }
        }
      }
    }
    #expect(mistakes == [])
  }

  @Test func stringsEndWhereTheyEndWhateverIsBeforeIt() throws {
    var mistakes: [String] = []
    for length in 0...20 {
      for place in 0..<max(1, length) {
        for byte in UInt8.min...UInt8.max where byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
          var content = Array(repeating: UInt8(ascii: "a"), count: length)
          if place < length { content[place] = byte }
          let text = String(validating: content, as: UTF8.self)
          let isPlain = content.allSatisfy { $0 >= 0x20 }
          let document = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
          let found = try? JSONValue(parsing: document).string
          if found != (isPlain ? text : nil) { mistakes.append("\(length) \(place) \(byte)") }
        }
        let whole = String(repeating: "a", count: length)
        let cut = whole.prefix(place)
        let escaped = "\"\(cut)\\\"\(whole)\\\\\(cut)\\n\""
        #expect(try JSONValue(parsing: Array(escaped.utf8)).string == "\(cut)\"\(whole)\\\(cut)\n")
      }
    }
    #expect(mistakes == [])
  }
}
