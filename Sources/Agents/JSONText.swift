import Sessions

/// JSON as somebody has written it, with comments or without. It can be changed in one place while all else stays byte
/// for byte.
struct JSONText {
  private(set) var bytes: [UInt8]
  /// The same without comments.
  private var strict: [UInt8]
  private(set) var root: Node

  /// A value and where it stands.
  struct Node {
    var range: Range<Int>
    /// Of an object or an array, in their order.
    var children: [Child] = []

    /// An element; in an object with its key, and from there on.
    struct Child {
      var range: Range<Int>
      var key: String?
      var value: Node
    }

    func member(_ key: String) -> Int? { children.firstIndex { $0.key == key } }
  }

  /// Throws unless it is one JSON value.
  init(_ bytes: [UInt8]) throws(JSONValue.Malformed) {
    let strict = LooseJSON.strict(bytes)
    _ = try JSONValue(parsing: strict)
    self.bytes = bytes
    self.strict = strict
    var scanner = Scanner(bytes: strict)
    root = scanner.value()
  }

  var isObject: Bool { strict[root.range.lowerBound] == UInt8(ascii: "{") }

  func value(_ node: Node) -> JSONValue? { try? JSONValue(parsing: Array(strict[node.range])) }

  // MARK: - Changes. Each leaves valid JSON, and makes ranges that were taken before worthless.

  /// Adds an element at the end of the array or object at `path`; in an object, it needs a key.
  mutating func append(_ value: JSONValue, key: String? = nil, at path: some Collection<Int>) {
    let node = node(at: path)
    let close = node.range.upperBound - 1
    if let last = node.children.last?.range {
      let space = gap(before: last.lowerBound)
      let isOneLine = !space.contains(Self.lineFeed)
      let text = text(value, key: key, indentation: isOneLine ? nil : Self.indentation(of: space))
      let gap = isOneLine ? Array(" ".utf8) : Array(space)
      replace(last.upperBound..<last.upperBound, with: Array(",".utf8) + gap + text)
    } else {
      let outer = indentationOfLine(node.range.lowerBound)
      let inner = outer + unit
      let text = text(value, key: key, indentation: inner)
      let inside = (node.range.lowerBound + 1)..<close
      // A comment stays.
      let replaced = hasComment(inside) ? inside.lowerBound..<inside.lowerBound : inside
      replace(replaced, with: lineEnd + inner + text + lineEnd + outer)
    }
  }

  /// Puts another value in the place of one.
  mutating func replace(at path: [Int], with value: JSONValue) {
    let range = node(at: path).range
    replace(
      range, with: text(value, key: nil, indentation: indentationOfLine(range.lowerBound)))
  }

  /// Takes an element out, with its comma and the space that belongs to it.
  mutating func remove(at path: some Collection<Int>) {
    let path = Array(path)
    guard let place = path.last else { return }
    let node = node(at: path.dropLast())
    let range = node.children[place].range
    let removed: Range<Int>
    if node.children.count == 1 {
      removed = (node.range.lowerBound + 1)..<(node.range.upperBound - 1)
    } else if place == 0 {
      removed = range.lowerBound..<node.children[1].range.lowerBound
    } else {
      removed = node.children[place - 1].range.upperBound..<range.upperBound
    }
    guard
      hasComment(removed.lowerBound..<range.lowerBound) || hasComment(range.upperBound..<removed.upperBound)
    else { return replace(removed, with: []) }
    // Somebody has written about what stands beside it. The comma goes alone.
    let commas = LooseJSON.strict(bytes, hasLastCommas: true)
    let comma = removed.first { !range.contains($0) && commas[$0] == UInt8(ascii: ",") }
    let pieces = [comma.map { $0..<($0 + 1) }, range].compactMap(\.self).sorted {
      $0.lowerBound > $1.lowerBound
    }
    for piece in pieces { bytes.removeSubrange(piece) }
    scan()
  }

  private func hasComment(_ range: Range<Int>) -> Bool { bytes[range] != strict[range] }

  func node(at path: some Collection<Int>) -> Node { path.reduce(root) { $0.children[$1].value } }

  private mutating func replace(_ range: Range<Int>, with text: [UInt8]) {
    bytes.replaceSubrange(range, with: text)
    scan()
  }

  private mutating func scan() {
    strict = LooseJSON.strict(bytes)
    var scanner = Scanner(bytes: strict)
    root = scanner.value()
  }

  // MARK: - Manner

  private static let lineFeed = UInt8(ascii: "\n")

  private var lineEnd: [UInt8] {
    guard let first = bytes.firstIndex(of: Self.lineFeed), first > 0, bytes[first - 1] == UInt8(ascii: "\r")
    else {
      return [Self.lineFeed]
    }
    return Array("\r\n".utf8)
  }

  /// One step of indentation: that of the first member, or two spaces.
  private var unit: [UInt8] {
    let space = root.children.first.map { gap(before: $0.range.lowerBound) } ?? []
    let unit = space.contains(Self.lineFeed) ? Self.indentation(of: space) : []
    return unit.isEmpty ? Array("  ".utf8) : Array(unit.prefix(16))
  }

  private func gap(before place: Int) -> ArraySlice<UInt8> {
    var start = place
    while start > 0, Scanner.isSpace(bytes[start - 1]) { start -= 1 }
    return bytes[start..<place]
  }

  /// Before each line that is written; anybody may have indented by the length of a file.
  private static let widestIndentation = 256

  private static func indentation(of space: ArraySlice<UInt8>) -> [UInt8] {
    Array(
      space[((space.lastIndex(of: lineFeed) ?? space.startIndex - 1) + 1)...].prefix(widestIndentation))
  }

  private func indentationOfLine(_ place: Int) -> [UInt8] {
    let start = (bytes[..<place].lastIndex(of: Self.lineFeed) ?? -1) + 1
    return Array(bytes[start..<place].prefix(while: Scanner.isSpace).prefix(Self.widestIndentation))
  }

  /// A value as it stands behind `indentation`; in one line without.
  private func text(_ value: JSONValue, key: String?, indentation: [UInt8]?) -> [UInt8] {
    var text: [UInt8] = []
    if let key { text += JSONValue.string(key).canonical.dropLast() + Array(": ".utf8) }
    let lines = value.canonical.dropLast().split(separator: Self.lineFeed)
    for (number, line) in lines.enumerated() {
      let words = line.drop { $0 == UInt8(ascii: " ") }
      if number > 0, let indentation {
        let depth = (line.count - words.count) / 2
        text += lineEnd + indentation + Array(repeatElement(unit, count: depth).joined())
      } else if number > 0, text.last == UInt8(ascii: ",") {
        text.append(UInt8(ascii: " "))
      }
      text += words
    }
    return text
  }
}

/// Finds the places of values in bytes that are known to be JSON.
private struct Scanner {
  let bytes: [UInt8]
  var position = 0

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  mutating func value() -> JSONText.Node {
    skipSpace()
    let start = position
    switch bytes[position] {
    case UInt8(ascii: "{"): return container(from: start, hasKeys: true)
    case UInt8(ascii: "["): return container(from: start, hasKeys: false)
    case UInt8(ascii: "\""): skipString()
    default:
      while position < bytes.count, !Self.isSpace(bytes[position]), !",]}".utf8.contains(bytes[position]) {
        position += 1
      }
    }
    return JSONText.Node(range: start..<position)
  }

  private mutating func container(from start: Int, hasKeys: Bool) -> JSONText.Node {
    var node = JSONText.Node(range: start..<start)
    position += 1
    skipSpace()
    while bytes[position] != UInt8(ascii: "}"), bytes[position] != UInt8(ascii: "]") {
      let first = position
      var key: String?
      if hasKeys {
        skipString()
        key = (try? JSONValue(parsing: Array(bytes[first..<position])))?.string
        skipSpace()
        position += 1
      }
      let value = value()
      node.children.append(.init(range: first..<position, key: key, value: value))
      skipSpace()
      if bytes[position] == UInt8(ascii: ",") { position += 1 }
      skipSpace()
    }
    position += 1
    node.range = start..<position
    return node
  }

  private mutating func skipSpace() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  private mutating func skipString() {
    position += 1
    while bytes[position] != UInt8(ascii: "\"") { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
    position += 1
  }
}
