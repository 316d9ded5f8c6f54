/// What a rule has found.
struct Finding {
  let kind: String
  /// What is to be replaced, from first to last.
  let ranges: [Range<Int>]
  /// The secret goes on behind what could be looked at, as long as bytes of this class follow.
  var continues: ByteClass?

  /// One of the things to be replaced.
  struct Piece {
    let kind: String
    let range: Range<Int>
    let continues: ByteClass?

    func moved(by distance: Int) -> Piece {
      Piece(
        kind: kind, range: range.lowerBound + distance..<range.upperBound + distance, continues: continues)
    }
  }

  var pieces: [Piece] {
    ranges.map { Piece(kind: kind, range: $0, continues: $0 == ranges.last ? continues : nil) }
  }

  /// In their order; what overlaps is one.
  static func merge(_ pieces: [Piece]) -> [Piece] {
    guard pieces.count > 1 else { return pieces }
    return pieces.sorted { $0.range.lowerBound < $1.range.lowerBound }.reduce(into: []) { merged, piece in
      guard let last = merged.last, piece.range.lowerBound < last.range.upperBound else {
        merged.append(piece)
        return
      }
      let longer = piece.range.upperBound > last.range.upperBound ? piece : last
      merged[merged.count - 1] = Piece(
        kind: last.kind, range: last.range.lowerBound..<longer.range.upperBound, continues: longer.continues)
    }
  }
}
