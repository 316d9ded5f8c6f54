package import Sessions

/// How much an agent's context holds, and where that agent makes room by itself or is refused.
package struct ContextWindow: Hashable, Sendable {
  /// What the model takes, in tokens.
  package let size: Int
  /// Where the agent compacts, or is refused if it does not: of this shares are counted.
  package let limit: Int
  /// True if the agent makes room before it is refused.
  package let compactsAhead: Bool

  package init(size: Int, limit: Int, compactsAhead: Bool) {
    (self.size, self.limit, self.compactsAhead) = (size, limit, compactsAhead)
  }

  /// In percent of the limit, as it will be with the next request.
  package func percent(_ usage: ContextUsage) -> Double { percent(tokens: usage.next) }

  package func percent(tokens: Int) -> Double { Double(tokens) * 100 / Double(max(1, limit)) }
}

/// As a memo keeps it, which only this program reads.
extension ContextWindow {
  package func write(to writer: inout ByteWriter) {
    writer.write(size)
    writer.write(limit)
    writer.write(compactsAhead)
  }

  package init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
    self.init(size: try reader.count(), limit: try reader.count(), compactsAhead: try reader.bool())
  }
}

extension ContextWindow {
  /// Codex compacts at 90 % of the window that its catalogue gives, and reports 95 % of that window. Measured with
  /// 0.163.0: 258,400 reported, compaction above 244,800.
  ///
  /// `compactLimit` is `model_auto_compact_token_limit` of its settings, which can only lower that.
  package static func codex(reported: Int, compactLimit: Int? = nil) -> ContextWindow {
    let own = reported * 90 / 95
    let limit = compactLimit.flatMap { $0 > 0 ? min($0, own) : nil } ?? own
    return ContextWindow(size: reported, limit: limit, compactsAhead: true)
  }
}

/// What decides where Claude Code compacts: its settings, with the variables that they set, and the environment.
package struct ClaudeSettings: Hashable, Sendable {
  private var settings: [String: JSONValue] = [:]
  private var environment: [String: String]

  /// `layers` are the documents of its settings, those that count more after the others.
  package init(layers: [JSONValue], environment: [String: String]) {
    self.environment = environment
    for layer in layers {
      settings.merge(layer.object ?? [:]) { $1 }
      for (name, value) in layer["env"]?.object ?? [:] {
        self.environment[name] = value.string ?? value.integer.map(String.init)
      }
    }
  }

  private func isSet(_ name: String) -> Bool {
    ["1", "true", "yes", "on"].contains(environment[name]?.lowercased() ?? "")
  }

  private func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
    environment[name].flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
  }

  private var compacts: Bool {
    settings["autoCompactEnabled"] != .bool(false) && !isSet("DISABLE_AUTO_COMPACT")
      && !isSet("DISABLE_COMPACT")
  }

  private var compactWindow: Int? {
    let range = 100_000...1_000_000
    return number("CLAUDE_CODE_AUTO_COMPACT_WINDOW", in: range)
      ?? settings["autoCompactWindow"]?.integer.flatMap { range.contains($0) ? $0 : nil }
  }

  /// The window of a run. `known` is what its status line has said, which no table can know better.
  ///
  /// Measured with 2.1.329, E being the window less 20,000 for the answer: compaction at the smaller of E - 13,000
  /// and the percentage of E that `CLAUDE_AUTOCOMPACT_PCT_OVERRIDE` gives. Models of 200,000 tokens do not compact
  /// ahead unless a window no larger than theirs is set: they are refused at it, and compact then. Without compaction a
  /// turn dies 23,000 before the window.
  package func window(model: String?, known: Int? = nil) -> ContextWindow {
    let size =
      known ?? number("CLAUDE_CODE_MAX_CONTEXT_TOKENS", in: 10_000...10_000_000) ?? self.size(of: model)
    guard compacts else {
      return ContextWindow(size: size, limit: max(1, size - 23_000), compactsAhead: false)
    }
    let narrow = compactWindow.flatMap { $0 <= size ? $0 : nil }
    guard narrow != nil || size > 200_000 else {
      return ContextWindow(size: size, limit: size, compactsAhead: false)
    }
    let room = (narrow ?? size) - 20_000
    let share = number("CLAUDE_AUTOCOMPACT_PCT_OVERRIDE", in: 1...100).map { room * $0 / 100 } ?? room
    return ContextWindow(size: size, limit: min(share, room - 13_000), compactsAhead: true)
  }

  /// 1,000,000 for those that are known to have it: Opus since 4.7, Sonnet and Fable since 5, and `[1m]`.
  private func size(of model: String?) -> Int {
    let model = model?.lowercased() ?? ""
    if isSet("CLAUDE_CODE_DISABLE_1M_CONTEXT") { return 200_000 }
    // Rather than a search for a text, which takes half a million instructions to be set up, at each hook.
    if model.split(separator: "[").dropFirst().contains(where: { $0.hasPrefix("1m]") }) { return 1_000_000 }
    let words = model.split { !$0.isLetter && !$0.isNumber }
    let first: [Substring: (Int, Int)] = ["opus": (4, 7), "sonnet": (5, 0), "fable": (5, 0)]
    guard let place = words.firstIndex(where: { first[$0] != nil }), let least = first[words[place]] else {
      return 200_000
    }
    // `claude-opus-4-7-20260101`; a date is no minor version.
    let numbers = words[(place + 1)...].prefix { $0.count <= 2 }.compactMap { Int($0) }
    guard let major = numbers.first else { return 200_000 }
    let minor = numbers.count > 1 ? numbers[1] : 0
    return (major, minor) >= least ? 1_000_000 : 200_000
  }
}
