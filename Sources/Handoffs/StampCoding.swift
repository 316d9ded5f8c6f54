import Sessions

/// The stamp as a document carries it: a sentence for people and, as the last line of the Markdown, a
/// comment.
///
/// The comment starts at the first column. No data does: the document puts all of it behind its own words,
/// list marks or indentation. So nothing that a session recorded can pass for a stamp.
extension HandoffStamp {
  private static let opening = "<!-- git-session handoff "
  private static let closing = " -->"

  var markdown: String {
    let place = branch.map { Markdown.code(cut($0, toBytes: 40)) } ?? "a detached HEAD"
    var sentence = "Made from " + (head.map { "\(place) at \(Markdown.code(short($0)))" } ?? "no commit")
    if let checkpoint { sentence += ", checkpoint \(Markdown.code(short(checkpoint)))" }
    return """

      ## Stamp

      \(sentence). `git session handoff --verify -o FILE` tells if that still holds.

      \(Self.opening)\(compact)\(Self.closing)

      """
  }

  /// One line of JSON without `--`, which could end the comment, and with nothing that a terminal obeys.
  private var compact: String {
    let members = fields.compactMap { name, value in value.map { "\"\(name)\":\"\(Self.escaped($0))\"" } }
    return "{" + members.joined(separator: ",") + "}"
  }

  private var fields: [(name: String, value: String?)] {
    [
      ("session", session), ("since", since), ("head", head), ("branch", branch), ("checkpoint", checkpoint),
      ("content", content),
    ]
  }

  var json: JSONValue {
    .object(
      Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value.map(JSONValue.string) ?? .null) }))
  }

  private static func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      let isHarmless = PlainText.sanitize(String(scalar)).unicodeScalars.first == scalar
      if scalar == "\"" || scalar == "\\" {
        output += "\\" + String(scalar)
      } else if !isHarmless || scalar == "\n" || scalar == "\t"
        || (scalar == "-" && output.unicodeScalars.last == "-")
      {
        for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
          let digits = String(unit, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}

extension HandoffStamp {
  /// The stamp of a document in either form, Markdown or JSON (plain, or as the `data` of an envelope). Nil
  /// if there is none; with several in Markdown the last one counts.
  package init?(readingFrom document: String) {
    if document.unicodeScalars.first(where: { !$0.properties.isWhitespace }) == "{" {
      guard let json = try? JSONValue(parsing: Array(document.utf8)) else { return nil }
      self.init(json: json["data"]?["stamp"] ?? json["stamp"])
      return
    }
    let lines = document.split(whereSeparator: \.isNewline)
    let stamps = lines.reversed().lazy.compactMap { Self(line: $0) }
    guard let stamp = stamps.first else { return nil }
    self = stamp
  }

  private init?(line: Substring) {
    guard line.hasPrefix(Self.opening) else { return nil }
    var text = line.dropFirst(Self.opening.count)
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.hasSuffix(Self.closing) else { return nil }
    self.init(json: try? JSONValue(parsing: Array(text.dropLast(Self.closing.count).utf8)))
  }

  /// Nil unless ids look like ids: what was read may be printed.
  private init?(json: JSONValue?) {
    guard let json, let content = json["content"]?.string else { return nil }
    self.init(
      session: json["session"]?.string, since: json["since"]?.string, head: json["head"]?.string,
      branch: json["branch"]?.string, checkpoint: json["checkpoint"]?.string, content: content)
    let ids = [head, checkpoint, content].compactMap(\.self)
    guard ids.allSatisfy(Self.isObjectID), session.map({ SessionID($0) != nil }) ?? true else { return nil }
  }

  /// 40 digits of SHA-1 or 64 of SHA-256.
  private static func isObjectID(_ text: String) -> Bool {
    let digits = text.utf8
    return (digits.count == 40 || digits.count == 64)
      && digits.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (0x61...0x66).contains($0)
      }
  }
}
