/// What an entry is worth to somebody who continues; packing keeps the most valuable.
///
/// Each kind of entry has a value for its first entry (the newest, the heaviest) and loses a step with every
/// further one, so that a long list of one kind does not push out the best of the others.
package struct HandoffValue: Hashable, Comparable, Sendable {
  package let points: Int
  /// Never dropped, only cut.
  package let isPinned: Bool

  private init(_ points: Int, isPinned: Bool = false) {
    self.points = points
    self.isPinned = isPinned
  }

  package static func < (left: Self, right: Self) -> Bool { left.points < right.points }

  static let pinned = HandoffValue(1000, isPinned: true)
  static func blocker(_ rank: Int) -> Self { Self(950 - rank) }
  static let choice = HandoffValue(930)
  static func unmerged(_ rank: Int) -> Self { Self(925 - 4 * rank) }
  static let state = HandoffValue(900)
  static func lastWords(_ rank: Int) -> Self { Self(885 - 30 * rank) }
  static func plan(_ rank: Int) -> Self { Self(870 - 4 * rank) }
  static let planDone = HandoffValue(690)
  static func request(_ rank: Int) -> Self { Self(835 - 12 * rank) }
  static func failed(_ rank: Int) -> Self { Self(790 - 6 * rank) }
  static func passed(_ rank: Int) -> Self { Self(745 - 8 * rank) }
  static func takenBack(_ rank: Int) -> Self { Self(735 - 10 * rank) }
  static func read(_ rank: Int) -> Self { Self(720 - 10 * rank) }
  static func question(_ rank: Int) -> Self { Self(880 - 2 * rank) }
  /// The list of what was left out, against giving only its length.
  static let omissionList = HandoffValue(850)
  static func command(_ rank: Int) -> Self { Self(860 - 20 * rank) }
  static func decision(_ rank: Int) -> Self { Self(840 - 6 * rank) }
  static func uncommitted(_ rank: Int) -> Self { Self(800 - 6 * rank) }
  static func commit(_ rank: Int) -> Self { Self(780 - 8 * rank) }
  static func note(_ rank: Int) -> Self { Self(770 - 10 * rank) }
  static func file(_ rank: Int) -> Self { Self(760 - 8 * rank) }
  static func leftOut(_ rank: Int) -> Self { Self(740 - 10 * rank) }
  static func settled(_ rank: Int) -> Self { Self(700 - 10 * rank) }
}
