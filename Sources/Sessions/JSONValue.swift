/// Any JSON value. What a newer version wrote passes through it unharmed.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number with a fraction or an exponent, or an integer that 64 bits do not hold.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  package subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var integer: Int? { if case .integer(let value) = self { Int(exactly: value) } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var object: [String: JSONValue]? { if case .object(let value) = self { value } else { nil } }
}

extension JSONValue {
  /// The one spelling of this value: members sorted by their UTF-8 bytes, two spaces of indentation, no escapes
  /// but those that JSON demands, one newline at the end.
  package var canonical: [UInt8] {
    var output: [UInt8] = []
    write(to: &output, indentation: 0)
    output.append(UInt8(ascii: "\n"))
    return output
  }

  /// The same in one line, with its end, as files have it that hold a value in each line.
  package var line: [UInt8] {
    var output: [UInt8] = []
    var isIndentation = false
    for byte in canonical {
      if byte == UInt8(ascii: "\n") {
        isIndentation = true
      } else if !isIndentation || byte != UInt8(ascii: " ") {
        isIndentation = false
        output.append(byte)
      }
    }
    return output + [UInt8(ascii: "\n")]
  }

  private func write(to output: inout [UInt8], indentation: Int) {
    switch self {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .integer(let value): output += String(value).utf8
    case .number(let value): output += String(value).utf8
    case .string(let value): Self.write(value, to: &output)
    case .array(let elements):
      Self.write(elements, between: "[]", to: &output, indentation: indentation) { element, output in
        element.write(to: &output, indentation: indentation + 1)
      }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      Self.write(sorted, between: "{}", to: &output, indentation: indentation) { member, output in
        Self.write(member.key, to: &output)
        output += ": ".utf8
        member.value.write(to: &output, indentation: indentation + 1)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], between brackets: String, to output: inout [UInt8], indentation: Int,
    _ body: (Element, inout [UInt8]) -> Void
  ) {
    output += brackets.utf8.prefix(1)
    for (position, element) in elements.enumerated() {
      output += (position == 0 ? "\n" : ",\n").utf8
      output += repeatElement(UInt8(ascii: " "), count: 2 * (indentation + 1))
      body(element, &output)
    }
    if !elements.isEmpty {
      output.append(UInt8(ascii: "\n"))
      output += repeatElement(UInt8(ascii: " "), count: 2 * indentation)
    }
    output += brackets.utf8.suffix(1)
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): output += "\\n".utf8
      case UInt8(ascii: "\t"): output += "\\t".utf8
      case 0..<0x20: output += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}

extension JSONValue: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONValue: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    func read<Value: Decodable>(_ type: Value.Type) throws -> Value? {
      do {
        return try container.decode(type)
      } catch is DecodingError {
        return nil
      }
    }
    if container.decodeNil() {
      self = .null
    } else if let value = try read(Bool.self) {
      self = .bool(value)
    } else if let value = try read(Int64.self) {
      self = .integer(value)
    } else if let value = try read(Double.self) {
      self = .number(value)
    } else if let value = try read(String.self) {
      self = .string(value)
    } else if let value = try read([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}
