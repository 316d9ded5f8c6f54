/// Writes values one after the other into bytes, for files that only this program reads.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func write(_ value: Int) { write(Int64(value)) }
  package mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  package mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  package mutating func write(_ some: ArraySlice<UInt8>) {
    write(some.count)
    bytes += some
  }

  package mutating func write(_ some: [UInt8]) { write(some[...]) }

  package mutating func write(_ some: UnsafeRawBufferPointer) {
    write(some.count)
    bytes.append(contentsOf: some)
  }

  package mutating func write<Value>(_ value: Value?, _ body: (inout ByteWriter, Value) -> Void) {
    write(value != nil)
    if let value { body(&self, value) }
  }

  /// Of an array alone: what another collection is made of, the runtime would look up each time.
  package mutating func write<Value>(each values: [Value], _ body: (inout ByteWriter, Value) -> Void) {
    write(values.count)
    for value in values { body(&self, value) }
  }
}

/// Reads what a ``ByteWriter`` has written.
package struct ByteReader {
  private var rest: ArraySlice<UInt8>

  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The bytes are not those that were written.
  package struct Malformed: Error {
    package init() {}
  }

  package var isAtEnd: Bool { rest.isEmpty }

  private mutating func bytes(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw Malformed() }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  package mutating func integer() throws(Malformed) -> Int64 {
    let bytes = try bytes(8)
    return bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
  }

  package mutating func count() throws(Malformed) -> Int {
    guard let count = Int(exactly: try integer()), count >= 0 else { throw Malformed() }
    return count
  }

  package mutating func bool() throws(Malformed) -> Bool { try bytes(1).first == 1 }

  /// Those that stand behind their number.
  package mutating func bytes() throws(Malformed) -> ArraySlice<UInt8> { try bytes(try count()) }

  package mutating func text() throws(Malformed) -> String { String(decoding: try bytes(), as: UTF8.self) }

  /// How many values follow, each of which takes a byte at least.
  package mutating func listCount() throws(Malformed) -> Int {
    let count = try count()
    guard count <= rest.count else { throw Malformed() }
    return count
  }

  package mutating func optional<Value>(
    _ body: (inout ByteReader) throws(Malformed) -> Value
  ) throws(Malformed) -> Value? {
    try bool() ? try body(&self) : nil
  }

  package mutating func list<Value>(
    _ body: (inout ByteReader) throws(Malformed) -> Value
  ) throws(Malformed) -> [Value] {
    let count = try listCount()
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try body(&self)) }
    return values
  }

  /// A value that has a spelling of its own.
  package mutating func parsed<Value>(_ parse: (String) -> Value?) throws(Malformed) -> Value {
    guard let value = parse(try text()) else { throw Malformed() }
    return value
  }
}
