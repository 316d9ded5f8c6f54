/// What the fullness of a context calls for. What a level calls for includes what those below call for.
package enum ContextLevel: Int, CaseIterable, Comparable, Sendable {
  case clear
  /// A checkpoint.
  case save
  /// A checkpoint and a handoff; and the agent is told.
  case handoff
  /// Everything, at once: the context is about to be lost.
  case emergency

  package static func < (left: ContextLevel, right: ContextLevel) -> Bool { left.rawValue < right.rawValue }

  fileprivate var lower: ContextLevel { ContextLevel(rawValue: rawValue - 1) ?? .clear }
}

/// From how many percent of its context on each level is reached.
package struct ContextThresholds: Hashable, Sendable {
  package let save: Int
  package let handoff: Int
  package let emergency: Int

  package static let standard = ContextThresholds(save: 70, handoff: 85, emergency: 95)

  private init(save: Int, handoff: Int, emergency: Int) {
    (self.save, self.handoff, self.emergency) = (save, handoff, emergency)
  }

  /// Reads `70,85,95`: three percentages that rise. Nil if it is anything else.
  package init?(parsing text: String) {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let digits = part.drop { $0 == " " }
      return digits.utf8.count <= 3 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? Int(digits) : nil
    }
    guard numbers.count == 3, let save = numbers[0], let handoff = numbers[1], let emergency = numbers[2],
      0 < save, save < handoff, handoff < emergency, emergency <= 100
    else { return nil }
    self.init(save: save, handoff: handoff, emergency: emergency)
  }

  private func percent(_ level: ContextLevel) -> Double {
    switch level {
    case .clear: -.infinity
    case .save: Double(save)
    case .handoff: Double(handoff)
    case .emergency: Double(emergency)
    }
  }

  package func level(at percent: Double) -> ContextLevel {
    ContextLevel.allCases.last { percent >= self.percent($0) } ?? .clear
  }

  /// So many percent below a threshold it is armed again: a figure that goes up and down a little is one crossing.
  package static let hysteresis = 5.0

  /// The level that is still held when the context has emptied to this.
  fileprivate func held(_ level: ContextLevel, at percent: Double) -> ContextLevel {
    var level = level
    while level > .clear, percent < self.percent(level) - Self.hysteresis { level = level.lower }
    return level
  }
}

/// Says when a context has got so full that something has to be done: once for each crossing of a threshold.
///
/// It is a value, so that who acts on a level keeps the new value only when that has succeeded. What failed is called
/// for again by the next figure.
package struct ContextWatch: Hashable, Sendable {
  /// Of which run of an agent it is; another one begins anew.
  package private(set) var run: String?
  /// How often that run has compacted its context. After that all thresholds are armed again.
  package private(set) var compactions = 0
  /// What was called for already.
  package private(set) var level = ContextLevel.clear

  package init() {}

  /// As it stood before.
  package init(run: String, compactions: Int, level: ContextLevel) {
    (self.run, self.compactions, self.level) = (run, compactions, level)
  }

  /// Takes a figure; returns what is to be done now, if anything. A figure that nobody knows changes nothing but by
  /// the run and the compactions that it names.
  package mutating func observe(
    _ percent: Double?, run: String, compactions: Int, thresholds: ContextThresholds = .standard
  ) -> ContextLevel? {
    if self.run != run || self.compactions != compactions {
      (self.run, self.compactions, level) = (run, compactions, .clear)
    }
    guard let percent, percent.isFinite else { return nil }
    level = thresholds.held(level, at: percent)
    let reached = thresholds.level(at: percent)
    guard reached > level else { return nil }
    level = reached
    return reached
  }
}

/// How a context has filled up, and when it will be full.
package struct ContextForecast: Hashable, Sendable {
  /// How many tokens a turn adds.
  package let perTurn: Int
  /// How many more turns fit in; 0 if the next one may not.
  package let turns: Int

  /// How many of the last turns are looked at: work changes.
  private static let reach = 8

  /// From the tokens at the end of each turn since the last compaction, the oldest first, and those now. Nil as
  /// long as nothing has grown.
  ///
  /// The median of what turns have added is taken: one that has read a large file says nothing of the next one. A
  /// turn that has taken something away, as a rewind does, does not count.
  package init?(turnEnds: [Int], now: Int, limit: Int) {
    let levels = (turnEnds + [now]).suffix(Self.reach + 1)
    let added = zip(levels, levels.dropFirst()).compactMap { before, after -> Int? in
      let (growth, overflows) = after.subtractingReportingOverflow(before)
      return overflows || growth <= 0 ? nil : growth
    }.sorted()
    guard !added.isEmpty else { return nil }
    perTurn = added[added.count / 2]
    turns = limit > now ? (limit - now) / perTurn : 0
  }
}

extension ContextWatch {
  package func write(to writer: inout ByteWriter) {
    writer.write(run) { $0.write($1) }
    writer.write(compactions)
    writer.write(level.rawValue)
  }

  package init(from reader: inout ByteReader) throws(ByteReader.Malformed) {
    run = try reader.optional { reader throws(ByteReader.Malformed) in try reader.text() }
    compactions = try reader.count()
    guard let level = ContextLevel(rawValue: try reader.count()) else { throw ByteReader.Malformed() }
    self.level = level
  }
}
