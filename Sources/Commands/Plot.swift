/// A picture of percentages over time, in columns of characters.
struct Plot {
  /// One column each if there is room, else the highest of several.
  var values: [Int]
  /// Before which values something begins anew, by their places.
  var breaks: Set<Int> = []
  /// Lines across.
  var thresholds: [Int] = []
  var width: Int
  /// Nothing but ASCII.
  var isPlain: Bool

  private static let height = 10
  /// `100 |`
  private static let margin = 5

  /// The lines, from 100 percent down to the axis, on which `c` stands where something begins anew.
  var lines: [String] {
    let room = max(8, width - Self.margin - 1)
    let columns = columns(room)
    guard !columns.isEmpty else { return [] }
    // Few values are drawn wide enough to be seen.
    let stretch = max(1, min(4, room / columns.count))
    var lines = (0..<Self.height).reversed().map { row in
      let (low, high) = (row * 10, row * 10 + 10)
      let threshold = thresholds.first { low < $0 && $0 <= high }
      let label = threshold ?? (row == Self.height - 1 ? 100 : nil)
      let empty = threshold == nil ? " " : isPlain ? "-" : "┄"
      let cells = columns.map { column in
        String(repeating: cell(column.value, above: low, empty: empty), count: stretch)
      }
      return Self.label(label) + (isPlain ? " |" : " ┤") + cells.joined()
    }
    let axis = columns.map { column in
      let line = isPlain ? "-" : "─"
      return (column.isBreak ? "c" : line) + String(repeating: line, count: stretch - 1)
    }
    lines.append(Self.label(0) + (isPlain ? " +" : " ┼") + axis.joined())
    return lines.map(Self.trimmed)
  }

  private func columns(_ room: Int) -> [(value: Int, isBreak: Bool)] {
    let count = min(room, values.count)
    return (0..<count).map { column in
      let range = (column * values.count / count)..<((column + 1) * values.count / count)
      return (range.map { values[$0] }.max() ?? 0, range.contains { breaks.contains($0) })
    }
  }

  private func cell(_ value: Int, above low: Int, empty: String) -> String {
    let tenth = value - low
    if tenth >= 10 { return isPlain ? "#" : "█" }
    if isPlain { return tenth >= 5 ? "#" : empty }
    let eighths = ["", "▁", "▂", "▃", "▄", "▅", "▆", "▇"]
    let place = min(7, max(0, tenth) * 8 / 10)
    return place == 0 ? empty : eighths[place]
  }

  private static func label(_ number: Int?) -> String {
    let text = number.map(String.init) ?? ""
    return String(repeating: " ", count: max(0, 3 - text.count)) + text
  }

  private static func trimmed(_ line: String) -> String {
    String(line.prefix(upTo: line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex))
  }
}
