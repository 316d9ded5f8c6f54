import Sessions

/// Cursor's transcript: a line for each message, with nothing of tokens and results. What its hooks say of both comes as
/// lines of other kinds. What is not known is ignored.
extension TranscriptReader {
  mutating func readCursor(_ line: JSONValue) {
    transcript.setIdentity(\.model, line["model"]?.string)
    if let compaction = line["compaction"] { return readCompaction(compaction) }
    if let result = line["result"] { return transcript.estimate(result.string ?? "") }
    let blocks = line["message"]?["content"]?.array ?? []
    let text = blocks.compactMap { $0["text"]?.string }.joined(separator: "\n")
    switch line["role"]?.string {
    case "user":
      transcript.estimate(text)
      let request = Self.query(text)
      if request.contains(where: { !$0.isWhitespace }) { transcript.addRequest(request) }
    case "assistant":
      transcript.estimate(text)
      transcript.setLastWords(text)
      for block in blocks where block["type"]?.string == "tool_use" { readCall(block) }
    default: break
    }
  }

  private mutating func readCompaction(_ compaction: JSONValue) {
    if let window = compaction.countIfAny("context_window_size"), window > 0 {
      transcript.reportedWindow = window
    }
    transcript.compact(
      Transcript.Compaction(
        trigger: compaction["trigger"]?.string.map { PlainText.line($0, limit: 20) },
        before: compaction.countIfAny("context_tokens"), after: nil))
  }

  /// What the user has typed stands between marks; around it is what the program has added.
  private static func query(_ text: String) -> String {
    guard let start = text.firstRange(of: "<user_query>")?.upperBound else { return text }
    let rest = text[start...]
    let query = rest[..<(rest.firstRange(of: "</user_query>")?.lowerBound ?? rest.endIndex)]
    return String(query.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  private mutating func readCall(_ block: JSONValue) {
    let input = block["input"] ?? .null
    transcript.estimate(String(decoding: input.line, as: UTF8.self))
    switch block["name"]?.string {
    case "Shell": transcript.addCommand(input["command"]?.string ?? "", call: "")
    case "Read": transcript.use(input["path"]?.string, in: \.filesRead)
    case "Write", "StrReplace", "Delete": transcript.use(input["path"]?.string, in: \.filesEdited)
    default: break
    }
  }
}
