import Sessions

extension JSONValue {
  /// What a TOML document says plainly: strings without escapes, integers and truth values, under their keys and tables.
  /// The rest of it, lists and inline tables above all, is passed over.
  ///
  /// A settings file of an agent is asked for two or three keys at each of its hooks, so nothing that is wrong elsewhere
  /// in it must matter. It may come with a repository, from anybody: no line takes more than its length in time.
  init(plainTOML bytes: [UInt8]) {
    var document = PlainTOML()
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      document.read(line)
    }
    self = document.value
  }
}

private struct PlainTOML {
  private(set) var value = JSONValue.object([:])
  /// Nil below `[[a list of tables]]`, and where it has too many parts: of those nothing is taken.
  private var table: [String]? = []
  /// What ends the string of several lines that we are in.
  private var closing: String?

  /// No setting that anybody asks for has a key of more parts, nor stands in a table with one.
  private static let mostParts = 16

  mutating func read(_ line: Substring) {
    if let closing {
      if line.contains(closing) { self.closing = nil }
      return
    }
    var rest = line.drop(while: \.isWhitespace)
    if rest.hasPrefix("[[") {
      table = nil
    } else if rest.first == "[" {
      rest.removeFirst()
      table = Self.takeKey(&rest).flatMap { $0.count > Self.mostParts ? nil : $0 }
    } else if let key = Self.takeKey(&rest), rest.first == "=" {
      let text = rest.dropFirst().drop(while: \.isWhitespace)
      closing = Self.closing(of: text)
      guard let table, key.count <= Self.mostParts, let new = Self.value(of: text) else { return }
      value.set(new, at: (table + key)[...])
    }
  }

  /// `a.b`, `"a"`, `'a'`, with the blanks around it.
  private static func takeKey(_ rest: inout Substring) -> [String]? {
    var names: [String] = []
    repeat {
      if !names.isEmpty { rest.removeFirst() }
      rest = rest.drop(while: \.isWhitespace)
      let name: Substring
      if let quote = rest.first, quote == "\"" || quote == "'" {
        guard let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
        name = rest[..<end].dropFirst()
        rest = rest[end...].dropFirst()
      } else {
        name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
      }
      names.append(String(name))
      rest = rest.drop(while: \.isWhitespace)
    } while rest.first == "."
    return names
  }

  private static func value(of text: Substring) -> JSONValue? {
    if let quote = text.first, quote == "\"" || quote == "'" {
      let content = text.dropFirst().prefix { $0 != quote }
      let isPlain = content.endIndex < text.endIndex && (quote == "'" || !content.contains("\\"))
      return isPlain && closing(of: text) == nil ? .string(String(content)) : nil
    }
    let word = text.prefix { $0 != "#" && !$0.isWhitespace }
    if word == "true" || word == "false" { return .bool(word == "true") }
    return Int64(word.filter { $0 != "_" }).map(JSONValue.integer)
  }

  /// Of a string of several lines that does not end in its first one.
  private static func closing(of text: Substring) -> String? {
    ["\"\"\"", "'''"].first { text.hasPrefix($0) && !text.dropFirst(3).contains($0) }
  }
}

extension JSONValue {
  /// Makes objects of what stands on the way.
  fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
    guard let name = path.first else {
      self = value
      return
    }
    var members = object ?? [:]
    // Held in one place alone, they are changed there: a copy for each line would cost the square of a long table.
    self = .null
    members[name, default: .null].set(value, at: path.dropFirst())
    self = .object(members)
  }
}
