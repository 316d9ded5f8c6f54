import Git

/// What the tip of a chain that came from elsewhere means for the chain of that name here.
package enum Arrival: Hashable, Sendable {
  case known
  /// There is no such chain here yet.
  case new
  /// The chain here can move forward to it.
  case forward
  /// The chain here is ahead.
  case behind
  /// Why it cannot be adopted.
  case refused(String)
}

extension SessionHistory {
  /// Judges a tip of another repository. This history must have been read with it.
  ///
  /// Whoever can write to a remote can put anything there, so a tip counts only if all of its chain does and it was
  /// written by the one whose name it bears.
  package func arrival(of tip: Tip) -> Arrival {
    let local = self.tip(of: tip.reference)?.commit
    if local == tip.commit { return .known }
    guard let commit = self[tip.commit] else {
      let reason = foreign.first { $0.id == tip.commit }?.reason
      return .refused(reason ?? "its writer was replaced")
    }
    guard commit.writer == tip.reference.writer else {
      return .refused("its last commit was written by \(commit.writer)")
    }
    guard let local else { return .new }
    if descends(tip.commit, from: local) { return .forward }
    return descends(local, from: tip.commit)
      ? .behind : .refused("it does not continue the chain that is here")
  }

  /// Whether the chain is here and goes at least as far as `tip`.
  package func isBehind(_ tip: Tip) -> Bool {
    self.tip(of: tip.reference).map { descends($0.commit, from: tip.commit) } ?? false
  }
}
