/// Redacts a text that comes in pieces. What comes out does not depend on where it was cut, and no more is kept than
/// a rule has to see at once, whatever the length of the text and of its lines.
package struct Redactor {
  private let redaction: Redaction
  /// What has come and is not finished, after what a rule may still look back at.
  private var buffer: [UInt8] = []
  private var state = State()
  private var output: [UInt8] = []

  /// Places are places in the buffer.
  private struct State {
    /// The next byte to be looked at.
    var position = 0
    /// What stands before it has been given out.
    var given = 0
    /// What stands before it is not looked at.
    var floor = 0
    var mode = Mode.searching
    /// What has been found and not yet been replaced, in its order.
    var found: [Finding.Piece] = []

    mutating func move(by distance: Int) {
      position += distance
      given += distance
      floor = max(0, floor + distance)
      found = found.map { $0.moved(by: distance) }
    }
  }

  private enum Mode {
    case searching
    /// In a secret that was longer than a rule may look.
    case dropping(ByteClass)
    /// In content that is not looked at.
    case passing(ByteClass)
  }

  package init(_ redaction: Redaction = .standard) { self.redaction = redaction }

  /// Takes a piece; gives out what is finished.
  package mutating func redact(_ piece: some Collection<UInt8>) -> [UInt8] {
    buffer.append(contentsOf: piece)
    // A piece of a byte or so need not be looked at by itself.
    guard buffer.count - state.position >= 2 * Excerpt.reach else { return [] }
    let bytes = buffer
    bytes.withUnsafeBufferPointer { scan($0, until: $0.count - Excerpt.reach - 1) }
    let kept = min(state.given, max(0, state.position - Excerpt.reachBack))
    buffer.removeFirst(kept)
    state.move(by: -kept)
    return taken()
  }

  /// The rest. Another text may begin then.
  package mutating func finish() -> [UInt8] {
    let rest = buffer
    buffer = []
    return rest.withUnsafeBufferPointer { finish(with: $0) }
  }

  /// All of `bytes` from the position on.
  mutating func finish(with bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    output.reserveCapacity(bytes.count - state.given)
    scan(bytes, until: bytes.count)
    give(bytes, until: bytes.count)
    state = State()
    return taken()
  }

  private mutating func taken() -> [UInt8] {
    let result = output
    output = []
    return result
  }

  private mutating func give(_ bytes: UnsafeBufferPointer<UInt8>, until end: Int) {
    guard end > state.given else { return }
    output.append(contentsOf: bytes[state.given..<end])
    state.given = end
  }

  /// Looks at each place up to `limit`, and at what a rule sees from there.
  private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, until limit: Int) {
    while state.position < limit {
      switch state.mode {
      case .searching: search(bytes, until: limit)
      case .dropping(let members):
        leave(members, bytes, until: limit)
        state.given = state.position
      case .passing(let members):
        leave(members, bytes, until: limit)
        give(bytes, until: state.position)
      }
    }
    // A token may begin before the place that it is found by.
    give(bytes, until: state.position - Excerpt.reachBack)
  }

  /// Up to the first byte that is no member, or to the limit.
  private mutating func leave(_ members: ByteClass, _ bytes: UnsafeBufferPointer<UInt8>, until limit: Int) {
    while state.position < limit {
      let text = Excerpt(bytes, around: state.position, floor: state.floor)
      guard let unit = text.unit(at: state.position), members.contains(unit.byte) else {
        (state.mode, state.floor) = (.searching, state.position)
        return
      }
      state.position = unit.end
    }
  }

  /// Up to the limit, or to where another mode begins.
  private mutating func search(_ bytes: UnsafeBufferPointer<UInt8>, until limit: Int) {
    while state.position < limit, case .searching = state.mode {
      let stop = min(limit, state.found.first?.range.lowerBound ?? limit)
      state.position =
        next(in: bytes, from: state.position, to: min(stop, bytes.count - 1)) ?? max(state.position, stop)
      if let piece = state.found.first, state.position >= piece.range.lowerBound {
        state.found.removeFirst()
        replace(piece, in: bytes)
      } else if state.position < limit {
        look(bytes)
      }
    }
  }

  private mutating func replace(_ piece: Finding.Piece, in bytes: UnsafeBufferPointer<UInt8>) {
    give(bytes, until: piece.range.lowerBound)
    output += Marker.bytes(piece.kind)
    let end = piece.range.upperBound
    (state.given, state.position, state.floor) = (end, end, end)
    if let members = piece.continues { state.mode = .dropping(members) }
  }

  /// The next place before `end` at which something may begin.
  @inline(__always) private func next(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int? {
    let rules = redaction.rules
    return rules.entries.withUnsafeBufferPointer { entries in
      rules.gates.withUnsafeBufferPointer { gates in
        var place = start
        while place < end {
          let entry = entries[Int(bytes[place]) << 8 | Int(bytes[place + 1])]
          if entry != 0 {
            guard place + 3 < bytes.count else { return place }
            let (gate, third) = (gates[Int(entry)], bytes[place + 2])
            if gate.third.contains(third),
              gate.fourth.contains(bytes[place + 3]) || third == UInt8(ascii: "\\")
            {
              return place
            }
          }
          place += 1
        }
        return nil
      }
    }
  }

  /// Asks the rules, and goes on to where they have to be asked again.
  private mutating func look(_ bytes: UnsafeBufferPointer<UInt8>) {
    let place = state.position
    let text = Excerpt(bytes, around: place, floor: state.floor)
    switch redaction.outcome(in: text, at: place) {
    case .nothing: state.position += 1
    case .skip(let end): (state.position, state.floor) = (end, end)
    case .skipAll(let members, let end):
      give(bytes, until: end)
      (state.position, state.mode) = (end, .passing(members))
    case .found(let finding):
      state.found = Finding.merge(state.found + finding.pieces)
      // Between a name and its value there may be something as well.
      if finding.ranges.allSatisfy({ $0.lowerBound > place }) { state.position += 1 }
    }
  }
}
