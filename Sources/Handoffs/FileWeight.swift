import Sessions

/// How much a changed file matters to somebody who continues.
///
/// The weight is the number of lines added and removed (at most 200; a binary file counts 20), plus 10 for
/// each checkpoint that touched the file (at most 10 of them), plus 100 if a standing decision names it.
struct FileWeight: Hashable, Sendable {
  let path: String
  let change: HandoffSource.FileChange
  let timesTouched: Int
  let isNamed: Bool

  var points: Int {
    min(Self.lines(of: change), 200) + 10 * min(timesTouched, 10) + (isNamed ? 100 : 0)
  }

  static func lines(of change: HandoffSource.FileChange) -> Int {
    guard change.insertions != nil || change.deletions != nil else { return 20 }
    return (change.insertions ?? 0) + (change.deletions ?? 0)
  }

  /// The files that changed, heaviest first, then by path.
  static func ranking(_ source: HandoffSource) -> [FileWeight] {
    let names = namesInDecisions(source)
    var seen: Set<String> = []
    return source.allChanges.filter { seen.insert($0.path).inserted }
      .map { change in
        FileWeight(
          path: change.path, change: change, timesTouched: max(0, source.timesTouched[change.path] ?? 0),
          isNamed: isNamed(change.path, names))
      }
      .sorted { ($1.points, $0.path) < ($0.points, $1.path) }
  }

  private static func isNamed(_ path: String, _ names: Set<Substring>) -> Bool {
    guard !names.isEmpty else { return false }
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[path.utf8.index(after: $0)...] }
    return names.contains(path[...]) || name.map(names.contains) ?? false
  }

  /// The words of standing decisions that look like a path: with a `.` or `/` inside, so that a file named
  /// `test` is not found in every sentence.
  private static func namesInDecisions(_ source: HandoffSource) -> Set<Substring> {
    let decisions = source.session?.items(.decision).filter(\.isOpen) ?? []
    var names: Set<Substring> = []
    for text in decisions.flatMap({ [$0.text, $0.because ?? ""] }) {
      for word in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || "._-+/".contains($0)) }) {
        var name = word
        while name.last == "." { name.removeLast() }
        if name.hasPrefix("./") { name.removeFirst(2) }
        if word.dropLast().contains(where: { $0 == "." || $0 == "/" }) { names.insert(name) }
      }
    }
    return names
  }
}
