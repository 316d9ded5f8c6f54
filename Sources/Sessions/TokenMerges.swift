/// How many tokens a piece of a text has: byte pair encoding, the two neighbours that are the token of lowest rank
/// merged first.
struct TokenMerges {
  /// A piece is cut after so many bytes, as the time that merging takes grows with their square. No token is longer.
  /// It is a multiple of three and of 128: most often whole characters, and whole tokens of one mark repeated.
  private static let longest = 384

  /// Where each part begins, and where the last one ends.
  private var starts: [Int] = []
  /// Of the part that begins there and the one behind it: the class of both as one token.
  private var classes: [UInt8] = []

  /// At least 1; `piece` is not empty.
  mutating func count(_ piece: UnsafeBufferPointer<UInt8>.SubSequence) -> Int {
    if piece.count == 1 { return 1 }
    if piece.count <= Self.longest, TokenVocabulary.rankClass(piece) != TokenVocabulary.none { return 1 }
    var count = 0
    var rest = piece
    while !rest.isEmpty {
      count += merged(rest.prefix(Self.longest))
      rest = rest.dropFirst(Self.longest)
    }
    return count
  }

  private mutating func merged(_ piece: UnsafeBufferPointer<UInt8>.SubSequence) -> Int {
    starts.removeAll(keepingCapacity: true)
    starts.append(contentsOf: piece.startIndex...piece.endIndex)
    classes.removeAll(keepingCapacity: true)
    for place in 0..<(piece.count - 1) { classes.append(pair(place, of: piece)) }
    while let place = lowest() {
      starts.remove(at: place + 1)
      classes.remove(at: place)
      if place < classes.count { classes[place] = pair(place, of: piece) }
      if place > 0 { classes[place - 1] = pair(place - 1, of: piece) }
    }
    return starts.count - 1
  }

  private func pair(_ place: Int, of piece: UnsafeBufferPointer<UInt8>.SubSequence) -> UInt8 {
    TokenVocabulary.rankClass(piece[starts[place]..<starts[place + 2]])
  }

  /// The first of the pairs that are merged next; nil if no pair is a token.
  private func lowest() -> Int? {
    var lowest = TokenVocabulary.none
    var place: Int?
    for (index, value) in classes.enumerated() where value < lowest { (lowest, place) = (value, index) }
    return place
  }
}
