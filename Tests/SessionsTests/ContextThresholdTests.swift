import Sessions
import TestSupport
import Testing

@Suite struct ContextThresholdSuite {
  private func levels(_ percents: [Double?]) -> [ContextLevel?] {
    var watch = ContextWatch()
    return percents.map { watch.observe($0, run: "a", compactions: 0) }
  }

  @Test func eachIsCalledForOnce() {
    #expect(
      levels([10, 69.9, 70, 71, 84, 85, 90, 94.9, 95, 99, 120]) == [
        nil, nil, .save, nil, nil, .handoff, nil, nil, .emergency, nil, nil,
      ])
    // A jump calls for the highest alone.
    #expect(levels([10, 96, 97]) == [nil, .emergency, nil])
    #expect(levels([86, 72, 86]) == [.handoff, nil, .handoff])
  }

  @Test func aLittleUpAndDownIsOneCrossing() {
    #expect(levels([70, 69, 71, 65, 70]) == [.save, nil, nil, nil, nil])
    #expect(levels([70, 64.9, 70]) == [.save, nil, .save])
    // Each by itself.
    #expect(levels([96, 88, 96, 81, 86, 64, 71]) == [.emergency, nil, .emergency, nil, nil, nil, .save])
  }

  @Test func whatArmsThemAgain() {
    var watch = ContextWatch()
    #expect(watch.observe(86, run: "a", compactions: 0) == .handoff)
    #expect(watch.observe(86, run: "a", compactions: 1) == .handoff)
    #expect(watch.observe(86, run: "b", compactions: 1) == .handoff)
    #expect(watch.observe(nil, run: "b", compactions: 2) == nil)
    #expect(watch.level == .clear)
    #expect(watch.observe(86, run: "b", compactions: 2) == .handoff)
    #expect(watch.observe(nil, run: "b", compactions: 2) == nil)
    for nonsense in [Double.nan, .infinity, -.infinity] {
      #expect(watch.observe(nonsense, run: "b", compactions: 2) == nil)
      #expect(watch.level == .handoff)
    }
  }

  @Test func whatFailedIsCalledForAgain() {
    let before = ContextWatch()
    var first = before
    #expect(first.observe(96, run: "a", compactions: 0) == .emergency)
    // The save failed: the old value is kept.
    var second = before
    #expect(second.observe(96, run: "a", compactions: 0) == .emergency)
    #expect(first == second)
  }

  /// Whatever the figures: nothing is called for twice without having been armed, and nothing is left out.
  @Test func anyFigures() throws {
    for seed in 0..<2000 {
      var random = Random(seed << 20)
      let thresholds = try #require(
        random.once(in: 2)
          ? .standard
          : ContextThresholds(
            parsing: "\(random.number(1...30)),\(random.number(31...60)),\(random.number(61...100))"))
      let bounds = [thresholds.save, thresholds.handoff, thresholds.emergency].map(Double.init)
      var watch = ContextWatch()
      var (run, compactions) = ("a", 0)
      // By level: armed, as the rule says it.
      var armed = [true, true, true]
      for _ in 0..<60 {
        if random.once(in: 15) {
          run += "b"
          armed = [true, true, true]
        }
        if random.once(in: 15) {
          compactions += 1
          armed = [true, true, true]
        }
        let percent: Double? = random.once(in: 8) ? nil : Double(random.number(0...1100)) / 10
        let called = watch.observe(percent, run: run, compactions: compactions, thresholds: thresholds)
        guard let percent else {
          #expect(called == nil)
          continue
        }
        for index in 0..<3 where percent < bounds[index] - ContextThresholds.hysteresis {
          armed[index] = true
        }
        let due = (0..<3).last { percent >= bounds[$0] && armed[$0] }
        #expect(called == due.flatMap { ContextLevel(rawValue: $0 + 1) }, "seed \(seed)")
        if let due { for index in 0...due { armed[index] = false } }
        #expect(watch.level >= thresholds.level(at: percent))
      }
      var writer = ByteWriter()
      watch.write(to: &writer)
      var reader = ByteReader(writer.bytes[...])
      #expect(try ContextWatch(from: &reader) == watch)
    }
  }

  @Test(arguments: [
    "", "70", "70,85", "70,85,95,99", "85,70,95", "70,70,95", "0,85,95", "70,85,101", "70,85,95%", "a,b,c",
    "-1,2,3",
    "70,,95", "70,85,", "7e1,85,95", "70;85;95", "+70,85,95", "٧٠,85,95",
  ])
  func whatIsNoThresholds(text: String) { #expect(ContextThresholds(parsing: text) == nil) }

  @Test func howTheyAreWritten() {
    #expect(ContextThresholds(parsing: "70,85,95") == .standard)
    #expect(ContextThresholds(parsing: "1, 2, 100")?.emergency == 100)
  }

  // MARK: - Forecast

  @Test func howManyTurnsAreLeft() {
    #expect(ContextForecast(turnEnds: [], now: 10, limit: 100) == nil)
    #expect(ContextForecast(turnEnds: [10], now: 10, limit: 100) == nil)
    #expect(ContextForecast(turnEnds: [50, 40], now: 30, limit: 100) == nil)
    #expect(ContextForecast(turnEnds: [10, 20], now: 30, limit: 100)?.turns == 7)
    // One turn that has read a large file.
    #expect(ContextForecast(turnEnds: [10, 20, 30, 70], now: 80, limit: 140)?.turns == 6)
    // A rewind.
    #expect(ContextForecast(turnEnds: [10, 20, 5], now: 15, limit: 100)?.perTurn == 10)
    #expect(ContextForecast(turnEnds: [10], now: 100, limit: 100)?.turns == 0)
    #expect(ContextForecast(turnEnds: [10], now: 120, limit: 100)?.turns == 0)
    #expect(ContextForecast(turnEnds: [.min], now: .max, limit: 0) == nil)
  }

  @Test func steadyGrowthIsForeseen() {
    for seed in 0..<500 {
      var random = Random(seed << 20)
      let growth = random.number(1...20_000)
      let ends = (1...random.number(1...20)).map { 5000 + $0 * growth }
      let now = (ends.last ?? 0) + growth
      let limit = now + random.number(0...300_000)
      let forecast = ContextForecast(turnEnds: ends, now: now, limit: limit)
      #expect(forecast?.perTurn == growth && forecast?.turns == (limit - now) / growth, "seed \(seed)")
      // The nearer the end, the fewer turns.
      let later = ContextForecast(turnEnds: ends + [now], now: now + growth, limit: limit)
      #expect(later.map { $0.turns <= (forecast?.turns ?? 0) } == true)
    }
  }
}
